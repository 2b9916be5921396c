package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"text/tabwriter"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/record"
)

type readCommand struct {
	configured
	JSON bool `name:"json" help:"Print JSON."`
}

// row is one signal as it is printed.
type row struct {
	Signal  string `json:"signal"`
	Address string `json:"address,omitempty"`
	Raw     string `json:"raw,omitempty"` // hexadecimal
	Value   any    `json:"value"`
	Unit    string `json:"unit,omitempty"`
	State   string `json:"state,omitempty"`
	Quality string `json:"quality"`
	Error   string `json:"error,omitempty"`
}

// Run prints one poll of everything. It fails when a signal could not be read.
func (r readCommand) Run(ctx context.Context, s streams) error {
	config, err := r.load()
	if err != nil {
		return err
	}
	inspected, err := edge.Inspect(ctx, config, slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return err
	}
	rows, missing := make([]row, len(inspected)), 0
	for i, one := range inspected {
		rows[i] = newRow(one)
		if one.Reading.Quality == record.Missing {
			missing++
		}
	}
	if r.JSON {
		err = printJSON(s, rows)
	} else {
		err = printTable(s, rows)
	}
	if err == nil && missing > 0 {
		err = command.WithHint(fmt.Errorf("%d of %d signals could not be read", missing, len(rows)),
			"check address, unit and wiring of those that show no value")
	}
	return err
}

func newRow(one edge.Inspected) row {
	r := row{
		Signal: one.Reading.Signal, Address: one.Address, Raw: hex.EncodeToString(one.Raw),
		Value: one.Reading.Value.Any(), Unit: one.Description.Unit, Quality: one.Reading.Quality.String(),
	}
	if state, ok := one.Description.States[one.Reading.Value.Int()]; ok && !one.Reading.Value.IsNone() {
		r.State = state.String()
	}
	if one.Err != nil {
		r.Error = one.Err.Error()
	}
	return r
}

func printJSON(s streams, rows []row) error {
	e := json.NewEncoder(s.out)
	e.SetIndent("", "  ")
	return e.Encode(rows)
}

func printTable(s streams, rows []row) error {
	w := tabwriter.NewWriter(s.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "SIGNAL\tADDRESS\tRAW\tVALUE\tUNIT\tQUALITY")
	for _, r := range rows {
		value := "-"
		if r.Value != nil {
			value = fmt.Sprint(r.Value)
		}
		if r.State != "" {
			value += " (" + r.State + ")"
		}
		quality := r.Quality
		if r.Error != "" {
			quality += ": " + r.Error
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Signal, dash(r.Address), dash(r.Raw), value, dash(r.Unit), quality)
	}
	return w.Flush()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
