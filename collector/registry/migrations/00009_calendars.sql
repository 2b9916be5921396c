-- +goose Up
-- When lines are meant to run, where a gateway's catalogue began to say so: made again from the ledger with the other
-- views. What people say of it is in statement.
CREATE TABLE line_calendar (
    line     TEXT NOT NULL,
    ledger   INTEGER NOT NULL,                -- index of the batch that said it first
    gateway  TEXT NOT NULL,
    since    INTEGER NOT NULL,                -- Unix milliseconds: from then on that gateway's readings are
    calendar BLOB,                            -- JSON, record.Calendar; NULL: around the clock
    PRIMARY KEY (line, ledger)
) WITHOUT ROWID;

-- Of what a collector followed before, only the present calendars are known here; a rebuild finds those before them.
INSERT OR IGNORE INTO line_calendar (line, ledger, gateway, since, calendar)
SELECT line.key, gateway.ledger, gateway.id, (gateway.sealed_at + 59999) / 60000 * 60000, CAST(json_extract(line.value, '$.calendar') AS BLOB)
FROM gateway JOIN catalogue ON catalogue.hash = gateway.catalogue, json_each(CAST(catalogue.json AS TEXT), '$.lines') AS line;
