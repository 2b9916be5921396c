-- +goose Up
CREATE TABLE signal (
  id      INTEGER PRIMARY KEY,
  name    TEXT NOT NULL, -- device.signal
  site    TEXT NOT NULL,
  line    TEXT NOT NULL, -- '' for a signal of no machine, as machine
  machine TEXT NOT NULL,
  device  TEXT NOT NULL,
  UNIQUE (name, site, line, machine, device)
) STRICT;

CREATE TABLE reading (
  signal_id      INTEGER NOT NULL REFERENCES signal (id),
  t_ms           INTEGER NOT NULL, -- Unix milliseconds
  kind           INTEGER NOT NULL, -- 0 none, 1 int, 2 uint (its 64 bits as a signed number), 3 float, 4 bool, 5 text
  value          ANY,
  quality        INTEGER NOT NULL, -- 0 missing, 1 good, 2 uncertain
  window_n       INTEGER,          -- samples; NULL for a single one
  window_min     REAL,
  window_max     REAL,
  window_span_ms INTEGER,
  PRIMARY KEY (signal_id, t_ms)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE reading;
DROP TABLE signal;
