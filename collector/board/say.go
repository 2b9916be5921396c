package board

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/lineproof/lineproof/record"
)

// errDeaf is where nothing that people say is kept.
var errDeaf = errors.New("nothing that people say is kept here")

// statement is the head of one: its body follows by its kind.
type statement record.Statement

// state says something, so that it is sealed, in the ledger and in the views. An ID is made where none is given.
func (b *Board) state(ctx context.Context, head statement, body any) error {
	if b.say == nil {
		return errDeaf
	}
	s, err := record.NewStatement(cmp.Or(head.ID, rand.Text()), head.Kind, head.By, body)
	if err != nil {
		return err
	}
	s.Line, s.About = head.Line, head.About
	return b.say(ctx, s)
}

// heard tells whether something was said already, word for word, by its ID: then there is nothing to say. A time of zero is
// any. It is an error where something else was said under that ID.
func (b *Board) heard(ctx context.Context, head statement, body any) (bool, error) {
	if b.registry == nil {
		return false, errDeaf
	}
	said, there, err := b.registry.Statement(ctx, head.ID)
	if err != nil || !there {
		return false, err
	}
	s, err := record.NewStatement(head.ID, head.Kind, head.By, body)
	if err != nil {
		return false, err
	}
	if said.Kind == s.Kind && said.Line == head.Line && said.By == s.By && bytes.Equal(said.Body, s.Body) && (head.About.IsZero() || said.About.Equal(head.About)) {
		return true, nil
	}
	return false, fmt.Errorf("%s %s: %w, with another content", head.Kind, head.ID, ErrTaken)
}
