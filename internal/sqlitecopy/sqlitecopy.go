// Package sqlitecopy copies a SQLite file while other processes write to it.
//
// The copy is what one reader saw at one moment. With a write-ahead log the writers do not wait for it; their
// log grows until the copy is done.
package sqlitecopy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Copy writes what the file from holds into the new file to, and checks that every page of it can be read.
func Copy(ctx context.Context, from, to string) error {
	err := copyFile(ctx, from, to)
	var known *sqlite.Error
	if errors.As(err, &known) && known.Code()&0xff == sqlite3.SQLITE_FULL {
		err = fmt.Errorf("%w: %w", err, syscall.ENOSPC) // as other writers say it
	}
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return nil
}

func copyFile(ctx context.Context, from, to string) error {
	abs, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	if err := exec(ctx, from, func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, "VACUUM INTO ?", abs)
		return err
	}); err != nil {
		return err
	}
	return exec(ctx, to, func(db *sql.DB) error {
		var found string
		if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
			return err
		}
		if found != "ok" {
			return fmt.Errorf("the copy is damaged: %s", found)
		}
		return nil
	})
}

// exec does something with a file that there is.
func exec(ctx context.Context, file string, do func(*sql.DB) error) (err error) {
	db, err := Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.PingContext(ctx); err != nil {
		return err
	}
	return do(db)
}

// Open opens a file that there is, for reading. It is not opened read-only, because SQLite would then leave the
// write-ahead log's files behind where nobody else has it open, and VACUUM INTO does not do with query_only.
func Open(file string) (*sql.DB, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	dsn := url.URL{ // because a path may hold what would end it in a DSN
		Scheme: "file", Path: filepath.ToSlash(abs),
		RawQuery: url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(10000)"}}.Encode(),
	}
	return sql.Open("sqlite", dsn.String())
}
