package main

import (
	"context"
	"fmt"
	"log/slog"
	"text/tabwriter"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/doctor"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/internal/tongue"
)

type readCommand struct {
	configured
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints one poll of everything. It fails when a signal could not be read.
func (r readCommand) Run(ctx context.Context, s streams, t tongue.Tongue) error {
	config, err := r.load()
	if err != nil {
		return err
	}
	inspected, err := edge.Inspect(ctx, config, slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return err
	}
	signals, missing := make([]doctor.SignalView, len(inspected)), 0
	for i, one := range inspected {
		signals[i] = doctor.NewSignalView(one)
		if signals[i].Missing() {
			missing++
		}
	}
	if r.JSON {
		err = writeJSON(s, signals)
	} else {
		err = printTable(s, t, signals)
	}
	if err == nil && missing > 0 {
		err = command.WithHint(fmt.Errorf("%d of %d signals could not be read", missing, len(signals)),
			"check address, unit and wiring of those that show no value")
	}
	return err
}

func printTable(s streams, t tongue.Tongue, signals []doctor.SignalView) error {
	w := tabwriter.NewWriter(s.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, t.Say("doctor.header"))
	for _, v := range signals {
		quality := v.Quality
		if v.Error != "" {
			quality += ": " + v.Error
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", v.Signal, dash(v.Address), dash(v.Raw), dash(v.Text()), dash(v.Unit), quality)
	}
	return w.Flush()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
