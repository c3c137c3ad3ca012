-- How far `export --cursor` has handed reports over, a row a cursor: all of them up to `sequence`, in the order of
-- arrival. `moved_at` is when a run was last taken whole. Each run that begins puts a mark drawn by chance in front
-- of `runs`, and moves the cursor only while its mark is there: a store that was put back meanwhile has other marks.
CREATE TABLE cursor (
    cursor TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL,
    moved_at INTEGER,
    runs TEXT NOT NULL
) STRICT, WITHOUT ROWID;
