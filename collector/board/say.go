package board

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"

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
