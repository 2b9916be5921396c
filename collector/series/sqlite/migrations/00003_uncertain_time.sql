-- +goose Up
ALTER TABLE interval ADD COLUMN uncertain_ms INTEGER NOT NULL DEFAULT 0; -- part of the states' sums
ALTER TABLE interval ADD COLUMN time_error_ms INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE interval DROP COLUMN uncertain_ms;
ALTER TABLE interval DROP COLUMN time_error_ms;
