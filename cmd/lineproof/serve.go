package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/collector/web"
	"github.com/lineproof/lineproof/dashboards"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/command"
)

type serveCommand struct {
	Config string `required:"" type:"path" placeholder:"FILE" help:"The collector's configuration; deploy/collector.yaml is a commented example."`
}

// Run serves until it is told to end.
func (c serveCommand) Run(ctx context.Context, s streams, log *slog.Logger) (err error) {
	cfg, err := collector.Load(c.Config)
	if err != nil {
		return err
	}
	srv, err := collector.Open(ctx, cfg, collector.Options{Version: command.Version(), Clock: clock.System{}, Logger: log, App: dashboards.Files()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	fmt.Fprintf(s.out, "pages:  http://%s\n", srv.HTTPAddr())
	if cfg.MQTT != nil {
		fmt.Fprintf(s.out, "mqtt:   %s\n", srv.MQTTAddr())
	}
	fmt.Fprintf(s.out, "ledger: %s\n", srv.Verifier())
	return srv.Run(ctx)
}

type openapiCommand struct{}

// Run prints the document.
func (openapiCommand) Run(s streams) error {
	doc, err := web.OpenAPI(command.Version())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s\n", doc)
	return err
}
