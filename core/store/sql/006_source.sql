-- Whence a report came first: a key of the table word, NULL where nobody said. Of a rejected body `sender` is what
-- its reports will have as their source; its own `source` is the place it came in by.
ALTER TABLE report ADD COLUMN source INTEGER;
ALTER TABLE rejected ADD COLUMN sender TEXT;

-- In no order, and without joins: what a question does not ask for costs it nothing.
DROP VIEW reports;
CREATE VIEW reports AS
WITH part AS (
    SELECT *,
        (created_at % 1000000 + 1000000) % 1000000 AS created_fraction,
        (updated_at % 1000000 + 1000000) % 1000000 AS updated_fraction,
        (received_at % 1000000 + 1000000) % 1000000 AS received_fraction
    FROM report
)
SELECT
    part.id AS id,
    (SELECT definition_id FROM definition WHERE definition.definition = part.definition) AS definition_id,
    (SELECT text FROM word WHERE word = part.name) AS definition_name,
    (SELECT text FROM word WHERE word = part.type) AS type,
    (SELECT text FROM word WHERE word = part.status) AS status,
    part.total_operations AS total_operations,
    part.total_succeeded AS total_succeeded,
    part.total_failed AS total_failed,
    strftime('%Y-%m-%dT%H:%M:%S', (part.created_at - created_fraction) / 1000000, 'unixepoch')
        || CASE WHEN created_fraction = 0 THEN 'Z'
                WHEN created_fraction % 1000 = 0 THEN printf('.%03dZ', created_fraction / 1000)
                ELSE printf('.%06dZ', created_fraction) END AS created_at,
    strftime('%Y-%m-%dT%H:%M:%S', (part.updated_at - updated_fraction) / 1000000, 'unixepoch')
        || CASE WHEN updated_fraction = 0 THEN 'Z'
                WHEN updated_fraction % 1000 = 0 THEN printf('.%03dZ', updated_fraction / 1000)
                ELSE printf('.%06dZ', updated_fraction) END AS updated_at,
    strftime('%Y-%m-%dT%H:%M:%S', (part.received_at - received_fraction) / 1000000, 'unixepoch')
        || CASE WHEN received_fraction = 0 THEN 'Z'
                WHEN received_fraction % 1000 = 0 THEN printf('.%03dZ', received_fraction / 1000)
                ELSE printf('.%06dZ', received_fraction) END AS received_at,
    CASE WHEN part.status IN (1, 2)
        THEN (part.updated_at - part.created_at) / 1000000.0 END AS duration_seconds,
    (SELECT text FROM word WHERE word = part.source) AS source
FROM part;
