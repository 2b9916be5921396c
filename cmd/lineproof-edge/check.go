package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/internal/tongue"
)

type checkCommand struct {
	File string `arg:"" help:"The agent's configuration."`
}

// Run prints what the configuration amounts to. Mistakes are its error; what they say is in English, as the
// keys that they are about.
func (k checkCommand) Run(s streams, t tongue.Tongue) error {
	config, err := edge.Load(k.File, kinds())
	var mistakes *strictyaml.Error
	if errors.As(err, &mistakes) && t.Lang() != tongue.English {
		return command.WithHint(err, t.Say("check.mistakes_hint", "count", len(mistakes.Mistakes), "file", k.File))
	}
	if err != nil {
		return err
	}
	signals, polls, machines := 0, 0.0, 0
	for _, d := range config.Devices {
		signals += len(d.Signals)
		if p := d.Config.Period(); p > 0 {
			polls += 1 / p.Seconds()
		}
	}
	for _, line := range config.Lines {
		machines += len(line.Machines)
	}
	fmt.Fprintf(s.out, "%s: ok\n", k.File)
	w := tabwriter.NewWriter(s.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, t.Say("check.gateway", "gateway", config.Gateway, "site", config.Site))
	fmt.Fprintln(w, t.Say("check.devices", "count", len(config.Devices), "polls", fmt.Sprintf("%.3g", polls)))
	for _, p := range config.Ports() {
		fmt.Fprintln(w, t.Say("check.port", "what", describePort(t, p)))
	}
	fmt.Fprintln(w, t.Say("check.signals", "count", signals))
	fmt.Fprintln(w, t.Say("check.lines", "count", len(config.Lines), "machines", machines))
	return w.Flush()
}

// describePort says what a port has to do, and how full that makes it where that is known beforehand.
func describePort(t tongue.Tongue, p edge.PortPlan) string {
	text := fmt.Sprintf("%s: %s", p.Port, strings.Join(p.Devices, ", "))
	if p.Requests > 0 {
		text += "; " + t.Say("check.requests", "count", fmt.Sprintf("%.3g", p.Requests))
	}
	if p.Share > 0 {
		text += "; " + t.Say("check.needs", "time", p.Needs().String(), "period", p.Period.String())
	}
	return text
}
