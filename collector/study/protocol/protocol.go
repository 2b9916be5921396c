// Package protocol makes studies of what people said: all versions of each protocol with what became of them, the shifts
// that each side has, the result, and whether a sealed verdict is what comes out again
// (docs/decisions/0026-studies-are-sealed.md).
//
// It is pure: the same statements and figures give the same studies to the collector's pages, to an evidence bundle and to
// whoever verifies one. The time is given to it.
//
// It guarantees that no version hides another, and that what was said after a reporting period had begun is called so for
// ever. It does not check who said it: that is for seals and chains. Nor does it know whether the figures are true.
package protocol

import (
	"iter"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/record"
)

// Study is all that was said under one name.
type Study struct {
	Name     string    `json:"study"`
	Versions []Version `json:"versions"` // in the order of the ledger, drafts too
}

// Version is one version of a study's protocol, with its place in the ledger.
type Version struct {
	record.StudyProtocol
	ID     string      `json:"id"`
	Line   string      `json:"line"`
	By     string      `json:"by"`
	Said   time.Time   `json:"said"`
	Ledger uint64      `json:"ledger"` // index of the batch that holds it
	Hash   record.Hash `json:"hash"`   // SHA-256 of the body, which a verdict names

	Late       bool      `json:"late"`                  // it was registered when its reporting period had begun: its answer was not fixed in advance
	Changed    bool      `json:"changed"`               // it replaced a registered version whose reporting period had begun
	ReplacedBy string    `json:"replaced_by,omitempty"` // id of the version that took its place; "": it stands
	Verdicts   []Verdict `json:"verdicts,omitempty"`    // those that name it, in the order of the ledger; the first is the answer

	Withdrawn *Withdrawal `json:"withdrawn,omitempty"` // nil: nobody took the study back
}

// Verdict is what somebody concluded.
type Verdict struct {
	record.StudyVerdict
	ID     string    `json:"id"`
	By     string    `json:"by"`
	Said   time.Time `json:"said"`
	Ledger uint64    `json:"ledger"`
}

// Status is what has become of a version.
type Status string

// What becomes of a version.
const (
	Draft      Status = "draft"      // no promise yet
	Registered Status = "registered" // its reporting period has not begun
	Measuring  Status = "measuring"  // it has begun, and nobody has concluded the study
	Concluded  Status = "concluded"
	Superseded Status = "superseded" // another version took its place before it was concluded
	Withdrawn  Status = "withdrawn"  // its author took the study back before it was concluded
)

// Kinds are those of the statements that studies are made of.
var Kinds = [...]record.StatementKind{record.StatementStudy, record.StatementVerdict, record.StatementWithdrawal}

// Of gives the studies among what was said, in the order in which they were first named, each statement once. What is of
// another kind is passed over.
func Of(said iter.Seq[entries.Statement]) ([]Study, error) {
	var all []Study
	known, at := map[string]bool{}, map[string]int{}
	for s := range said {
		if known[s.ID] || !slices.Contains(Kinds[:], s.Kind) {
			continue
		}
		known[s.ID] = true
		if s.Kind != record.StatementStudy {
			take := conclude
			if s.Kind == record.StatementWithdrawal {
				take = withdraw
			}
			if err := take(all, at, s); err != nil {
				return nil, err
			}
			continue
		}
		v := Version{ID: s.ID, Line: s.Line, By: s.By, Said: s.Said, Ledger: s.Ledger, Hash: record.HashOf(s.Body)}
		if err := s.Decode(&v.StudyProtocol); err != nil {
			return nil, err
		}
		i, there := at[v.Study]
		if !there {
			i = len(all)
			at[v.Study], all = i, append(all, Study{Name: v.Study})
		}
		all[i].add(v)
	}
	return all, nil
}

// OfLine gives the studies of which a version is of a line, with all that was said of them.
func OfLine(said iter.Seq[entries.Statement], line string) ([]Study, error) {
	all, err := Of(said)
	return slices.DeleteFunc(all, func(s Study) bool {
		return !slices.ContainsFunc(s.Versions, func(v Version) bool { return v.Line == line })
	}), err
}

// add takes the next version. A draft takes the place of drafts only: what is registered stands until something else is.
func (s *Study) add(v Version) {
	v.Late = !v.Draft && !v.Said.Before(v.After.From)
	for i := range s.Versions {
		old := &s.Versions[i]
		if old.Withdrawn != nil {
			v.Withdrawn = old.Withdrawn // what is said afterwards of the study does not bring it back
		}
		v.Changed = v.Changed || !v.Draft && !old.Draft && !v.Said.Before(old.After.From)
		if old.ReplacedBy == "" && (old.Draft || !v.Draft) {
			old.ReplacedBy = v.ID
		}
	}
	s.Versions = append(s.Versions, v)
}

// conclude gives a verdict to the version that it names. One that names none that was said before it answers nothing.
func conclude(all []Study, at map[string]int, s entries.Statement) error {
	w := Verdict{ID: s.ID, By: s.By, Said: s.Said, Ledger: s.Ledger}
	if err := s.Decode(&w.StudyVerdict); err != nil {
		return err
	}
	i, ok := at[w.Study]
	if !ok {
		return nil
	}
	n := slices.IndexFunc(all[i].Versions, func(v Version) bool { return v.Hash == w.Protocol && !v.Draft })
	if n >= 0 {
		all[i].Versions[n].Verdicts = append(all[i].Versions[n].Verdicts, w)
	}
	return nil
}

// Current is the version that stands: the last that was registered, or where none was the last draft.
func (s Study) Current() Version {
	at := len(s.Versions) - 1
	for i, v := range s.Versions {
		if !v.Draft {
			at = i
		}
	}
	return s.Versions[at]
}

// Owed are the versions that an answer is owed to: the one that stands, and each that was replaced when its reporting period
// had begun. What was asked then is answered too.
func (s Study) Owed() (all []Version) {
	for _, v := range s.Versions {
		if v.Draft {
			continue
		}
		i := slices.IndexFunc(s.Versions, func(o Version) bool { return o.ID == v.ReplacedBy })
		if i < 0 || !s.Versions[i].Said.Before(v.After.From) {
			all = append(all, v)
		}
	}
	return all
}

// Named finds a study.
func Named(all []Study, name string) (Study, bool) {
	i := slices.IndexFunc(all, func(s Study) bool { return s.Name == name })
	if i < 0 {
		return Study{}, false
	}
	return all[i], true
}

// Status is what has become of the version by a time.
func (v Version) Status(now time.Time) Status {
	switch {
	case len(v.Verdicts) > 0:
		return Concluded
	case v.Withdrawn != nil:
		return Withdrawn
	case v.ReplacedBy != "":
		return Superseded
	case v.Draft:
		return Draft
	case now.Before(v.After.From):
		return Registered
	}
	return Measuring
}

// BeforeLine is the line that the side before is of.
func (v Version) BeforeLine() string {
	if v.Before != nil && v.Before.Line != "" {
		return v.Before.Line
	}
	return v.Line
}

// Span is the time in which lie all shifts of both sides, those that end after a side does included.
func (v Version) Span() record.Span {
	span := record.Span{From: v.After.From, To: v.After.To.Add(record.LongestShift)}
	if b := v.Before; b != nil && b.Source != record.StudyDeclared && b.From.Before(span.From) {
		span.From = b.From
	}
	return span
}
