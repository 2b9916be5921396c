package collectortest

import (
	"path/filepath"

	"context"

	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/record"
)

// Remember gives the hall a registry of its own, into which goes what people say as if it had been sealed and come
// back out of the ledger.
func (h *Hall) Remember() *registry.Registry {
	h.t.Helper()
	r, err := registry.Open(h.t.Context(), filepath.Join(h.t.TempDir(), "registry.db"))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { r.Close() })
	h.Board.Remember(r, func(ctx context.Context, s record.Statement) error {
		s.Said = h.Clock.Now()
		if err := s.Check(); err != nil {
			return err
		}
		h.said++
		return r.Commit(ctx, registry.Step{Next: h.said, Statements: []registry.Statement{{Statement: s, Ledger: h.said}}})
	})
	return r
}
