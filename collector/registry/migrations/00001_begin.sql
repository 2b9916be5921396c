-- +goose Up
CREATE TABLE position (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    next INTEGER NOT NULL                     -- index in the ledger from which on the views have nothing
);
INSERT INTO position (id, next) VALUES (1, 0);

CREATE TABLE catalogue (
    hash  BLOB PRIMARY KEY,                   -- SHA-256
    json  BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE gateway (
    id         TEXT PRIMARY KEY,
    seq        INTEGER NOT NULL,              -- last batch in ledger and views
    hash       BLOB NOT NULL,                 -- of that sealed batch
    catalogue  BLOB NOT NULL REFERENCES catalogue (hash),
    ledger     INTEGER NOT NULL,              -- its index in the ledger
    sealed_at  INTEGER NOT NULL,              -- Unix milliseconds, by the gateway's clock
    clock      TEXT NOT NULL,
    account    BLOB NOT NULL                  -- account.State after it
) WITHOUT ROWID;

CREATE TABLE refused (
    id      INTEGER PRIMARY KEY,
    gateway TEXT NOT NULL,                    -- as the topic named it
    time    INTEGER NOT NULL,                 -- Unix milliseconds, by the collector's clock
    reason  TEXT NOT NULL,
    sealed  BLOB NOT NULL                     -- the message
);
CREATE INDEX refused_gateway ON refused (gateway, id);
