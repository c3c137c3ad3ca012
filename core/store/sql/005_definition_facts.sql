-- What the platform's own list says of a definition, in the newest of its items: by the definition's own
-- updated_at, which is described_at here; where either has none, the one that came last.
ALTER TABLE definition ADD COLUMN enabled INTEGER;
ALTER TABLE definition ADD COLUMN description TEXT;
ALTER TABLE definition ADD COLUMN recovery_strategy TEXT;
ALTER TABLE definition ADD COLUMN described_at INTEGER;

DROP VIEW definitions;
CREATE VIEW definitions AS
WITH RECURSIVE newest AS (
    SELECT definition, type, status,
        count(*) OVER same AS reports,
        min(created_at) OVER same AS first_created,
        max(created_at) OVER same AS last_created,
        row_number() OVER (PARTITION BY definition ORDER BY created_at DESC, id DESC) AS place
    FROM report
    WHERE definition IS NOT NULL
    WINDOW same AS (PARTITION BY definition)
), seen AS (
    SELECT definition, name, min(created_at) AS since
    FROM report
    WHERE definition IS NOT NULL AND name IS NOT NULL
    GROUP BY definition, name
), escaped (word, text, code) AS (
    -- JSON by hand: SQLite 3.40 has its JSON functions refused in views where the schema is not trusted.
    SELECT word, replace(replace(text, '\', '\\'), '"', '\"'), 1
    FROM word WHERE word IN (SELECT name FROM seen)
    UNION ALL
    SELECT word, replace(text, char(code), printf('\u%04x', code)), code + 1
    FROM escaped WHERE code < 32
), named AS (
    SELECT definition, '[' || group_concat('"' || text || '"', ',') || ']' AS names
    FROM (SELECT definition, text FROM seen JOIN escaped ON word = name AND code = 32
          ORDER BY definition, since, text)
    GROUP BY definition
), line AS (
    SELECT *,
        (first_created % 1000000 + 1000000) % 1000000 AS first_fraction,
        (last_created % 1000000 + 1000000) % 1000000 AS last_fraction
    FROM newest
    WHERE place = 1
)
SELECT
    definition.definition_id AS definition_id,
    label.text AS definition_name,
    type.text AS type,
    line.reports AS reports,
    strftime('%Y-%m-%dT%H:%M:%S', (first_created - first_fraction) / 1000000, 'unixepoch')
        || CASE WHEN first_fraction = 0 THEN 'Z'
                WHEN first_fraction % 1000 = 0 THEN printf('.%03dZ', first_fraction / 1000)
                ELSE printf('.%06dZ', first_fraction) END AS first_created_at,
    strftime('%Y-%m-%dT%H:%M:%S', (last_created - last_fraction) / 1000000, 'unixepoch')
        || CASE WHEN last_fraction = 0 THEN 'Z'
                WHEN last_fraction % 1000 = 0 THEN printf('.%03dZ', last_fraction / 1000)
                ELSE printf('.%06dZ', last_fraction) END AS last_created_at,
    status.text AS last_status,
    coalesce(named.names, '[]') AS names,
    CASE definition.enabled WHEN 1 THEN 'true' WHEN 0 THEN 'false' END AS enabled,
    definition.description AS description,
    definition.recovery_strategy AS recovery_strategy
FROM line
JOIN definition ON definition.definition = line.definition
LEFT JOIN named ON named.definition = line.definition
LEFT JOIN word AS label ON label.word = definition.label
LEFT JOIN word AS type ON type.word = line.type
JOIN word AS status ON status.word = line.status
ORDER BY definition.definition_id;
