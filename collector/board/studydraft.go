package board

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// ErrOvertaken is part of an error about a version of a study that does not follow the last one.
var ErrOvertaken = errors.New("it was changed meanwhile")

// WrongStudy is a protocol that cannot be, with everything that is wrong with it.
type WrongStudy struct{ Mistakes []protocol.Mistake }

func (w *WrongStudy) Error() string {
	var all []string
	for _, m := range w.Mistakes {
		all = append(all, strings.Join(m.Path, ".")+": "+m.Message)
	}
	return strings.Join(all, "; ")
}

// StudyDraft is a version of a study as somebody wants to say it.
type StudyDraft struct {
	ID   string // chosen by the writer's device: what is sent twice is one version
	Line string
	record.StudyProtocol
}

// tidy takes off what nobody means.
func (d *StudyDraft) tidy() {
	moment := func(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
	d.After.From, d.After.To = moment(d.After.From), moment(d.After.To)
	if d.Before != nil {
		b := *d.Before
		b.From, b.To = moment(b.From), moment(b.To)
		d.Before = &b
	}
	d.Comment = strings.TrimSpace(d.Comment)
}

// RegisterStudy keeps a version of a study, a draft or one that is meant. A version that is there already under its ID, word
// for word, is no error.
func (b *Board) RegisterStudy(ctx context.Context, by string, d StudyDraft) error {
	b.changing.Lock()
	defer b.changing.Unlock()
	if err := b.Has(d.Line); err != nil {
		return err
	}
	d.tidy()
	d.ID = cmp.Or(d.ID, rand.Text())
	head := statement{ID: d.ID, Kind: record.StatementStudy, Line: d.Line, About: cmp.Or(d.After.From, b.clock.Now().UTC().Truncate(time.Millisecond)), By: by}
	if heard, err := b.heard(ctx, statement{ID: head.ID, Kind: head.Kind, Line: head.Line, By: head.By}, d.StudyProtocol); heard || err != nil {
		return err
	}
	if wrong, err := b.studyMistakes(d); err != nil {
		return err
	} else if len(wrong) > 0 {
		return &WrongStudy{wrong}
	}
	switch s, err := b.study(d.Study); {
	case errors.Is(err, ErrNotFound) && d.Replaces != "":
		return fmt.Errorf("study %s: %w; there is no version %s", d.Study, ErrOvertaken, d.Replaces)
	case err == nil && s.Withdrawn() != nil:
		return fmt.Errorf("study %s: %w: %s withdrew it; choose another name", d.Study, ErrTaken, s.Withdrawn().By)
	case err == nil && d.Replaces == "":
		return fmt.Errorf("study %s: %w", d.Study, ErrTaken)
	case err == nil && d.Replaces != s.Versions[len(s.Versions)-1].ID:
		return fmt.Errorf("study %s: %w", d.Study, ErrOvertaken)
	}
	return b.state(ctx, head, d.StudyProtocol)
}

// studyMistakes finds all that is wrong with a protocol, by its own rules and by what the collector knows of the lines.
func (b *Board) studyMistakes(d StudyDraft) ([]protocol.Mistake, error) {
	p, err := b.find(d.Line)
	if err != nil {
		return nil, err
	}
	all := protocol.Mistakes(d.StudyProtocol, d.Line)
	if d.Draft {
		return all, nil
	}
	add := func(code protocol.Code, value, message, hint string, path ...string) {
		all = append(all, protocol.Mistake{Path: path, Code: code, Value: value, Message: message, Hint: hint})
	}
	if _, ok := p.model.Machines[d.Machine]; d.Machine != "" && !ok {
		add(protocol.Unknown, d.Machine, fmt.Sprintf("the line has no machine %q", d.Machine), "one of "+strings.Join(p.machines(), ", "), "machine")
	}
	if c := d.Covariate; c != nil && c.Measure != "" {
		machine, ok := p.model.Machines[c.Machine]
		if _, measured := machine.Measures[c.Measure]; !ok || !measured {
			add(protocol.Unknown, c.Machine+" "+c.Measure, fmt.Sprintf("the line has no measure %q of a machine %q", c.Measure, c.Machine), "name one of the line model's measures", "covariate", "measure")
		}
	}
	if d.After.Source == record.StudyMetered && len(p.calendar.Shifts(record.Span{From: d.After.From, To: d.After.To})) == 0 && d.After.From.Before(d.After.To) {
		add(protocol.NoShifts, "", "the line's calendar has no shifts in that time", "give the line a calendar", "after", "source")
	}
	if err := b.fileMistake(d.Line, "after", d.After, add); err != nil {
		return nil, err
	}
	if d.Before == nil {
		return all, nil
	}
	if err := b.fileMistake(cmp.Or(d.Before.Line, d.Line), "before", *d.Before, add); err != nil {
		return nil, err
	}
	peer, err := b.find(cmp.Or(d.Before.Line, d.Line))
	switch span := (record.Span{From: d.Before.From, To: d.Before.To}); {
	case err != nil:
		add(protocol.Unknown, d.Before.Line, fmt.Sprintf("there is no line %q", d.Before.Line), "", "before", "line")
	case d.Before.Source == record.StudyMetered && span.From.Before(span.To) && len(peer.calendar.Shifts(span)) == 0:
		add(protocol.NoShifts, "", "the line's calendar has no shifts in that time", "give the line a calendar", "before", "source")
	}
	return all, nil
}

// fileMistake tells of a side that names a file which nobody imported for its line.
func (b *Board) fileMistake(line, side string, s record.StudySide, add func(code protocol.Code, value, message, hint string, path ...string)) error {
	if s.Source != record.StudyImported || s.File == nil {
		return nil
	}
	files, err := b.files(context.Background(), line, 0)
	if _, ok := protocol.FileNamed(files, s.File); err == nil && !ok {
		add(protocol.NoFile, s.File.String(), "nobody imported that file for the line", "import it first", side, "file")
	}
	return err
}

// StudyConclusion is a study that somebody concludes.
type StudyConclusion struct {
	ID    string // chosen by the writer's device: what is sent twice is one
	Study string
}

// ConcludeStudy seals what a study came to: of the version that stands, and of those that were replaced when their reporting
// period had begun, as far as all of their shifts are over.
func (b *Board) ConcludeStudy(ctx context.Context, by string, c StudyConclusion) error {
	b.changing.Lock()
	defer b.changing.Unlock()
	s, err := b.study(c.Study)
	if err != nil {
		return err
	}
	if b.registry == nil || b.say == nil {
		return errDeaf
	}
	if said, there, err := b.registry.Statement(ctx, c.ID); err != nil {
		return err
	} else if there && said.Kind == record.StatementVerdict && said.By == by {
		return nil // it was not known that it was heard
	}
	current := s.Current()
	switch {
	case current.Withdrawn != nil:
		return fmt.Errorf("study %s: %w: %s withdrew it", c.Study, ErrTaken, current.Withdrawn.By)
	case current.Draft:
		return fmt.Errorf("study %s: %w: it was never registered", c.Study, ErrCannotBe)
	case len(current.Verdicts) > 0:
		return fmt.Errorf("study %s: %w: %s concluded it", c.Study, ErrTaken, current.Verdicts[0].By)
	}
	var all []record.Statement
	for _, v := range s.Owed() {
		if len(v.Verdicts) > 0 {
			continue
		}
		a, err := b.ask(ctx, v)
		if err != nil {
			return err
		}
		if !a.over && v.ID == current.ID {
			return fmt.Errorf("study %s: %w: shifts of its periods are to come, or their minutes can still grow", c.Study, ErrOpen)
		}
		if !a.over {
			continue
		}
		id := rand.Text()
		if v.ID == current.ID {
			id = cmp.Or(c.ID, id)
		}
		word, err := b.conclusion(id, by, v, a.report)
		if err != nil {
			return err
		}
		all = append(all, word)
	}
	return b.say(ctx, all...)
}

func (b *Board) conclusion(id, by string, v protocol.Version, r protocol.Report) (record.Statement, error) {
	result, err := json.Marshal(r)
	if err != nil {
		return record.Statement{}, fmt.Errorf("study %s: %w", v.Study, err)
	}
	s, err := record.NewStatement(id, record.StatementVerdict, by, record.StudyVerdict{
		Study: v.Study, Protocol: v.Hash, Until: b.clock.Now().UTC().Truncate(time.Millisecond), Result: result,
	})
	s.Line, s.About = v.Line, v.After.From
	return s, err
}

// StudyPreview is what would become of a protocol.
type StudyPreview struct {
	Problems   []protocol.Mistake `json:"problems" nullable:"false" doc:"all that is wrong with it; empty where it can be registered"`
	TargetText record.Names       `json:"target_text,omitempty" doc:"the target in words"`
	Late       bool               `json:"late" doc:"its reporting period has begun: it would be marked late for ever"`
	Changes    bool               `json:"changes" doc:"a registered version's reporting period has begun: it would be marked as changed for ever"`
	Before     *StudyPeriod       `json:"before,omitempty"`
	After      *StudyPeriod       `json:"after,omitempty"`
	Planning   *StudyPlanning     `json:"planning,omitempty" doc:"absent while the protocol is wrong, or nothing is known of how the metric varies"`
}

// PreviewStudy tells what would become of a protocol, and all that is wrong with it. Nothing is kept. expected is
// the value of the metric after that somebody hopes for; nil: none.
func (b *Board) PreviewStudy(ctx context.Context, d StudyDraft, power float64, expected *float64) (StudyPreview, error) {
	d.tidy()
	v := StudyPreview{Problems: []protocol.Mistake{}}
	wrong, err := b.studyMistakes(d)
	if err != nil {
		return v, err
	}
	v.Problems = append(v.Problems, wrong...)
	now := b.clock.Now()
	v.Late = !d.After.From.IsZero() && !now.Before(d.After.From)
	if s, err := b.study(d.Study); err == nil {
		v.Changes = slices.ContainsFunc(s.Versions, func(old protocol.Version) bool { return !old.Draft && !now.Before(old.After.From) })
	}
	if d.Draft || len(wrong) > 0 {
		return v, nil
	}
	version := protocol.Version{StudyProtocol: d.StudyProtocol, Line: d.Line}
	metric, _ := outcome.MetricNamed(d.Metric)
	v.TargetText = protocol.InAll(func(t tongue.Tongue) string {
		return protocol.Words{Tongue: t, Metric: metric}.Target(protocol.TargetOf(d.Target))
	})
	a, err := b.hold(ctx, version)
	if err != nil {
		return v, err
	}
	v.After = &StudyPeriod{Source: d.After.Source, From: d.After.From, To: d.After.To, Shifts: len(a.After.Rows), Planned: a.After.Planned}
	if d.Before != nil {
		v.Before = &StudyPeriod{Source: d.Before.Source, Line: d.Before.Line, From: d.Before.From, To: d.Before.To, Shifts: len(a.Before.Rows), Planned: a.Before.Planned}
	}
	v.Planning, err = b.planning(ctx, version, a, power, expected)
	return v, err
}
