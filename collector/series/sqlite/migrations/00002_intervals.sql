-- +goose Up
CREATE TABLE interval (
  site     TEXT NOT NULL,
  line     TEXT NOT NULL,
  machine  TEXT NOT NULL,
  product  TEXT NOT NULL,
  start_ms INTEGER NOT NULL, -- Unix milliseconds of a whole minute
  planned_cycle_ns INTEGER NOT NULL, -- of the product; 0: unknown
  units_per_cycle INTEGER NOT NULL,
  produced INTEGER NOT NULL,
  good INTEGER NOT NULL, -- may be negative
  scrap INTEGER NOT NULL,
  rework INTEGER NOT NULL,
  late INTEGER NOT NULL, -- part of produced
  suspect INTEGER NOT NULL,
  resets INTEGER NOT NULL,
  energy_j INTEGER NOT NULL,
  late_energy_j INTEGER NOT NULL, -- part of energy_j
  undefined_ms INTEGER NOT NULL,
  clearing_ms INTEGER NOT NULL,
  stopped_ms INTEGER NOT NULL,
  starting_ms INTEGER NOT NULL,
  idle_ms INTEGER NOT NULL,
  suspended_ms INTEGER NOT NULL,
  execute_ms INTEGER NOT NULL,
  stopping_ms INTEGER NOT NULL,
  aborting_ms INTEGER NOT NULL,
  aborted_ms INTEGER NOT NULL,
  holding_ms INTEGER NOT NULL,
  held_ms INTEGER NOT NULL,
  unholding_ms INTEGER NOT NULL,
  suspending_ms INTEGER NOT NULL,
  unsuspending_ms INTEGER NOT NULL,
  resetting_ms INTEGER NOT NULL,
  completing_ms INTEGER NOT NULL,
  complete_ms INTEGER NOT NULL,
  metered INTEGER NOT NULL, -- 1 where energy_j is known, else 0
  timeline TEXT NOT NULL, -- JSON, as the next three; '' when there is none
  scrap_by TEXT NOT NULL,
  measures TEXT NOT NULL,
  counters TEXT NOT NULL,
  PRIMARY KEY (line, start_ms, machine, product, site) -- in the order in which a line's page asks
) STRICT, WITHOUT ROWID;

CREATE INDEX interval_by_time ON interval (start_ms, site);

-- +goose Down
DROP TABLE interval;
