// Package registry keeps what the collector knows beside the ledger, in one SQLite file: how far the views
// have followed the ledger, the end of each gateway's chain with its catalogue and the state of its
// account, when lines are meant to run, what people said, and the messages that were refused.
//
// Position, heads and account states change together in one Commit, so that after a crash the views go on
// from where they were and count nothing twice.
package registry

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Registry is the open file.
type Registry struct{ db *sql.DB }

// Gateway is all that was committed of one gateway.
type Gateway struct {
	ID       string
	Head     verify.Head
	Ledger   uint64 // index of the head's batch
	SealedAt time.Time
	Clock    record.ClockState
	Account  *account.State
	Digests  []Digest // of the batches that a Commit adds; not given back
}

// Open opens the file, makes it if need be, and brings its tables up to date.
func Open(ctx context.Context, path string) (*Registry, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open registry %s: %w", path, err)
	}
	pragmas := []string{"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(10000)", "foreign_keys(1)"}
	dsn := url.URL{ // because a path may hold what would end it in a DSN
		Scheme: "file", Path: filepath.ToSlash(abs),
		RawQuery: url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}.Encode(),
	}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open registry %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, sub)
	if err == nil {
		_, err = provider.Up(ctx)
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("open registry %s: %w", path, err)
	}
	return &Registry{db: db}, nil
}

// Close closes the file.
func (r *Registry) Close() error { return r.db.Close() }

// Next is the index in the ledger from which on the views have nothing.
func (r *Registry) Next(ctx context.Context) (next uint64, err error) {
	err = r.db.QueryRowContext(ctx, `SELECT next FROM position`).Scan(&next)
	if err != nil {
		return 0, fmt.Errorf("read position: %w", err)
	}
	return next, nil
}

// Gateways gives all gateways that were committed, by name.
func (r *Registry) Gateways(ctx context.Context) ([]Gateway, error) {
	rows, err := r.db.QueryContext(ctx, `
		SELECT id, seq, gateway.hash, ledger, sealed_at, clock, account, catalogue.hash, catalogue.json, boot, sealed_by, successor
		FROM gateway JOIN catalogue ON catalogue.hash = gateway.catalogue ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("read gateways: %w", err)
	}
	defer rows.Close()
	var all []Gateway
	for rows.Next() {
		g, err := scanGateway(rows)
		if err != nil {
			return nil, fmt.Errorf("read gateway %s: %w", g.ID, err)
		}
		all = append(all, g)
	}
	return all, rows.Err()
}

func scanGateway(rows *sql.Rows) (g Gateway, err error) {
	var hash, catalogueHash, state, boot, sealedBy, successor []byte
	var sealedAt int64
	var clock string
	if err := rows.Scan(&g.ID, &g.Head.Seq, &hash, &g.Ledger, &sealedAt, &clock, &state, &catalogueHash, &g.Head.CatalogueJSON, &boot, &sealedBy, &successor); err != nil {
		return g, err
	}
	copy(g.Head.Hash[:], hash)
	copy(g.Head.CatalogueHash[:], catalogueHash)
	copy(g.Head.Boot[:], boot)
	copy(g.Head.SealedBy[:], sealedBy)
	if len(successor) > 0 {
		g.Head.Successor = successor
	}
	g.SealedAt = time.UnixMilli(sealedAt).UTC()
	if err := g.Clock.UnmarshalText([]byte(clock)); err != nil {
		return g, err
	}
	if g.Head.Catalogue, err = record.DecodeCatalogue(g.Head.CatalogueJSON); err != nil {
		return g, err
	}
	g.Account, err = account.DecodeState(state)
	return g, err
}

// Step is how far the views have come by some batches.
type Step struct {
	Next       uint64             // index in the ledger before which the views have everything
	Gateways   []Gateway          // those concerned, as they are now
	Doubt      Doubt              // intervals that are in doubt
	Finished   []account.Interval // to be published
	Statements []Statement        // that people made
	Calendars  []said.Calendar    // that catalogues began to say
}

// Commit keeps a step, all of it or nothing.
func (r *Registry) Commit(ctx context.Context, s Step) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("commit position %d: %w", s.Next, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to roll back
	if err := s.save(ctx, tx); err != nil {
		return fmt.Errorf("commit position %d: %w", s.Next, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit position %d: %w", s.Next, err)
	}
	return nil
}

func (s Step) save(ctx context.Context, tx *sql.Tx) error {
	for _, g := range s.Gateways {
		if err := saveGateway(ctx, tx, g); err != nil {
			return fmt.Errorf("gateway %s: %w", g.ID, err)
		}
	}
	if err := saveDoubt(ctx, tx, s.Doubt); err != nil {
		return err
	}
	if err := saveOutgoing(ctx, tx, s.Finished); err != nil {
		return err
	}
	if err := saveStatements(ctx, tx, s.Statements); err != nil {
		return err
	}
	if err := saveCalendars(ctx, tx, s.Calendars); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE position SET next = ?1, told = max(told, ?1)`, s.Next)
	return err
}

func saveGateway(ctx context.Context, tx *sql.Tx, g Gateway) error {
	state, err := g.Account.Encode()
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO catalogue (hash, json) VALUES (?, ?) ON CONFLICT DO NOTHING`,
		g.Head.CatalogueHash[:], g.Head.CatalogueJSON); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO gateway (id, seq, hash, catalogue, ledger, sealed_at, clock, account, boot, sealed_by, successor)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, catalogue = excluded.catalogue,
			ledger = excluded.ledger, sealed_at = excluded.sealed_at, clock = excluded.clock, account = excluded.account,
			boot = excluded.boot, sealed_by = excluded.sealed_by, successor = excluded.successor`,
		g.ID, g.Head.Seq, g.Head.Hash[:], g.Head.CatalogueHash[:], g.Ledger, g.SealedAt.UnixMilli(), g.Clock.String(), state,
		g.Head.Boot[:], g.Head.SealedBy[:], append([]byte{}, g.Head.Successor...)) // never nil, which would be NULL
	if err != nil {
		return err
	}
	return saveDigests(ctx, tx, g.ID, g.Digests)
}

// Reset forgets how far the views are and where the gateways' chains end: the next start makes the views again
// from the beginning of the ledger. Refused messages stay.
func (r *Registry) Reset(ctx context.Context) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("reset position: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to roll back
	for _, statement := range []string{`UPDATE position SET next = 0`, `DELETE FROM gateway`, `DELETE FROM catalogue`, `DELETE FROM digest`, `DELETE FROM doubt`, `DELETE FROM line_calendar`,
		`DELETE FROM statement WHERE ledger IS NOT NULL`} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("reset position: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("reset position: %w", err)
	}
	return nil
}
