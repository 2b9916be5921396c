// Package shiftlog is what people write down of a shift: output, rejects, people, hours, energy, material. Lines that no
// gateway reads live on it, and so does the time before one did. An entry is a sealed statement that nothing changes: who
// corrects it writes another that replaces it, and a second person says whether they agree.
package shiftlog

import (
	"context"
	"fmt"
	"slices"

	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/record"
)

// Entry is what was written down of one shift, with what was said of it since.
type Entry = entries.Entry

// What became of an entry.
const (
	Unsigned = entries.Unsigned
	Signed   = entries.Signed
	Disputed = entries.Disputed
	Replaced = entries.Replaced
)

// Standing is the entries that none replaces.
func Standing(all []Entry) []Entry { return entries.Standing(all) }

// Entries gives those of a line whose shift begins in a window, in order of time, the replaced ones too.
func Entries(ctx context.Context, r *registry.Registry, line string, window record.Span) ([]Entry, error) {
	said, err := r.Statements(ctx, registry.Said{Line: line, From: window.From, To: window.To})
	if err != nil {
		return nil, fmt.Errorf("shift log of %s: %w", line, err)
	}
	all, err := entries.Of(slices.Values(said))
	if err != nil {
		return nil, fmt.Errorf("shift log of %s: %w", line, err)
	}
	return all, nil
}
