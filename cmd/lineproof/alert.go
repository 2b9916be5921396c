package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/collector/alert"
	"github.com/lineproof/lineproof/internal/command"
)

type alertCommand struct {
	Test alertTestCommand `cmd:"" help:"Send a test message on the channels of alerts, and say for each whether it went."`
}

type alertTestCommand struct {
	Config  string   `required:"" type:"path" placeholder:"FILE" help:"The collector's configuration. The collector may run meanwhile."`
	Channel []string `arg:"" optional:"" help:"Only these channels, by their names in the configuration; else all."`
}

// Help is what the command's own help says beside its flags.
func (alertTestCommand) Help() string {
	return `Quiet hours do not hold a test back. Run it as the user of the collector, so that it reads the same secrets:

    sudo -u lineproof lineproof alert test --config /etc/lineproof/collector.yaml`
}

// Run sends to one channel after the other, whatever became of the one before.
func (c alertTestCommand) Run(ctx context.Context, s streams) error {
	cfg, err := collector.Load(c.Config)
	if err != nil {
		return err
	}
	if cfg.Alerts == nil || len(cfg.Alerts.Channels) == 0 {
		return command.WithHint(errors.New("alert test: no channel is configured"), "add alerts: with channels: to the configuration, as docs/how-to/alerts.md shows")
	}
	known := slices.Sorted(maps.Keys(cfg.Alerts.Channels))
	if len(c.Channel) == 0 {
		c.Channel = known
	}
	for _, name := range c.Channel {
		if !slices.Contains(known, name) {
			return command.WithHint(fmt.Errorf("alert test: there is no channel %q", name), "there are "+strings.Join(known, ", "))
		}
	}
	failed := 0
	for _, name := range c.Channel {
		if err := alert.Test(ctx, *cfg.Alerts, name, time.Now()); err != nil {
			failed++
			fmt.Fprintf(s.out, "%s: did not go: %v\n", name, err)
			continue
		}
		fmt.Fprintf(s.out, "%s: went\n", name)
	}
	if failed > 0 {
		return command.WithHint(fmt.Errorf("alert test: %d of %d did not go", failed, len(c.Channel)), "each line says why; docs/how-to/alerts.md shows what a channel needs")
	}
	return nil
}
