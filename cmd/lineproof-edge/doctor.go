package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/doctor"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/internal/tongue"
)

type doctorCommand struct {
	configured
	JSON bool `name:"json" help:"Print JSON."`
}

// Run looks at everything. It fails when something is wrong.
func (d doctorCommand) Run(ctx context.Context, s streams, t tongue.Tongue) error {
	config, err := d.load()
	if err != nil {
		return err
	}
	view, done := newScreen(s.err), 0
	report := doctor.Examine(ctx, config, doctor.Options{
		Unconfirmed: unconfirmed(),
		Progress: func(area doctor.Area, subject string) {
			if view.terminal {
				view.at(done, len(config.Devices)+1, t.Say("doctor.looking", "area", t.Say("doctor."+string(area)), "subject", subject))
			}
			done++
		},
	})
	view.clear()
	if err := ctx.Err(); err != nil {
		return err
	}
	found := report.In(t)
	if d.JSON {
		err = writeJSON(s, found)
	} else {
		err = printReport(s, t, found)
	}
	if wrong := found.Wrong(); err == nil && wrong > 0 {
		err = command.WithHint(errors.New(t.Say("doctor.verdict_wrong", "count", wrong, "all", len(found.Findings))), t.Say("doctor.verdict_wrong_hint"))
	}
	return err
}

// unconfirmed tells of Modbus devices whose profile is not.
func unconfirmed() func(edge.Device) string {
	reasons := map[string]string{}
	for _, p := range modbus.Profiles() {
		reasons[p.Name] = p.Unconfirmed
	}
	return func(d edge.Device) string {
		if c, ok := d.Config.(*modbus.Config); ok {
			return reasons[c.Profile]
		}
		return ""
	}
}

func printReport(s streams, t tongue.Tongue, r doctor.View) error {
	if err := printTable(s, t, r.Signals); err != nil {
		return err
	}
	fmt.Fprintln(s.out)
	colours := map[doctor.Verdict]int{doctor.OK: 32, doctor.Note: 33, doctor.Wrong: 31}
	w := tabwriter.NewWriter(s.out, 0, 8, 2, ' ', 0)
	for _, f := range r.Findings {
		// The area comes first: a colour would count as letters of a column that something follows.
		fmt.Fprintf(w, "%s\t%s\t%s: %s\n", t.Say("doctor."+string(f.Area)), dash(f.Subject), paint(s.out, colours[f.Verdict], t.Say("doctor."+string(f.Verdict))), f.What)
		if f.Cause != "" {
			fmt.Fprintf(w, "\t\t  %s\n", f.Cause)
		}
		if f.Do != "" {
			fmt.Fprintf(w, "\t\t  -> %s\n", f.Do)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if r.Verdict != doctor.Wrong {
		fmt.Fprintf(s.out, "\n%s\n", t.Say("doctor.verdict_"+string(r.Verdict)))
	}
	return nil
}
