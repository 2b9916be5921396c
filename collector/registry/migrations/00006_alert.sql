-- +goose Up
-- What was found out of order, and when it was over.
CREATE TABLE alert (
    id      INTEGER PRIMARY KEY,
    rule    TEXT NOT NULL,
    subject TEXT NOT NULL,                    -- what the rule found, such as a line; unique within the rule
    began   INTEGER NOT NULL,                 -- Unix milliseconds, as are the others
    raised  INTEGER NOT NULL,                 -- when it had lasted long enough
    ended   INTEGER,                          -- NULL while open
    closed  INTEGER,                          -- when it had been over for long enough; NULL while open
    lasted  INTEGER NOT NULL DEFAULT 0,       -- milliseconds, of those that count
    facts   BLOB NOT NULL                     -- alert.Facts, as JSON
);
CREATE UNIQUE INDEX alert_open ON alert (rule, subject) WHERE closed IS NULL;

-- What is to be said of it on which channel.
CREATE TABLE alert_message (
    alert   INTEGER NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    kind    TEXT NOT NULL,                    -- raised, over
    state   TEXT NOT NULL,                    -- waiting, sent, dropped, failed
    due     INTEGER NOT NULL,                 -- when it may be said at the earliest
    at      INTEGER NOT NULL,                 -- when it came into its state
    error   TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (alert, channel, kind)
) WITHOUT ROWID;
