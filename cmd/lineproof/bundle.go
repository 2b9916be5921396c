package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/command"
)

type bundleCommand struct {
	Config string    `required:"" type:"path" placeholder:"FILE" help:"The collector's configuration. The collector may run meanwhile: then it is asked for the bundle."`
	Line   string    `placeholder:"LINE" help:"The line's id."`
	From   time.Time `placeholder:"TIME" help:"Begin of the period, such as 2026-03-01T00:00:00+07:00."`
	To     time.Time `placeholder:"TIME" help:"End of the period; not included. Minutes that can still grow are left out."`
	Study  string    `placeholder:"STUDY" help:"Instead of a line and a period: the name of a study, for its line over the time of both sides."`
	Out    string    `required:"" type:"path" placeholder:"FILE" help:"The bundle to write, a zip file. It must not be there yet."`
}

// Validate finds what is of neither a study nor a line, and a period that ends before it begins.
func (c bundleCommand) Validate() error {
	period := c.Line != "" || !c.From.IsZero() || !c.To.IsZero()
	switch {
	case c.Study != "" && period:
		return errors.New("bundle: a study has its own line and period; leave out --line, --from and --to")
	case c.Study == "" && (c.Line == "" || c.From.IsZero() || c.To.IsZero()):
		return errors.New("bundle: give --line, --from and --to, or --study")
	case c.Study == "" && !c.From.Before(c.To):
		return fmt.Errorf("bundle: --from %s is not before --to %s", c.From.Format(time.RFC3339), c.To.Format(time.RFC3339))
	}
	return nil
}

// Run writes an evidence bundle.
func (c bundleCommand) Run(ctx context.Context, s streams, log *slog.Logger) (err error) {
	cfg, err := collector.Load(c.Config)
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.Out); err == nil {
		return command.WithHint(fmt.Errorf("bundle: %s is there already", c.Out), "name another file, or remove it")
	}
	// Whoever finds the file finds all of it.
	half, err := os.CreateTemp(filepath.Dir(c.Out), ".lineproof-bundle-*")
	if err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	defer os.Remove(half.Name()) // which has its name by then
	err = c.write(ctx, cfg, half, s, log)
	if err = errors.Join(err, half.Sync(), half.Close()); err != nil {
		return err
	}
	if err := os.Chmod(half.Name(), 0o644); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	if err := os.Rename(half.Name(), c.Out); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	fmt.Fprintf(s.out, "bundle: %s\nnext:   lineproof verify %s\n", c.Out, c.Out)
	return nil
}

// write asks the collector that runs, or opens what it left behind.
func (c bundleCommand) write(ctx context.Context, cfg collector.Config, to io.Writer, s streams, log *slog.Logger) error {
	if err := c.ask(ctx, cfg.HTTP, to); !errors.Is(err, syscall.ECONNREFUSED) {
		return err
	}
	opts := collector.Options{Version: command.Version(), Clock: clock.System{}, Logger: log}
	if c.Study != "" {
		return collector.WriteStudyBundle(ctx, cfg, opts, c.Study, to, parts(s.err))
	}
	return collector.WriteBundle(ctx, cfg, opts, c.Line, c.From, c.To, to, parts(s.err))
}

func (c bundleCommand) ask(ctx context.Context, addr string, to io.Writer) error {
	ask := url.URL{Scheme: "http", Host: addr, Path: "/api/v1/lines/" + c.Line + "/bundle",
		RawQuery: url.Values{"from": {c.From.Format(time.RFC3339)}, "to": {c.To.Format(time.RFC3339)}}.Encode()}
	if c.Study != "" {
		ask = url.URL{Scheme: "http", Host: addr, Path: "/api/v1/studies/" + c.Study + "/bundle"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ask.String(), nil)
	if err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1<<16))
		return fmt.Errorf("bundle: the collector at %s answers %s: %s", addr, res.Status, text)
	}
	_, err = io.Copy(to, res.Body)
	return err
}
