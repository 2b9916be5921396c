-- +goose Up
-- Finished intervals that the broker has not taken yet, in the order in which they were finished.
CREATE TABLE outgoing (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    interval BLOB NOT NULL                    -- account.Interval, as JSON
);
-- Index in the ledger from which on batches have finished none yet: views that are made again tell nothing twice.
ALTER TABLE position ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
UPDATE position SET told = next;
