package collectortest

import (
	"context"
	"path/filepath"

	"github.com/lineproof/lineproof/collector/people"
	"github.com/lineproof/lineproof/collector/programme"
	"github.com/lineproof/lineproof/collector/projects"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/shiftlog"
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
	say := func(ctx context.Context, all ...record.Statement) error {
		h.said++
		step := registry.Step{Next: h.said}
		for _, s := range all {
			s.Said = h.Clock.Now()
			if err := s.Check(); err != nil {
				return err
			}
			step.Statements = append(step.Statements, registry.Statement{Statement: s, Ledger: h.said})
		}
		if err := r.Commit(ctx, step); err != nil {
			return err
		}
		return h.LoadLines(ctx)
	}
	h.Board.Remember(r, say)
	h.People, h.Log = people.New(r, say, h.Clock), shiftlog.New(r, say, h.Clock)
	rules, err := programme.Default()
	if err != nil {
		h.t.Fatal(err)
	}
	h.Projects = projects.New(r, say, h.Clock, rules)
	return r
}
