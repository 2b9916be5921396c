// Package shiftlog is what people write down of a shift: output, rejects, people, hours, energy, material. Lines that no
// gateway reads live on it, and so does the time before one did. An entry is a sealed statement that nothing changes: who
// corrects it writes another that replaces it, and a second person says whether they agree.
package shiftlog

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/registry"
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

// Entries gives those of a line whose shift begins in a window, in order of time, the replaced ones too.
func Entries(ctx context.Context, r *registry.Registry, line string, window record.Span) ([]Entry, error) {
	said, err := r.Statements(ctx, registry.Said{Kind: record.StatementShift, Line: line, From: window.From, To: window.To})
	if err != nil {
		return nil, fmt.Errorf("shift log of %s: %w", line, err)
	}
	all := make([]Entry, 0, len(said))
	at := map[string]int{}
	for _, s := range said {
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
	if err := signatures(ctx, r, line, window, all, at); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b Entry) int { return a.Start.Compare(b.Start) })
	return all, nil
}

// signatures adds what others said of the entries.
func signatures(ctx context.Context, r *registry.Registry, line string, window record.Span, all []Entry, at map[string]int) error {
	said, err := r.Statements(ctx, registry.Said{Kind: record.StatementSignature, Line: line, From: window.From, To: window.To})
	if err != nil {
		return fmt.Errorf("signatures in the shift log of %s: %w", line, err)
	}
	for _, s := range said {
		var signed record.Signature
		if err := s.Decode(&signed); err != nil {
			return err
		}
		i, ok := at[signed.Entry]
		if !ok || all[i].Hash != signed.Hash || all[i].By == s.By {
			continue // of something else than what is there, or by who wrote it
		}
		e := &all[i]
		e.Signatures = slices.DeleteFunc(e.Signatures, func(o Signature) bool { return o.By == s.By })
		e.Signatures = append(e.Signatures, Signature{By: s.By, Time: s.Said, Agrees: signed.Agrees, Comment: signed.Comment})
	}
	for i := range all {
		if e := &all[i]; e.Status != Replaced {
			e.Status = verdict(e.Signatures)
		}
	}
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

// same tells whether two entries are of the same shift of the same thing.
func (e Entry) same(o Entry) bool {
	return e.Start.Equal(o.Start) && e.Machine == o.Machine && e.Product == o.Product && e.Order == o.Order
}
