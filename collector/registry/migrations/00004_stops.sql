-- +goose Up
-- What people said of stops. Nothing is ever changed or removed here: the newest counts.
CREATE TABLE stop_note (
    id      INTEGER PRIMARY KEY,
    line    TEXT NOT NULL,
    machine TEXT NOT NULL,
    stop    INTEGER NOT NULL,                 -- when the stop began, Unix milliseconds
    time    INTEGER NOT NULL,                 -- of the note, Unix milliseconds, by the collector's clock
    reason  TEXT NOT NULL,                    -- GROUP/REASON; '' for a comment alone
    comment TEXT NOT NULL,
    author  TEXT NOT NULL
);
CREATE INDEX stop_note_of ON stop_note (line, stop);
