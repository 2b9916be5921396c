package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/doctor"
	"github.com/lineproof/lineproof/edge/page"
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
	err = withPage(ctx, config, agent, log)
	log.Info("the agent ends", "gateway", config.Gateway)
	return err
}

// withPage runs an agent, and beside it the page that shows it. The page ends first: it uses the agent's
// devices. An agent without its page is better than none, so a page that fails is only logged.
func withPage(ctx context.Context, c *edge.Config, agent *edge.Agent, log *slog.Logger) error {
	if c.Page.Listen == "" {
		return agent.Run(ctx)
	}
	look := agent.Look()
	shown, err := page.New(func(ctx context.Context) doctor.Report {
		return doctor.Examine(ctx, c, doctor.Options{Look: &look, Unconfirmed: unconfirmed(), Logger: log})
	}, page.Options{Logger: log})
	if err != nil {
		return errors.Join(err, agent.Close())
	}
	ln, err := net.Listen("tcp", c.Page.Listen)
	if err != nil {
		log.Error("no page", "listen", c.Page.Listen, "error", err)
		return agent.Run(ctx)
	}
	log.Info("the page", "url", "http://"+ln.Addr().String())
	showing, hide := context.WithCancel(ctx)
	working, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	var pages sync.WaitGroup
	pages.Go(func() {
		if err := page.Serve(showing, ln, shown); err != nil {
			log.Error("the page ended", "error", err)
			<-showing.Done()
		}
		end()
	})
	err = agent.Run(working)
	hide()
	pages.Wait()
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
