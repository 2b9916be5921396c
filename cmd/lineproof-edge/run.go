package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/internal/command"
)

type runCommand struct {
	configured
	Verbose bool `short:"v" help:"Log more."`
}

// Run runs the agent until it is interrupted, which is no error.
func (r runCommand) Run(ctx context.Context, s streams) error {
	config, err := r.load()
	if err != nil {
		return err
	}
	level := slog.LevelInfo
	if r.Verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level}))
	agent, err := edge.New(config, edge.Options{Version: command.Version(), Logger: log})
	if err != nil {
		return fmt.Errorf("start agent: %w", err)
	}
	log.Info("the agent runs", "gateway", config.Gateway, "version", command.Version(), "devices", len(config.Devices), "broker", config.Uplink.Broker)
	err = agent.Run(ctx)
	log.Info("the agent ends", "gateway", config.Gateway)
	return err
}

type keyCommand struct{ configured }

// Run prints the gateway's name and public key.
func (k keyCommand) Run(s streams) error {
	config, err := k.load()
	if err != nil {
		return err
	}
	line, err := edge.PublicKey(config.Gateway, config.Dir)
	if err != nil {
		return command.WithHint(err, "use the user that runs the agent: `dir` must be its own")
	}
	_, err = fmt.Fprintln(s.out, line)
	return err
}
