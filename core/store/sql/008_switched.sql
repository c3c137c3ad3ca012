-- What the platform's lists said of whether a definition was enabled, by the updated_at that each gave it: the newest
-- hundred of these times. So the order in which lists are loaded does not matter.
CREATE TABLE switched (
    definition INTEGER NOT NULL REFERENCES definition ON DELETE CASCADE,
    at INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    PRIMARY KEY (definition, at)
) STRICT, WITHOUT ROWID;
INSERT INTO switched SELECT definition, disabled_at, 0 FROM definition WHERE disabled_at IS NOT NULL;
INSERT OR REPLACE INTO switched SELECT definition, enabled_again, 1 FROM definition WHERE enabled_again IS NOT NULL;
INSERT OR REPLACE INTO switched SELECT definition, described_at, enabled FROM definition
    WHERE described_at IS NOT NULL AND enabled IS NOT NULL;
-- Nobody reads disabled_at and enabled_again from here on. To drop them would cost each new store 20 million instructions.
