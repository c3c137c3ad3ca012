-- What was known before of a report that replaced another of its id, by its `sequence`: when the first of them came,
-- since when one said FAILURE, and since when one said SUCCESS after that. From `failed_at` on the failure may have been
-- told; from `well_at` on, that it is over.
CREATE TABLE replaced (
    sequence INTEGER PRIMARY KEY REFERENCES report ON DELETE CASCADE,
    first_at INTEGER NOT NULL,
    failed_at INTEGER,
    well_at INTEGER
) STRICT;
CREATE INDEX replaced_failed ON replaced (failed_at, well_at) WHERE failed_at IS NOT NULL;

-- When the platform's list first had a definition disabled, and when enabled again, the last time: its described_at then.
ALTER TABLE definition ADD COLUMN disabled_at INTEGER;
ALTER TABLE definition ADD COLUMN enabled_again INTEGER;
