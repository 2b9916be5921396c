-- +goose Up
-- What people said, as the ledger has it: made again from it with the other views.
CREATE TABLE statement (
    id     TEXT PRIMARY KEY,
    ledger INTEGER,                           -- index of the batch that holds it; NULL: from before such were sealed
    kind   TEXT NOT NULL,                     -- record.StatementKind
    line   TEXT NOT NULL,
    about  INTEGER NOT NULL,                  -- Unix milliseconds, when what it is about begins
    said   INTEGER NOT NULL,                  -- Unix milliseconds, by the collector's clock
    by     TEXT NOT NULL,
    body   BLOB NOT NULL,                     -- JSON
    turn   INTEGER NOT NULL                   -- in the order in which they were said
);
CREATE INDEX statement_of ON statement (kind, line, about);
CREATE UNIQUE INDEX statement_turn ON statement (turn);

INSERT INTO statement (id, ledger, kind, line, about, said, by, body, turn)
SELECT 'stop-note-' || id, NULL, 'stop', line, stop, time, author, CAST(json_object('machine', machine, 'reason', reason, 'comment', comment) AS BLOB), id
FROM stop_note;
DROP TABLE stop_note;
