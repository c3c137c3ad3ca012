-- jobtally's reports in ClickHouse 18.16 or later: one table and a view for each of the three questions. May be run
-- again at any time: clickhouse-client --multiquery < schema.sql. See jobtally-engines(7), also for several shards.

-- One row an id counts, the one with the greatest version: read it with FINAL. `load` gives versions by jobtally's rule
-- for two reports with one id. Times are texts as jobtally prints them, and whole microseconds since 1970: the DateTime
-- of old releases has neither fractions nor years before 1970.
CREATE TABLE IF NOT EXISTS jobtally_report (
    id String,
    version UInt64,
    definition_id Nullable(String),
    definition_name Nullable(String),
    type Nullable(String),
    status String,
    created_at String,
    updated_at Nullable(String),
    created_micros Int64,
    updated_micros Nullable(Int64),
    total_operations Nullable(Int64),
    total_succeeded Nullable(Int64),
    total_failed Nullable(Int64)
) ENGINE = ReplacingMergeTree(version) ORDER BY id;

-- Releases before 20 know neither CREATE OR REPLACE VIEW nor DROP VIEW.
DROP TABLE IF EXISTS jobtally_rates;
DROP TABLE IF EXISTS jobtally_failures;
DROP TABLE IF EXISTS jobtally_durations;

-- The name and the type of a definition are those of its newest report that has one: aggregate functions pass over NULL.
-- Rates are of 64-bit floating point, bounded by Wilson's score interval at 95 % (z = 1.959964). A sum beyond 2^63-1
-- stays there.
CREATE VIEW jobtally_rates AS
SELECT definition_id, if(isNull(definition_id), NULL, name) AS definition_name, newest_type AS type,
    reports, finished, succeeded, partial, failed, running,
    if(finished = 0, NULL, succeeded / finished) AS job_success_rate,
    if(finished = 0, NULL, if(succeeded = 0, 0., greatest(0., centre - reach))) AS job_success_rate_low,
    if(finished = 0, NULL, if(succeeded = finished, 1., least(1., centre + reach))) AS job_success_rate_high,
    if(sum_all > most, NULL, toInt64(if(sum_all > most, most, sum_all))) AS operations,
    if(sum_succeeded > most, NULL, toInt64(if(sum_succeeded > most, most, sum_succeeded))) AS operations_succeeded,
    if(sum_failed > most, NULL, toInt64(if(sum_failed > most, most, sum_failed))) AS operations_failed,
    if(sum_all = toDecimal128(0, 0), NULL, toFloat64(sum_succeeded) / toFloat64(sum_all)) AS operation_success_rate,
    last_status, last_created_at
FROM (
    SELECT *, toDecimal128(9223372036854775807, 0) AS most,
        1.959964 AS z, toFloat64(greatest(finished, 1)) AS n, succeeded / n AS p, 1 + z * z / n AS divisor,
        (p + z * z / (2 * n)) / divisor AS centre,
        z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / divisor AS reach
    FROM (
        SELECT definition_id,
            argMax(definition_name, (created_micros, id)) AS name,
            argMax(type, (created_micros, id)) AS newest_type,
            count() AS reports,
            countIf(status IN ('SUCCESS', 'FAILURE')) AS finished,
            countIf(status = 'SUCCESS') AS succeeded,
            countIf(status = 'SUCCESS' AND ifNull(total_failed, 0) > 0) AS partial,
            countIf(status = 'FAILURE') AS failed,
            countIf(status = 'RUNNING') AS running,
            sumIf(toDecimal128(ifNull(total_operations, 0), 0), is_whole) AS sum_all,
            sumIf(toDecimal128(ifNull(total_succeeded, 0), 0), is_whole) AS sum_succeeded,
            sumIf(toDecimal128(ifNull(total_failed, 0), 0), is_whole) AS sum_failed,
            argMax(status, (created_micros, id)) AS last_status,
            argMax(created_at, (created_micros, id)) AS last_created_at
        FROM (
            SELECT *, status IN ('SUCCESS', 'FAILURE') AND isNotNull(total_operations) AND isNotNull(total_succeeded)
                AND isNotNull(total_failed) AS is_whole
            FROM jobtally_report FINAL
        )
        GROUP BY definition_id
    )
);

-- `runs` are the finished reports of a definition in their order: (created_micros, id, created_at, is a success, end).
-- `stops` are the places of its successes, with one before the first; a success that does not stand next to the stop
-- before it ends the failures between them. Their mean length is rounded to a whole microsecond, halves away from zero.
CREATE VIEW jobtally_failures AS
SELECT definition_id, if(isNull(definition_id), NULL, name) AS definition_name, newest_type AS type,
    finished, failed, if(finished = 0, NULL, failed / finished) AS failure_rate, partial, empty,
    if(sum_failed > most, NULL, toInt64(if(sum_failed > most, most, sum_failed))) AS operations_failed,
    if(sum_all = toDecimal128(0, 0), NULL, toFloat64(sum_failed) / toFloat64(sum_all)) AS operation_failure_rate,
    toInt64(finished) - stops[-1] AS streak,
    greatest(streak, arrayReduce('max', arrayMap((stop, before) -> stop - before - 1, ends, befores))) AS longest_streak,
    if(streak = 0, NULL, runs[stops[-1] + 1].3) AS failing_since,
    if(failed = 0, NULL, last_failure) AS last_failure_at,
    if(failed = 0, NULL, last_failed) AS last_failure_id,
    if(succeeded = 0, NULL, last_success) AS last_success_at,
    recoveries,
    if(length(lengths) = 0, NULL, mean / 1000000) AS mean_recovery_seconds
FROM (
    SELECT *, toDecimal128(9223372036854775807, 0) AS most,
        arrayConcat([toInt64(0)], arrayFilter(place -> runs[place].4 = 1,
                                              arrayMap(place -> toInt64(place), arrayEnumerate(runs)))) AS stops,
        arrayConcat(arraySlice(stops, 2), [toInt64(0)]) AS ends,
        arrayConcat(arrayPopBack(stops), [toInt64(0)]) AS befores,
        arrayFilter(micros -> micros >= 0,
                    arrayMap((stop, before) -> if(stop - before > 1, runs[stop].5 - runs[before + 1].1, -1),
                             ends, befores)) AS lengths,
        length(arrayFilter((stop, before) -> stop - before > 1, ends, befores)) AS recoveries,
        toInt64(greatest(length(lengths), 1)) AS parts,
        intDiv(arraySum(lengths) + intDiv(parts, 2), parts) AS mean
    FROM (
        SELECT definition_id,
            argMax(definition_name, (created_micros, id)) AS name,
            argMax(type, (created_micros, id)) AS newest_type,
            countIf(status IN ('SUCCESS', 'FAILURE')) AS finished,
            countIf(status = 'SUCCESS') AS succeeded,
            countIf(status = 'FAILURE') AS failed,
            countIf(status = 'SUCCESS' AND ifNull(total_failed, 0) > 0) AS partial,
            countIf(status IN ('SUCCESS', 'FAILURE') AND ifNull(total_operations, 1) = 0) AS empty,
            sumIf(toDecimal128(ifNull(total_operations, 0), 0), is_whole) AS sum_all,
            sumIf(toDecimal128(ifNull(total_failed, 0), 0), is_whole) AS sum_failed,
            argMaxIf(created_at, (created_micros, id), status = 'FAILURE') AS last_failure,
            argMaxIf(id, (created_micros, id), status = 'FAILURE') AS last_failed,
            argMaxIf(created_at, (created_micros, id), status = 'SUCCESS') AS last_success,
            arraySort(groupArrayIf((created_micros, id, created_at, status = 'SUCCESS',
                                    ifNull(updated_micros, created_micros)),
                                   status IN ('SUCCESS', 'FAILURE'))) AS runs
        FROM (
            SELECT *, status IN ('SUCCESS', 'FAILURE') AND isNotNull(total_operations) AND isNotNull(total_succeeded)
                AND isNotNull(total_failed) AS is_whole
            FROM jobtally_report FINAL
        )
        GROUP BY definition_id
    )
);

-- Percentiles are nearest-rank, the ceil(p / 100 * n)-th smallest: each is a run that happened. A mean is rounded to a
-- whole microsecond, halves upwards; it is added up in parts, so that no sum is beyond 64 bits.
CREATE VIEW jobtally_durations AS
SELECT definition_id, if(isNull(definition_id), NULL, name) AS definition_name, newest_type AS type, n AS count,
    if(n = 0, NULL, sorted[1] / 1000000) AS min_seconds,
    if(n = 0, NULL, (wholes + intDiv(rests + intDiv(divisor, 2), divisor)) / 1000000) AS mean_seconds,
    if(n = 0, NULL, sorted[intDiv(50 * n + 99, 100)] / 1000000) AS p50_seconds,
    if(n = 0, NULL, sorted[intDiv(90 * n + 99, 100)] / 1000000) AS p90_seconds,
    if(n = 0, NULL, sorted[intDiv(95 * n + 99, 100)] / 1000000) AS p95_seconds,
    if(n = 0, NULL, sorted[intDiv(99 * n + 99, 100)] / 1000000) AS p99_seconds,
    if(n = 0, NULL, sorted[-1] / 1000000) AS max_seconds,
    toInt64(if(total > most, most, total)) / 1000000 AS total_seconds,
    if(operation_micros = toDecimal128(0, 0), NULL,
       toFloat64(operations) * 1000000 / toFloat64(operation_micros)) AS operations_per_second,
    clock_errors
FROM (
    SELECT *, toDecimal128(9223372036854775807, 0) AS most,
        toInt64(greatest(n, 1)) AS divisor,
        arraySum(arrayMap(value -> intDiv(value, divisor), sorted)) AS wholes,
        arraySum(arrayMap(value -> value % divisor, sorted)) AS rests
    FROM (
        SELECT definition_id,
            argMax(definition_name, (created_micros, id)) AS name,
            argMax(type, (created_micros, id)) AS newest_type,
            countIf(is_run) AS n,
            arraySort(groupArrayIf(micros, is_run)) AS sorted,
            sumIf(toDecimal128(micros, 0), is_run) AS total,
            sumIf(toDecimal128(ifNull(total_operations, 0), 0), is_run AND isNotNull(total_operations)) AS operations,
            sumIf(toDecimal128(micros, 0), is_run AND isNotNull(total_operations)) AS operation_micros,
            countIf(is_known AND micros < 0) AS clock_errors
        FROM (
            SELECT *, status IN ('SUCCESS', 'FAILURE') AND isNotNull(updated_micros) AS is_known,
                ifNull(updated_micros, created_micros) - created_micros AS micros, is_known AND micros >= 0 AS is_run
            FROM jobtally_report FINAL
        )
        GROUP BY definition_id
    )
);
