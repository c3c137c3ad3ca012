-- For wrk: POSTs a distinct report with each request, an Authorization included, and prints what came back on one line:
-- `wrk REQUESTS NOT-2XX SOCKET-ERRORS MICROSECONDS P50 P99` (the latter two in microseconds as well).
-- Usage: wrk ... --script distinct.lua URL -- RUN AUTHORIZATION, where RUN (4 characters) differs in each run.

local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local pairs_of_digits = {}
for i = 0, 4095 do
    local high, low = math.floor(i / 64) + 1, i % 64 + 1
    pairs_of_digits[i] = digits:sub(high, high) .. digits:sub(low, low)
end

local before, middle, after
local number = 0

function init(arguments)
    local run, authorization = arguments[1], arguments[2]
    -- Ids begin alike and count up, as if one had been made each millisecond.
    before = '{"total_succeeded":1060,"total_operations":1060,"total_failed":0,"id":"AaAx'
    middle = "c6kfYM" .. run .. '","status":"SUCCESS","created_at":"2026-11-19T'
    after = 'Z","type":"import","updated_at":"2026-11-20T00:00:00.000Z","definition_id":"AZVgbSMAXgwtcai0AAAp",'
        .. '"definition_name":"CRM contacts import"}'
    local length = #before + 6 + #middle + 12 + #after
    before = "POST / HTTP/1.1\r\nHost: " .. wrk.host .. "\r\nAuthorization: " .. authorization
        .. "\r\nContent-Type: application/json\r\nContent-Length: " .. length .. "\r\n\r\n" .. before
end

function request()
    number = number + 1
    local id = pairs_of_digits[math.floor(number / 16777216) % 4096]
        .. pairs_of_digits[math.floor(number / 4096) % 4096] .. pairs_of_digits[number % 4096]
    local seconds = math.floor(number / 1000)
    local time = string.format("%02d:%02d:%02d.%03d", math.floor(seconds / 3600) % 24, math.floor(seconds / 60) % 60,
        seconds % 60, number % 1000)
    return before .. id .. middle .. time .. after
end

function done(summary, latency)
    local errors = summary.errors
    print(string.format("wrk %d %d %d %d %d %d", summary.requests, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout, summary.duration,
        latency:percentile(50), latency:percentile(99)))
end
