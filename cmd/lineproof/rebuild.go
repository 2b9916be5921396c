package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/command"
)

type rebuildCommand struct {
	Config string `required:"" type:"path" placeholder:"FILE" help:"The collector's configuration. The collector must not run meanwhile."`
}

// Run drops readings, intervals and positions and makes them again from the sealed batches.
func (c rebuildCommand) Run(ctx context.Context, s streams, log *slog.Logger) error {
	cfg, err := collector.Load(c.Config)
	if err != nil {
		return err
	}
	bar := newProgress(s.err, "views from the ledger")
	r, err := collector.Rebuild(ctx, cfg, collector.Options{
		Version: command.Version(), Clock: clock.System{}, Logger: log,
		Progress: func(done, total uint64) {
			bar.show(float64(done)/float64(max(total, 1)), fmt.Sprintf("%d of %d batches", done, total))
		},
	})
	if err != nil {
		return command.WithHint(err, "end the collector first; a rebuild that was broken off is finished by the next one, or by the collector's start")
	}
	fmt.Fprintf(s.out, "batches: %d\nbefore:  %s\nafter:   %s\n", r.Batches, r.Before, r.After)
	if r.Before == r.After {
		fmt.Fprintln(s.out, "the views were as the ledger says")
	} else {
		for _, m := range r.Minutes {
			fmt.Fprintf(s.out, "differs: line %s, machine %s, %s UTC: %s\n", m.Line, m.Machine, m.Start.Format("2006-01-02 15:04"), m.How)
		}
		if more := r.Changed - len(r.Minutes); more > 0 {
			fmt.Fprintf(s.out, "         and %d minutes more\n", more)
		}
		fmt.Fprintln(s.out, "the views were other than the ledger says, and are right now")
	}
	return nil
}
