-- +goose Up
-- Who may sign what they say. That somebody enrolled is a statement in the ledger; how they are known is only here.
CREATE TABLE person (
    key      TEXT PRIMARY KEY,                -- the name in the form by which names are compared
    name     TEXT NOT NULL,
    pin      BLOB NOT NULL,                   -- bcrypt; empty: forgotten, to be chosen anew
    enrolled INTEGER NOT NULL                 -- Unix milliseconds
) WITHOUT ROWID;

CREATE TABLE session (
    token  BLOB PRIMARY KEY,                  -- SHA-256 of what the phone holds
    person TEXT NOT NULL REFERENCES person (key) ON DELETE CASCADE,
    seen   INTEGER NOT NULL                   -- Unix milliseconds, when it was last used
) WITHOUT ROWID;
