-- jobtally's reports in PostgreSQL 12 or later: one table, the rule for two reports with one id, and a view for each of
-- the three questions. May be run again at any time: psql -f schema.sql. See jobtally-engines(7).
\set ON_ERROR_STOP on
SET client_min_messages = warning;
BEGIN;

-- One row an id, as jobtally's own store. Texts are ordered by their bytes. `report` is what was sent, members that
-- jobtally does not know included. A NUL in a text, which PostgreSQL can't hold, is the sign U+2400.
CREATE TABLE IF NOT EXISTS jobtally_report (
    id text COLLATE "C" NOT NULL,
    definition_id text COLLATE "C",
    definition_name text COLLATE "C",
    type text COLLATE "C",
    status text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz,
    total_operations bigint,
    total_succeeded bigint,
    total_failed bigint,
    report json NOT NULL,
    -- By a hash: an id may be longer than the key of a B-tree.
    CONSTRAINT jobtally_report_id EXCLUDE USING hash (id WITH =)
);
CREATE INDEX IF NOT EXISTS jobtally_report_created_at ON jobtally_report (created_at);

-- True when a report replaces the one with its id: a newer one does, but RUNNING never replaces what has finished; of
-- two that are equally new only a finished one replaces one that is not.
CREATE OR REPLACE FUNCTION jobtally_replaces(status text, updated_at timestamptz, old_status text,
                                             old_updated_at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT NOT (old_status IN ('SUCCESS', 'FAILURE') AND status = 'RUNNING')
        AND (coalesce(updated_at, '-infinity') > coalesce(old_updated_at, '-infinity')
             OR (updated_at IS NOT DISTINCT FROM old_updated_at
                 AND status IN ('SUCCESS', 'FAILURE') AND old_status NOT IN ('SUCCESS', 'FAILURE')))
$$;

-- Takes the lines of the table jobtally_stage, which `load` fills, in their order. One load waits for another.
CREATE OR REPLACE FUNCTION jobtally_take_stage() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    turn bigint;
BEGIN
    CREATE TEMP TABLE jobtally_arrived ON COMMIT DROP AS
    SELECT row_number() OVER (PARTITION BY field.id COLLATE "C" ORDER BY line) AS place, field.*, whole AS report
    FROM (
        SELECT line, CASE WHEN position('\u0000' IN report) = 0 THEN report
                          ELSE regexp_replace(report, '(?<!\\)((?:\\\\)*)\\u0000', '\1\u2400', 'g') END::json AS whole
        FROM jobtally_stage
        WHERE report IS NOT NULL
    ) AS sent,
    json_to_record(whole) AS field (
        id text, definition_id text, definition_name text, type text, status text, created_at timestamptz,
        updated_at timestamptz, total_operations bigint, total_succeeded bigint, total_failed bigint);
    ANALYZE jobtally_arrived;
    LOCK TABLE jobtally_report IN SHARE ROW EXCLUSIVE MODE;
    -- An id that comes several times is met several times.
    FOR turn IN SELECT DISTINCT a.place FROM jobtally_arrived AS a ORDER BY 1 LOOP
        UPDATE jobtally_report AS old
        SET definition_id = new.definition_id, definition_name = new.definition_name, type = new.type,
            status = new.status, created_at = new.created_at, updated_at = new.updated_at,
            total_operations = new.total_operations, total_succeeded = new.total_succeeded,
            total_failed = new.total_failed, report = new.report
        FROM jobtally_arrived AS new
        WHERE new.place = turn AND new.id = old.id
            AND jobtally_replaces(new.status, new.updated_at, old.status, old.updated_at);
        INSERT INTO jobtally_report
        SELECT id, definition_id, definition_name, type, status, created_at, updated_at, total_operations,
            total_succeeded, total_failed, report
        FROM jobtally_arrived AS new
        WHERE new.place = turn
            AND NOT EXISTS (SELECT FROM jobtally_report AS old WHERE old.id = new.id);
    END LOOP;
END
$$;

-- Whole microseconds: exact, unlike the seconds of older releases.
CREATE OR REPLACE FUNCTION jobtally_micros(span interval) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT extract(day FROM span)::bigint * 86400000000 + extract(hour FROM span)::bigint * 3600000000
        + extract(minute FROM span)::bigint * 60000000 + extract(microseconds FROM span)::bigint
$$;

-- The Wilson score interval of part / whole at 95 %: side -1 is its low end, 1 its high end.
CREATE OR REPLACE FUNCTION jobtally_wilson(part bigint, whole bigint, side int) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN whole = 0 THEN NULL
                WHEN side < 0 AND part = 0 THEN 0
                WHEN side > 0 AND part = whole THEN 1
                ELSE least(1, greatest(0, (p + z * z / (2 * n)) / (1 + z * z / n)
                    + side * (z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)))) END
    FROM (SELECT part::double precision / nullif(whole, 0) AS p, whole::double precision AS n,
              1.959964::double precision AS z) AS v
$$;

-- A sum of counts as jobtally has it: what is beyond 2^63-1 is unknown.
CREATE OR REPLACE FUNCTION jobtally_count(sum numeric) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN sum <= 9223372036854775807 THEN sum::bigint END
$$;

-- Microseconds as seconds; a mean is rounded to a whole microsecond, halves away from zero.
CREATE OR REPLACE FUNCTION jobtally_seconds(micros numeric, parts bigint DEFAULT 1) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN parts > 0 AND micros IS NOT NULL THEN -- least() passes over NULL
        least(div(micros + sign(micros) * div(parts, 2), parts), 9223372036854775807) / 1000000.0 END
$$;

-- A text that is equal where ids are, unknown ones too: what tables of definitions are joined by.
CREATE OR REPLACE FUNCTION jobtally_key(id text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce('=' || id, '')
$$;

-- The name and the type of a definition are those of its newest report that has one. Reports without a definition are
-- a row of their own, without a name.
CREATE OR REPLACE VIEW jobtally_definitions AS
SELECT definition_id,
    (array_agg(definition_name ORDER BY created_at DESC, id DESC)
        FILTER (WHERE definition_name IS NOT NULL AND definition_id IS NOT NULL))[1] AS definition_name,
    (array_agg(type ORDER BY created_at DESC, id DESC) FILTER (WHERE type IS NOT NULL))[1] AS type
FROM jobtally_report
GROUP BY definition_id;

-- What the questions count, a row a definition.
CREATE OR REPLACE VIEW jobtally_counts AS
SELECT definition_id,
    count(*) AS reports,
    count(*) FILTER (WHERE is_finished) AS finished,
    count(*) FILTER (WHERE status = 'SUCCESS') AS succeeded,
    count(*) FILTER (WHERE status = 'SUCCESS' AND total_failed > 0) AS partial,
    count(*) FILTER (WHERE status = 'FAILURE') AS failed,
    count(*) FILTER (WHERE status = 'RUNNING') AS running,
    count(*) FILTER (WHERE is_finished AND total_operations = 0) AS empty,
    coalesce(sum(total_operations) FILTER (WHERE is_whole), 0) AS operations,
    coalesce(sum(total_succeeded) FILTER (WHERE is_whole), 0) AS operations_succeeded,
    coalesce(sum(total_failed) FILTER (WHERE is_whole), 0) AS operations_failed,
    (array_agg(status ORDER BY created_at DESC, id DESC))[1] AS last_status,
    max(created_at) AS last_created_at,
    max(created_at) FILTER (WHERE status = 'FAILURE') AS last_failure_at,
    (array_agg(id ORDER BY created_at DESC, id DESC) FILTER (WHERE status = 'FAILURE'))[1] AS last_failure_id,
    max(created_at) FILTER (WHERE status = 'SUCCESS') AS last_success_at
FROM jobtally_report
CROSS JOIN LATERAL (SELECT status IN ('SUCCESS', 'FAILURE') AS is_finished) AS ended
CROSS JOIN LATERAL (SELECT is_finished AND total_operations IS NOT NULL AND total_succeeded IS NOT NULL
                        AND total_failed IS NOT NULL AS is_whole) AS known
GROUP BY definition_id;

CREATE OR REPLACE VIEW jobtally_rates AS
SELECT counts.definition_id, definition_name, type, reports, finished, succeeded, partial, failed, running,
    succeeded::double precision / nullif(finished, 0) AS job_success_rate,
    jobtally_wilson(succeeded, finished, -1) AS job_success_rate_low,
    jobtally_wilson(succeeded, finished, 1) AS job_success_rate_high,
    jobtally_count(operations) AS operations, jobtally_count(operations_succeeded) AS operations_succeeded,
    jobtally_count(operations_failed) AS operations_failed,
    operations_succeeded::double precision / nullif(operations, 0)::double precision AS operation_success_rate,
    last_status, last_created_at
FROM jobtally_counts AS counts
JOIN jobtally_definitions AS named ON jobtally_key(named.definition_id) = jobtally_key(counts.definition_id);

-- A piece is what lies between two successes: failures, if any, and the success that ends them, if it has come.
CREATE OR REPLACE VIEW jobtally_failures AS
WITH finished AS (
    SELECT definition_id, status, created_at, coalesce(updated_at, created_at) AS ended_at,
        count(*) FILTER (WHERE status = 'SUCCESS') OVER (
            PARTITION BY definition_id ORDER BY created_at, id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW) AS piece
    FROM jobtally_report
    WHERE status IN ('SUCCESS', 'FAILURE')
), pieces AS (
    SELECT definition_id,
        count(*) FILTER (WHERE status = 'FAILURE') AS failed,
        min(created_at) FILTER (WHERE status = 'FAILURE') AS began_at,
        max(ended_at) FILTER (WHERE status = 'SUCCESS') AS ended_at
    FROM finished
    GROUP BY definition_id, piece
), streaks AS (
    SELECT definition_id,
        coalesce(sum(failed) FILTER (WHERE ended_at IS NULL), 0)::bigint AS streak,
        max(failed) AS longest_streak,
        max(began_at) FILTER (WHERE ended_at IS NULL) AS failing_since,
        count(*) FILTER (WHERE failed > 0 AND ended_at IS NOT NULL) AS recoveries,
        count(*) FILTER (WHERE failed > 0 AND ended_at >= began_at) AS known,
        sum(jobtally_micros(ended_at - began_at)) FILTER (WHERE failed > 0 AND ended_at >= began_at) AS micros
    FROM pieces
    GROUP BY definition_id
)
SELECT counts.definition_id, definition_name, type, finished, failed,
    failed::double precision / nullif(finished, 0) AS failure_rate,
    partial, empty, jobtally_count(operations_failed) AS operations_failed,
    operations_failed::double precision / nullif(operations, 0)::double precision AS operation_failure_rate,
    coalesce(streak, 0) AS streak, coalesce(longest_streak, 0) AS longest_streak, failing_since,
    last_failure_at, last_failure_id, last_success_at,
    coalesce(recoveries, 0) AS recoveries, jobtally_seconds(micros, known) AS mean_recovery_seconds
FROM jobtally_counts AS counts
JOIN jobtally_definitions AS named ON jobtally_key(named.definition_id) = jobtally_key(counts.definition_id)
LEFT JOIN streaks ON jobtally_key(streaks.definition_id) = jobtally_key(counts.definition_id);

-- Percentiles are nearest-rank, the ceil(p / 100 * n)-th smallest: each is a run that happened.
CREATE OR REPLACE VIEW jobtally_durations AS
WITH runs AS (
    SELECT definition_id, total_operations,
        CASE WHEN status IN ('SUCCESS', 'FAILURE') THEN jobtally_micros(updated_at - created_at) END AS micros
    FROM jobtally_report
), known AS (
    SELECT definition_id,
        count(*) FILTER (WHERE micros >= 0) AS n,
        array_agg(micros ORDER BY micros) FILTER (WHERE micros >= 0) AS sorted,
        sum(micros) FILTER (WHERE micros >= 0) AS total,
        sum(total_operations) FILTER (WHERE micros >= 0) AS operations,
        sum(micros) FILTER (WHERE micros >= 0 AND total_operations IS NOT NULL) AS operation_micros,
        count(*) FILTER (WHERE micros < 0) AS clock_errors
    FROM runs
    GROUP BY definition_id
)
SELECT known.definition_id, definition_name, type, n AS count,
    jobtally_seconds(sorted[1]) AS min_seconds,
    jobtally_seconds(total, n) AS mean_seconds,
    jobtally_seconds(sorted[(50 * n + 99) / 100]) AS p50_seconds,
    jobtally_seconds(sorted[(90 * n + 99) / 100]) AS p90_seconds,
    jobtally_seconds(sorted[(95 * n + 99) / 100]) AS p95_seconds,
    jobtally_seconds(sorted[(99 * n + 99) / 100]) AS p99_seconds,
    jobtally_seconds(sorted[n]) AS max_seconds,
    jobtally_seconds(coalesce(total, 0)) AS total_seconds,
    operations::double precision * 1e6 / nullif(operation_micros, 0)::double precision AS operations_per_second,
    clock_errors
FROM known
JOIN jobtally_definitions AS named ON jobtally_key(named.definition_id) = jobtally_key(known.definition_id);

COMMIT;
