-- Which cluster this database belongs to, and the tag of every instance that it launches. One row: made once, never changed.
CREATE TABLE cluster (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    name VARCHAR(63) NOT NULL,
    ownership_tag VARCHAR(127) NOT NULL
);
