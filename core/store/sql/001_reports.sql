-- The store of jobtally. Times are microseconds since 1970-01-01T00:00:00Z; NULL is unknown.
-- Look at the views `reports` and `definitions` first: they have readable texts and times.

-- Texts that repeat: statuses, types and names. The first five never change.
CREATE TABLE word (
    word INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO word (word, text) VALUES
    (1, 'SUCCESS'), (2, 'FAILURE'), (3, 'RUNNING'), (4, 'import'), (5, 'export');

-- The recurring jobs. The label is the name in the definition's report with the greatest
-- (created_at, id) among those with a name; label_created_at and label_report_id name that report.
CREATE TABLE definition (
    definition INTEGER PRIMARY KEY,
    definition_id TEXT NOT NULL UNIQUE,
    label INTEGER REFERENCES word,
    label_created_at INTEGER,
    label_report_id TEXT
) STRICT;

-- One row an id. The sequence is the order of arrival: a report that replaces another gets a new one, and
-- none is used twice. `definition` is a key of the table definition, `name`, `type` and `status` are keys
-- of the table word; they are not declared as such because the check costs as much as half of the insert.
CREATE TABLE report (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    definition INTEGER,
    name INTEGER,
    type INTEGER,
    status INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER,
    received_at INTEGER NOT NULL,
    total_operations INTEGER,
    total_succeeded INTEGER,
    total_failed INTEGER,
    unknown_members TEXT
) STRICT;

-- What was sent and could not be accepted.
CREATE TABLE rejected (
    rejected_id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX rejected_received_at ON rejected (received_at);

-- Single values that must be kept exactly, such as the last sequence that was given out.
CREATE TABLE state (
    name TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;
INSERT INTO state (name, value) VALUES ('last_sequence', 0);

-- Packed copies of the reports whose sequence lies in [first_sequence, last_sequence]. Derived: deleting
-- all of both tables loses nothing but time.
CREATE TABLE segment (
    first_sequence INTEGER PRIMARY KEY,
    last_sequence INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    created_min INTEGER,
    created_max INTEGER,
    updated_min INTEGER,
    updated_max INTEGER,
    received_min INTEGER,
    received_max INTEGER,
    unknown_updated INTEGER NOT NULL
) STRICT;
CREATE TABLE segment_column (
    first_sequence INTEGER NOT NULL,
    column_number INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (first_sequence, column_number)
) STRICT, WITHOUT ROWID;

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
    definition.definition_id AS definition_id,
    name.text AS definition_name,
    type.text AS type,
    status.text AS status,
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
        THEN (part.updated_at - part.created_at) / 1000000.0 END AS duration_seconds
FROM part
LEFT JOIN definition ON definition.definition = part.definition
LEFT JOIN word AS name ON name.word = part.name
LEFT JOIN word AS type ON type.word = part.type
JOIN word AS status ON status.word = part.status
ORDER BY part.sequence;

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
    coalesce(named.names, '[]') AS names
FROM line
JOIN definition ON definition.definition = line.definition
LEFT JOIN named ON named.definition = line.definition
LEFT JOIN word AS label ON label.word = definition.label
LEFT JOIN word AS type ON type.word = line.type
JOIN word AS status ON status.word = line.status
ORDER BY definition.definition_id;
