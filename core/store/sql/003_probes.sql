-- What `check --on-change` said last, a row a probe. `probe` is its options in one text; `since` is when
-- the state was said; `pending` is a state that has been seen `pending_runs` times in a row, but not yet said.
CREATE TABLE probe (
    probe TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    since INTEGER NOT NULL,
    pending TEXT,
    pending_runs INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
