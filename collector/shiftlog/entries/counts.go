package entries

import (
	"iter"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Count is what a person counted at a machine, with its place in the ledger.
type Count struct {
	ID   string
	From time.Time
	record.HandCount
	By     string
	Said   time.Time
	Ledger uint64 // index of the batch that holds it
}

// Counts gives the counts by hand among what was said of a line that meet a window and that none corrects, in the order of
// the ledger.
func Counts(said iter.Seq[Statement], window record.Span) ([]Count, error) {
	replaced := map[string]bool{}
	var all []Count
	for s := range said {
		if s.Kind != record.StatementCount {
			continue
		}
		c := Count{ID: s.ID, From: s.About, By: s.By, Said: s.Said, Ledger: s.Ledger}
		if err := s.Decode(&c.HandCount); err != nil {
			return nil, err
		}
		replaced[c.Replaces] = true
		all = append(all, c)
	}
	var standing []Count
	for _, c := range all {
		if !replaced[c.ID] && c.From.Before(window.To) && c.To.After(window.From) {
			standing = append(standing, c)
		}
	}
	return standing, nil
}
