// Package entries makes a shift log of what people said, in the order in which they said it. It is pure: the same
// statements give the same entries, to the collector and to whoever verifies it.
package entries

import (
	"iter"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/record"
)

// Entry is what was written down of one shift, with what was said of it since.
type Entry struct {
	ID    string    `json:"id"`
	Start time.Time `json:"shift_start"`
	record.ShiftEntry

	By     string      `json:"by" doc:"who wrote it down"`
	Said   time.Time   `json:"said" doc:"when it reached the collector"`
	Ledger uint64      `json:"ledger" doc:"index of the batch that holds it in the ledger"`
	Hash   record.Hash `json:"hash" doc:"SHA-256 of what was written, which a signature names"`

	Status     string      `json:"status" enum:"unsigned,signed,disputed,replaced" doc:"signed: a second person agrees; disputed: one does not; replaced: another entry corrects it"`
	ReplacedBy string      `json:"replaced_by,omitempty" doc:"id of the entry that corrects it"`
	Signatures []Signature `json:"signatures" nullable:"false" doc:"by others, the last word of each"`
}

// Signature is what another person says of an entry.
type Signature struct {
	By      string    `json:"by"`
	Time    time.Time `json:"time"`
	Agrees  bool      `json:"agrees"`
	Comment string    `json:"comment,omitempty"`
}

// What became of an entry.
const (
	Unsigned = "unsigned"
	Signed   = "signed"
	Disputed = "disputed"
	Replaced = "replaced"
)

// Statement is what somebody said, with its place in the ledger.
type Statement = record.Stated

// Of gives the entries among what was said of a line, in order of time, the replaced ones too. What is of another kind
// is passed over.
func Of(said iter.Seq[Statement]) ([]Entry, error) {
	all, at := []Entry{}, map[string]int{}
	for s := range said {
		if s.Kind != record.StatementShift {
			continue
		}
		e := Entry{ID: s.ID, Start: s.About, By: s.By, Said: s.Said, Ledger: s.Ledger, Hash: record.HashOf(s.Body), Status: Unsigned, Signatures: []Signature{}}
		if err := s.Decode(&e.ShiftEntry); err != nil {
			return nil, err
		}
		if old, ok := at[e.Replaces]; ok && all[old].ReplacedBy == "" {
			all[old].ReplacedBy, all[old].Status = e.ID, Replaced
		}
		at[e.ID] = len(all)
		all = append(all, e)
	}
	for s := range said {
		if s.Kind != record.StatementSignature {
			continue
		}
		if err := sign(all, at, s); err != nil {
			return nil, err
		}
	}
	for i := range all {
		if e := &all[i]; e.Status != Replaced {
			e.Status = verdict(e.Signatures)
		}
	}
	slices.SortStableFunc(all, func(a, b Entry) int { return a.Start.Compare(b.Start) })
	return all, nil
}

// sign adds what somebody else said of an entry.
func sign(all []Entry, at map[string]int, s Statement) error {
	var signed record.Signature
	if err := s.Decode(&signed); err != nil {
		return err
	}
	i, ok := at[signed.Entry]
	if !ok || all[i].Hash != signed.Hash || all[i].By == s.By {
		return nil // of something else than what is there, or by who wrote it
	}
	e := &all[i]
	e.Signatures = slices.DeleteFunc(e.Signatures, func(o Signature) bool { return o.By == s.By })
	e.Signatures = append(e.Signatures, Signature{By: s.By, Time: s.Said, Agrees: signed.Agrees, Comment: signed.Comment})
	return nil
}

func verdict(signatures []Signature) string {
	status := Unsigned
	for _, s := range signatures {
		if !s.Agrees {
			return Disputed
		}
		status = Signed
	}
	return status
}

// Standing is the entries that none replaces.
func Standing(all []Entry) []Entry {
	return slices.DeleteFunc(slices.Clone(all), func(e Entry) bool { return e.Status == Replaced })
}

// Logged is what of the entries counts in the key performance indicators.
func Logged(all []Entry) (log []kpi.Logged) {
	for _, e := range Standing(all) {
		log = append(log, kpi.Logged{
			Start: e.Start, End: e.ShiftEnd, Machine: e.Machine, Product: e.Product, Order: e.Order,
			Produced: e.Produced, Good: e.Good, Scrap: e.Scrap, Rework: e.Rework, AttendedHours: e.AttendedHours, WorkedHours: e.WorkedHours,
			EnergyKWh: e.EnergyKWh, MaterialInKg: e.MaterialInKg, ProductOutKg: e.ProductOutKg, Coverage: e.Coverage,
			Signed: e.Status == Signed,
		})
	}
	return log
}

// Within is the window in which shifts begin that may meet another one.
func Within(window record.Span) record.Span {
	return record.Span{From: window.From.Add(-record.LongestShift), To: window.To}
}

// Line gives those among statements that are of a line, each ID once: what is said again is the same.
func Line(said []Statement, line string) iter.Seq[Statement] {
	return func(yield func(Statement) bool) {
		known := map[string]bool{}
		for _, s := range said {
			again := known[s.ID]
			known[s.ID] = true
			if !again && s.Line == line && !yield(s) {
				return
			}
		}
	}
}

// About gives those of a line that are about a window.
func About(said []Statement, line string, window record.Span) iter.Seq[Statement] {
	return func(yield func(Statement) bool) {
		for s := range Line(said, line) {
			if window.Holds(s.About) && !yield(s) {
				return
			}
		}
	}
}

// Same tells whether two entries are of the same shift of the same thing.
func (e Entry) Same(o Entry) bool {
	return e.Start.Equal(o.Start) && e.Machine == o.Machine && e.Product == o.Product && e.Order == o.Order
}
