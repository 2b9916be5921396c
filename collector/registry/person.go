package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Person is somebody who signs what they say.
type Person struct {
	Key      string // the name in the form by which names are compared
	Name     string
	PIN      []byte // as the people room keeps it; empty: forgotten
	Enrolled time.Time
}

const selectPeople = `SELECT key, name, pin, enrolled FROM person`

// AddPerson keeps one; ok is false where somebody of that key is there, with a PIN.
func (r *Registry) AddPerson(ctx context.Context, p Person) (ok bool, err error) {
	done, err := r.db.ExecContext(ctx, `INSERT INTO person (key, name, pin, enrolled) VALUES (?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET name = excluded.name, pin = excluded.pin, enrolled = excluded.enrolled WHERE person.pin = x''`,
		p.Key, p.Name, p.PIN, p.Enrolled.UnixMilli())
	if err != nil {
		return false, fmt.Errorf("keep person %s: %w", p.Name, err)
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

// ForgetPIN lets a person choose a PIN anew, and ends their sessions; ok is false where there is no such person.
func (r *Registry) ForgetPIN(ctx context.Context, key string) (ok bool, err error) {
	done, err := r.db.ExecContext(ctx, `UPDATE person SET pin = x'' WHERE key = ?`, key)
	if err == nil {
		_, err = r.db.ExecContext(ctx, `DELETE FROM session WHERE person = ?`, key)
	}
	if err != nil {
		return false, fmt.Errorf("forget PIN: %w", err)
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

// FindPerson gives the one with a key.
func (r *Registry) FindPerson(ctx context.Context, key string) (Person, bool, error) {
	return r.person(ctx, selectPeople+" WHERE key = ?", key)
}

// People gives all, by name.
func (r *Registry) People(ctx context.Context) (all []Person, err error) {
	rows, err := r.db.QueryContext(ctx, selectPeople+" ORDER BY key")
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		p, err := scanPerson(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("read people: %w", err)
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// OpenSession keeps who the holder of a token is.
func (r *Registry) OpenSession(ctx context.Context, token []byte, person string, now time.Time) error {
	if _, err := r.db.ExecContext(ctx, `INSERT INTO session (token, person, seen) VALUES (?, ?, ?)`, token, person, now.UnixMilli()); err != nil {
		return fmt.Errorf("open session: %w", err)
	}
	return nil
}

// SessionOf gives the person of a token that was used after a time, and notes that it is used now.
func (r *Registry) SessionOf(ctx context.Context, token []byte, after, now time.Time) (Person, bool, error) {
	done, err := r.db.ExecContext(ctx, `UPDATE session SET seen = ? WHERE token = ? AND seen > ?`, now.UnixMilli(), token, after.UnixMilli())
	if err != nil {
		return Person{}, false, fmt.Errorf("read session: %w", err)
	}
	if n, err := done.RowsAffected(); n == 0 {
		return Person{}, false, err
	}
	return r.person(ctx, selectPeople+" JOIN session ON person = key WHERE token = ?", token)
}

// CloseSession forgets a token.
func (r *Registry) CloseSession(ctx context.Context, token []byte) error {
	if _, err := r.db.ExecContext(ctx, `DELETE FROM session WHERE token = ?`, token); err != nil {
		return fmt.Errorf("close session: %w", err)
	}
	return nil
}

func (r *Registry) person(ctx context.Context, query string, arg any) (Person, bool, error) {
	p, err := scanPerson(r.db.QueryRowContext(ctx, query, arg).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Person{}, false, nil
	}
	if err != nil {
		return Person{}, false, fmt.Errorf("read person: %w", err)
	}
	return p, true, nil
}

func scanPerson(scan func(...any) error) (p Person, err error) {
	var enrolled int64
	err = scan(&p.Key, &p.Name, &p.PIN, &enrolled)
	p.Enrolled = time.UnixMilli(enrolled).UTC()
	return p, err
}
