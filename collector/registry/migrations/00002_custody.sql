-- +goose Up
ALTER TABLE gateway ADD COLUMN boot BLOB NOT NULL DEFAULT x'';       -- id under which the last batch was sealed
ALTER TABLE gateway ADD COLUMN sealed_by BLOB NOT NULL DEFAULT x'';  -- id of the key of the last batch
ALTER TABLE gateway ADD COLUMN successor BLOB NOT NULL DEFAULT x'';  -- public key that may take over, or has

-- The beginnings of the hashes of all batches in the views, in blocks, to know another batch of the same number.
CREATE TABLE digest (
    gateway TEXT NOT NULL,
    block   INTEGER NOT NULL,                 -- seq / 256
    hashes  BLOB NOT NULL,                    -- 8 bytes for each number; zeros where there is none
    PRIMARY KEY (gateway, block)
) WITHOUT ROWID;

ALTER TABLE refused ADD COLUMN kind TEXT NOT NULL DEFAULT 'malformed';
ALTER TABLE refused ADD COLUMN hash BLOB NOT NULL DEFAULT x'';       -- SHA-256 of the message
ALTER TABLE refused ADD COLUMN times INTEGER NOT NULL DEFAULT 1;     -- that it came

CREATE TABLE poison (                         -- what the views cannot hold; the ledger has it
    id     INTEGER PRIMARY KEY,
    time   INTEGER NOT NULL,                  -- Unix milliseconds, by the collector's clock
    point  TEXT NOT NULL,
    reason TEXT NOT NULL
);
