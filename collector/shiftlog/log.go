package shiftlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/shifttable"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

// What people can do wrong; the errors of this room wrap one of these where a caller can mend it.
var (
	ErrThere   = errors.New("there is an entry of this shift already")
	ErrGone    = errors.New("there is no such entry")
	ErrChanged = errors.New("it is not what was seen")
	ErrOwn     = errors.New("whoever wrote an entry cannot countersign it")
)

// Wrong is an entry that cannot be right, with everything that is wrong with it.
type Wrong struct{ Mistakes []shifttable.Mistake }

func (w *Wrong) Error() string {
	var all []string
	for _, m := range w.Mistakes {
		all = append(all, m.Column+": "+m.Message)
	}
	return strings.Join(all, "; ")
}

// Codes of mistakes that only the line's log can find.
const (
	inFuture       shifttable.Code = "in_future"
	unknownMachine shifttable.Code = "unknown_machine"
	unknownProduct shifttable.Code = "unknown_product"
	alreadyThere   shifttable.Code = "already_there"
)

// Line is what an entry is held against.
type Line struct {
	ID       string
	Zone     *time.Location
	Machines []string
	Products []string // by code; empty: the line's products are not known
}

// Log is where entries go. All its methods may be called at the same time.
type Log struct {
	registry *registry.Registry
	say      func(context.Context, ...record.Statement) error
	clock    clock.Clock
	writing  sync.Mutex // held from the look at what is there to the word in the ledger
}

// New opens the log.
func New(r *registry.Registry, say func(context.Context, ...record.Statement) error, c clock.Clock) *Log {
	return &Log{registry: r, say: say, clock: c}
}

// Entries gives those of a line whose shift begins in a window, in order of time, the replaced ones too.
func (l *Log) Entries(ctx context.Context, line string, window record.Span) ([]Entry, error) {
	return Entries(ctx, l.registry, line, window)
}

// Draft is an entry as somebody wants to write it down.
type Draft struct {
	ID    string // chosen by the writer's device: what is sent twice is one entry
	Start time.Time
	record.ShiftEntry
}

// Write keeps an entry. One that is there already under its ID, word for word, is no error.
func (l *Log) Write(ctx context.Context, line Line, by string, d Draft) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	d.Source = "" // it is typed
	d.Start, d.ShiftEnd = d.Start.UTC().Truncate(time.Millisecond), d.ShiftEnd.UTC().Truncate(time.Millisecond)
	if err := l.check(line, d); err != nil {
		return err
	}
	s, err := d.statement(line.ID, by)
	if err != nil {
		return err
	}
	if said, ok, err := l.registry.Statement(ctx, d.ID); err != nil {
		return err
	} else if ok {
		if said.Kind == s.Kind && said.Line == s.Line && said.By == s.By && said.About.Equal(s.About) && bytes.Equal(said.Body, s.Body) {
			return nil
		}
		return fmt.Errorf("entry %s: %w, with another content", d.ID, ErrThere)
	}
	there, err := l.Entries(ctx, line.ID, day(d.Start))
	if err != nil {
		return err
	}
	if err := vacant(there, d); err != nil {
		return err
	}
	if err := l.say(ctx, s); err != nil {
		return fmt.Errorf("shift log of %s: %w", line.ID, err)
	}
	return nil
}

func (d Draft) statement(line, by string) (record.Statement, error) {
	s, err := record.NewStatement(d.ID, record.StatementShift, by, d.ShiftEntry)
	s.Line, s.About = line, d.Start
	return s, err
}

// check finds all that is wrong with an entry.
func (l *Log) check(line Line, d Draft) error {
	mistakes := append(shifttable.Check(d.Start, d.ShiftEntry), l.strange(line, d)...)
	if len(mistakes) > 0 {
		return &Wrong{mistakes}
	}
	return nil
}

// strange finds what cannot be on this line at this time.
func (l *Log) strange(line Line, d Draft) (all []shifttable.Mistake) {
	const clockError = 10 * time.Minute // of a phone
	if d.ShiftEnd.After(l.clock.Now().Add(clockError)) {
		all = append(all, shifttable.Mistake{Column: "shift_end", Code: inFuture, Message: "the shift is not over yet"})
	}
	if d.Machine != "" && !slices.Contains(line.Machines, d.Machine) {
		all = append(all, shifttable.Mistake{Column: "machine", Code: unknownMachine,
			Message: fmt.Sprintf("the line has no machine %q; it has %s", d.Machine, strings.Join(line.Machines, ", "))})
	}
	if d.Product != "" && len(line.Products) > 0 && !slices.Contains(line.Products, d.Product) {
		all = append(all, shifttable.Mistake{Column: "product", Code: unknownProduct,
			Message: fmt.Sprintf("the line does not make %q; it makes %s", d.Product, strings.Join(line.Products, ", "))})
	}
	return all
}

// vacant tells whether an entry has its place among those that are there.
func vacant(there []Entry, d Draft) error {
	own := Entry{Start: d.Start, ShiftEntry: d.ShiftEntry}
	replaced := false
	for _, e := range there {
		switch {
		case e.ID == d.Replaces:
			if e.Status == Replaced {
				return fmt.Errorf("entry %s: %w: %s has corrected it", e.ID, ErrChanged, e.ReplacedBy)
			}
			replaced = true
		case e.Status != Replaced && e.Same(own):
			return fmt.Errorf("%w, by %s: correct that one", ErrThere, e.By)
		}
	}
	if d.Replaces != "" && !replaced {
		return fmt.Errorf("entry %s, which is to be corrected: %w at that time", d.Replaces, ErrGone)
	}
	return nil
}

// Sign keeps what another person than its writer says of an entry. hash is that of the entry that they saw.
func (l *Log) Sign(ctx context.Context, line, by, id string, s record.Signature) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	said, ok, err := l.registry.Statement(ctx, s.Entry)
	if err != nil {
		return err
	}
	if !ok || said.Kind != record.StatementShift || said.Line != line {
		return fmt.Errorf("entry %s: %w", s.Entry, ErrGone)
	}
	there, err := l.Entries(ctx, line, day(said.About))
	if err != nil {
		return err
	}
	at := slices.IndexFunc(there, func(e Entry) bool { return e.ID == s.Entry })
	switch {
	case at < 0:
		return fmt.Errorf("entry %s: %w", s.Entry, ErrGone)
	case there[at].Status == Replaced:
		return fmt.Errorf("entry %s: %w: %s has corrected it", s.Entry, ErrChanged, there[at].ReplacedBy)
	case there[at].Hash != s.Hash:
		return fmt.Errorf("entry %s: %w", s.Entry, ErrChanged)
	case said.By == by:
		return ErrOwn
	}
	statement, err := record.NewStatement(id, record.StatementSignature, by, s)
	if err != nil {
		return err
	}
	statement.Line, statement.About = line, said.About
	if err := l.say(ctx, statement); err != nil {
		return fmt.Errorf("sign entry %s: %w", s.Entry, err)
	}
	return nil
}

// day is where the entries of a shift that begins at a time can be, and those that correct them.
func day(start time.Time) record.Span {
	return record.Span{From: start.Add(-24 * time.Hour), To: start.Add(24 * time.Hour)}
}
