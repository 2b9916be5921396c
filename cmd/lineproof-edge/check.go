package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/lineproof/lineproof/edge"
)

type checkCommand struct {
	File string `arg:"" help:"The agent's configuration."`
}

// Run prints what the configuration amounts to. Mistakes are its error.
func (k checkCommand) Run(s streams) error {
	config, err := edge.Load(k.File, kinds())
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
	fmt.Fprintf(w, "gateway\t%s of site %s\n", config.Gateway, config.Site)
	fmt.Fprintf(w, "devices\t%d, polled %.3g times a second in all\n", len(config.Devices), polls)
	fmt.Fprintf(w, "signals\t%d\n", signals)
	fmt.Fprintf(w, "lines\t%d with %d machines\n", len(config.Lines), machines)
	return w.Flush()
}
