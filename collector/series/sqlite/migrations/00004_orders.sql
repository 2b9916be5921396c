-- +goose Up
-- The order belongs to the key, so the table is made anew.
CREATE TABLE interval_of_order (
  site     TEXT NOT NULL,
  line     TEXT NOT NULL,
  machine  TEXT NOT NULL,
  product  TEXT NOT NULL,
  production_order TEXT NOT NULL DEFAULT '',
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
  uncertain_ms INTEGER NOT NULL DEFAULT 0, -- part of the states' sums
  time_error_ms INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  stops INTEGER NOT NULL DEFAULT 0, -- that ended in the minute, as micro_stops
  micro_stops INTEGER NOT NULL DEFAULT 0,
  micro_stop_ms INTEGER NOT NULL DEFAULT 0,
  material_g INTEGER NOT NULL DEFAULT 0,
  output_g INTEGER NOT NULL DEFAULT 0,
  weighed INTEGER NOT NULL DEFAULT 0, -- 1 where material_g and output_g are known
  timeline TEXT NOT NULL, -- JSON, as the next three; '' when there is none
  scrap_by TEXT NOT NULL,
  measures TEXT NOT NULL,
  counters TEXT NOT NULL,
  PRIMARY KEY (line, start_ms, machine, product, production_order, site) -- in the order in which a line's page asks
) STRICT, WITHOUT ROWID;

INSERT INTO interval_of_order (
  site, line, machine, product, start_ms, planned_cycle_ns, units_per_cycle, produced, good, scrap, rework,
  late, suspect, resets, energy_j, late_energy_j, undefined_ms, clearing_ms, stopped_ms, starting_ms, idle_ms,
  suspended_ms, execute_ms, stopping_ms, aborting_ms, aborted_ms, holding_ms, held_ms, unholding_ms,
  suspending_ms, unsuspending_ms, resetting_ms, completing_ms, complete_ms, metered, timeline, scrap_by,
  measures, counters, uncertain_ms, time_error_ms)
SELECT
  site, line, machine, product, start_ms, planned_cycle_ns, units_per_cycle, produced, good, scrap, rework,
  late, suspect, resets, energy_j, late_energy_j, undefined_ms, clearing_ms, stopped_ms, starting_ms, idle_ms,
  suspended_ms, execute_ms, stopping_ms, aborting_ms, aborted_ms, holding_ms, held_ms, unholding_ms,
  suspending_ms, unsuspending_ms, resetting_ms, completing_ms, complete_ms, metered, timeline, scrap_by,
  measures, counters, uncertain_ms, time_error_ms
FROM interval;
DROP TABLE interval;
ALTER TABLE interval_of_order RENAME TO interval;
CREATE INDEX interval_by_time ON interval (start_ms, site);
