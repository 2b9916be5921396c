package registry

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Statement is what a person said, with its place in the ledger.
type Statement = record.Stated

// saveStatements keeps what the ledger has. One whose id is known was said before.
func saveStatements(ctx context.Context, tx *sql.Tx, said []Statement) error {
	for _, s := range said {
		_, err := tx.ExecContext(ctx, `INSERT INTO statement (id, ledger, kind, line, about, said, by, body, turn)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(turn), 0) + 1 FROM statement)) ON CONFLICT (id) DO NOTHING`,
			s.ID, s.Ledger, s.Kind, s.Line, s.About.UnixMilli(), s.Said.UnixMilli(), s.By, s.Body)
		if err != nil {
			return fmt.Errorf("statement %s: %w", s.ID, err)
		}
	}
	return nil
}

const selectStatements = `SELECT id, coalesce(ledger, 0), kind, line, about, said, by, body FROM statement`

// Said selects statements.
type Said struct {
	Kinds    []record.StatementKind // none: of any
	Line     string                 // "": of any
	From, To time.Time              // what they are about, From included; zero: no bound
}

// Statements gives what people said, in the order in which they said it.
func (r *Registry) Statements(ctx context.Context, q Said) ([]Statement, error) {
	text, args := selectStatements+" WHERE TRUE", []any(nil)
	and := func(term string, arg any) { text, args = text+" AND "+term, append(args, arg) }
	if len(q.Kinds) > 0 {
		text += " AND kind IN (?" + strings.Repeat(", ?", len(q.Kinds)-1) + ")"
		for _, kind := range q.Kinds {
			args = append(args, kind)
		}
	}
	if q.Line != "" {
		and("line = ?", q.Line)
	}
	if !q.From.IsZero() {
		and("about >= ?", q.From.UnixMilli())
	}
	if !q.To.IsZero() {
		and("about < ?", q.To.UnixMilli())
	}
	rows, err := r.db.QueryContext(ctx, text+" ORDER BY turn", args...)
	if err != nil {
		return nil, fmt.Errorf("read what was said: %w", err)
	}
	defer rows.Close()
	var all []Statement
	for rows.Next() {
		s, err := scanStatement(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("read what was said: %w", err)
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// Statement gives one by its id; ok is false where nobody said it.
func (r *Registry) Statement(ctx context.Context, id string) (s Statement, ok bool, err error) {
	row := r.db.QueryRowContext(ctx, selectStatements+" WHERE id = ?", id)
	switch s, err = scanStatement(row.Scan); err {
	case nil:
		return s, true, nil
	case sql.ErrNoRows:
		return s, false, nil
	}
	return s, false, fmt.Errorf("read statement %s: %w", id, err)
}

func scanStatement(scan func(...any) error) (s Statement, err error) {
	var about, said int64
	err = scan(&s.ID, &s.Ledger, &s.Kind, &s.Line, &about, &said, &s.By, &s.Body)
	s.About, s.Said = time.UnixMilli(about).UTC(), time.UnixMilli(said).UTC()
	return s, err
}
