// Package sqlite keeps readings and intervals in one SQLite file: the store that needs nothing else.
//
// Write returns only when everything is on disk (write-ahead log, synchronous=FULL). One connection
// writes, readers never wait for it and see the state of their first row throughout. Every value comes
// back exactly as it was, whole numbers with all 64 bits.
//
// Readings are few bytes but many: DropReadings lets the old ones go. Intervals stay for ever. Of two
// readings of one signal of one place at the same millisecond the one written last is kept. Buckets are kept in
// the transaction that writes their readings.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/lineproof/lineproof/collector/series"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is a series.Store in one file. It may be used by several goroutines at once.
type Store struct {
	writer *sql.DB // one connection: who holds it may use the fields below
	reader *sql.DB

	putSignal, putReading, putInterval, putBucket *sql.Stmt

	ids    map[series.Placed]int64 // of the table signal
	roller series.Roller

	places series.PlaceCache
}

var (
	_ series.Store       = (*Store)(nil)
	_ series.BatchWriter = (*Store)(nil)
	_ series.Dropper     = (*Store)(nil)
)

// Open opens the file at path, makes it where there is none, and brings its tables up to date.
func Open(ctx context.Context, path string) (*Store, error) {
	s := &Store{ids: map[series.Placed]int64{}}
	if err := s.open(ctx, path); err != nil {
		return nil, fmt.Errorf("open series %q: %w", path, errors.Join(err, s.Close()))
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) (err error) {
	pragmas := []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(4000)"}
	if s.writer, err = connect(path, pragmas...); err != nil {
		return err
	}
	s.writer.SetMaxOpenConns(1)
	if err := migrate(ctx, s.writer); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	s.reader, err = connect(path, "busy_timeout(10000)", "query_only(1)")
	return err
}

func connect(path string, pragmas ...string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dsn := url.URL{
		Scheme: "file", Path: filepath.ToSlash(abs),
		RawQuery: url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}.Encode(),
	}
	return sql.Open("sqlite", dsn.String())
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Close waits for what is being written. It may be called twice.
func (s *Store) Close() error {
	var first error
	for _, db := range []*sql.DB{s.reader, s.writer} {
		if db == nil {
			continue
		}
		if err := db.Close(); err != nil && first == nil {
			first = fmt.Errorf("close series: %w", err)
		}
	}
	return first
}
