-- +goose Up
-- The readings of a quarter of an hour, and of an hour, summed up. It follows from the table reading alone.
CREATE TABLE bucket (
  signal_id   INTEGER NOT NULL REFERENCES signal (id),
  span_ms     INTEGER NOT NULL, -- 900000 or 3600000
  start_ms    INTEGER NOT NULL, -- Unix milliseconds
  n           INTEGER NOT NULL, -- readings
  bad         INTEGER NOT NULL, -- of these, not good
  numbers     INTEGER NOT NULL, -- of these, numbers and switches
  falls       INTEGER NOT NULL, -- steps down from one number to the next
  mixed       INTEGER NOT NULL, -- 1 where not all values are the same
  first_ms    INTEGER NOT NULL, -- of the first value; 0 where there is none
  last_ms     INTEGER NOT NULL,
  gap_ms      INTEGER NOT NULL, -- the longest time between two values
  low         REAL NOT NULL,
  high        REAL NOT NULL,
  total       REAL NOT NULL,
  rise        REAL NOT NULL,    -- steps up
  first_value TEXT NOT NULL,    -- with its kind, as record.Value writes it
  last_value  TEXT NOT NULL,
  PRIMARY KEY (signal_id, span_ms, start_ms)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE bucket;
