-- With a rowid: a search of a table without one compares whole rows, and so reads packed columns that nobody asked for.
CREATE TABLE packed_column (
    first_sequence INTEGER NOT NULL,
    column_number INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (first_sequence, column_number)
) STRICT;
INSERT INTO packed_column SELECT * FROM segment_column ORDER BY first_sequence, column_number;
DROP TABLE segment_column;
