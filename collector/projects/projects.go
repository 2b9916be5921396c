// Package projects is where an office writes down the projects of its programme, one by one or from a sheet, and sees
// all of them with their evidence. What somebody writes is a sealed statement, and so is each change
// (docs/decisions/0027-the-programme.md); this room holds the order in which that is done. What the statements come to
// is collector/programme's.
//
// It guarantees that no code stands for two projects, and that nobody overwrites a version that they have not seen. It
// does not know who may: whoever signs in.
package projects

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/collector/programme"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

// What people can do wrong; the errors of this room wrap one of these where a caller can mend it.
var (
	ErrGone    = errors.New("there is no such project")
	ErrChanged = errors.New("somebody has changed it since")
	ErrTaken   = errors.New("another project has this code")
)

// Wrong is a project that cannot be, with everything that is wrong with it.
type Wrong struct{ Mistakes []cells.Mistake }

func (w *Wrong) Error() string {
	var all []string
	for _, m := range w.Mistakes {
		all = append(all, m.Column+": "+m.Message)
	}
	return strings.Join(all, "; ")
}

// Book is the room. All its methods may be called at the same time.
type Book struct {
	registry *registry.Registry
	say      func(context.Context, ...record.Statement) error
	clock    clock.Clock
	rules    programme.Rules
	writing  sync.Mutex // held from the look at what is there to the word in the ledger

	loading loading
	seen    seen
}

// New opens the room.
func New(r *registry.Registry, say func(context.Context, ...record.Statement) error, c clock.Clock, rules programme.Rules) *Book {
	return &Book{registry: r, say: say, clock: c, rules: rules, seen: newSeen()}
}

// Rules are the lists by which projects are written down and counted.
func (b *Book) Rules() programme.Rules { return b.rules }

// All gives the projects in the order of their codes.
func (b *Book) All(ctx context.Context) ([]programme.Project, error) {
	said, err := b.registry.Statements(ctx, registry.Said{Kinds: []record.StatementKind{record.StatementProject}})
	if err != nil {
		return nil, fmt.Errorf("projects: %w", err)
	}
	all, err := programme.Of(slices.Values(said))
	if err != nil {
		return nil, fmt.Errorf("projects: %w", err)
	}
	return all, nil
}

// One gives a project by its id.
func (b *Book) One(ctx context.Context, id string) (programme.Project, error) {
	all, err := b.All(ctx)
	if err != nil {
		return programme.Project{}, err
	}
	for _, p := range all {
		if p.ID == id {
			return p, nil
		}
	}
	return programme.Project{}, fmt.Errorf("project %s: %w", id, ErrGone)
}

// OfStudy gives the project that names a study, the first of several.
func (b *Book) OfStudy(ctx context.Context, study string) (p record.Project, ok bool, err error) {
	all, err := b.All(ctx)
	for _, one := range all {
		if slices.Contains(one.Studies, study) {
			return one.Project, true, nil
		}
	}
	return p, false, err
}

// Draft is a project as somebody wants to write it down.
type Draft struct {
	ID string // of the statement, chosen by the writer's device: what is sent twice is one
	record.Project
}

// Write keeps a project: a new one where it has no ID, else a new version of that one, which names the version that the
// writer saw. It gives the project's ID. What is there already, word for word, is no error.
func (b *Book) Write(ctx context.Context, by string, d Draft) (id string, err error) {
	b.writing.Lock()
	defer b.writing.Unlock()
	d.Source = "" // it is typed
	if d.Project.ID == "" {
		d.Project.ID = projectID(d.ID)
	}
	if m := append(b.rules.Check(d.Project), b.strange(d.Project)...); len(m) > 0 {
		return "", &Wrong{m}
	}
	s, err := b.statement(d, by)
	if err != nil {
		return "", err
	}
	if there, err := b.heard(ctx, s); there || err != nil {
		return d.Project.ID, err
	}
	all, err := b.All(ctx)
	if err != nil {
		return "", err
	}
	if err := vacant(all, d.Project); err != nil {
		return "", err
	}
	if err := b.say(ctx, s); err != nil {
		return "", fmt.Errorf("project %s: %w", d.Code, err)
	}
	b.wake()
	return d.Project.ID, nil
}

// projectID makes a project's ID of that of its first statement, so that what is sent twice is one project.
func projectID(statement string) string { return "p" + record.HashOf([]byte(statement)).String()[:12] }

func (b *Book) statement(d Draft, by string) (record.Statement, error) {
	s, err := record.NewStatement(d.ID, record.StatementProject, by, d.Project)
	if s.About = d.About(); s.About.IsZero() {
		s.About = b.clock.Now().UTC().Truncate(time.Millisecond)
	}
	return s, err
}

// heard tells whether a statement was said already.
func (b *Book) heard(ctx context.Context, s record.Statement) (bool, error) {
	said, ok, err := b.registry.Statement(ctx, s.ID)
	if err != nil || !ok {
		return false, err
	}
	if said.Kind == s.Kind && said.By == s.By && bytes.Equal(said.Body, s.Body) {
		return true, nil
	}
	return false, fmt.Errorf("statement %s: %w, with another content", s.ID, ErrChanged)
}

// strange finds what cannot be yet.
func (b *Book) strange(p record.Project) (m cells.Mistakes) {
	const ahead = 24 * time.Hour // it may be tomorrow already where the office is
	year, month, day := b.clock.Now().Add(ahead).Date()
	if p.Accepted.Compare(record.Date{Year: year, Month: month, Day: day}) > 0 {
		m.Add("accepted", "in_future", "The day is still to come.")
	}
	return m
}

// vacant tells whether a version has its place among what is there.
func vacant(all []programme.Project, p record.Project) error {
	known := false
	for _, other := range all {
		switch {
		case other.ID == p.ID:
			if known = true; other.Statement != p.Replaces {
				return fmt.Errorf("project %s: %w: %s did on %s", p.Code, ErrChanged, other.By, other.Said.Format(time.DateOnly))
			}
		case programme.Key(other.Code) == programme.Key(p.Code):
			return fmt.Errorf("%w: %s", ErrTaken, other.Name)
		}
	}
	if p.Replaces != "" && !known {
		return fmt.Errorf("project %s: %w", p.Code, ErrGone)
	}
	return nil
}

// newID is one for a statement.
func newID() string { return rand.Text() }
