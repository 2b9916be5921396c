-- +goose Up
-- Intervals that an attempt without an answer may still change in a store that is elsewhere: how they are, to be
-- written again once no such attempt can be under way any more.
CREATE TABLE doubt (
    key      TEXT PRIMARY KEY,                -- account.Key, as JSON
    until    INTEGER NOT NULL,                -- Unix milliseconds, by the computer's clock
    interval BLOB NOT NULL                    -- account.Interval, as JSON
) WITHOUT ROWID;
CREATE INDEX doubt_until ON doubt (until);
