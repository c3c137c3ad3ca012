-- When a listener could take reports: from begun_at to last_alive_at, which it moves on about every minute.
-- What lies between two spans is time in which no report could arrive.
CREATE TABLE uptime (
    span INTEGER PRIMARY KEY,
    begun_at INTEGER NOT NULL,
    last_alive_at INTEGER NOT NULL,
    has_ended INTEGER NOT NULL DEFAULT 0  -- 1: it ended when asked to, at last_alive_at
) STRICT;
