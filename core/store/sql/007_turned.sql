-- The reports that say SUCCESS and that said FAILURE before, as of a job that the platform started again under its id:
-- by `sequence`. Until `failed_at` the FAILURE had ended and had come, so that it may have been told.
CREATE TABLE turned (
    sequence INTEGER PRIMARY KEY REFERENCES report ON DELETE CASCADE,
    failed_at INTEGER NOT NULL
) STRICT;
