package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"syscall"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/internal/command"
)

type restoreCommand struct {
	Backup string `arg:"" type:"path" help:"The folder that lineproof backup made."`
	Config string `required:"" type:"path" placeholder:"FILE" help:"The collector's configuration; the backup has the one it was made with. No collector may be in the folder that it names."`
}

// Run puts a backup in place and says what comes next.
func (c restoreCommand) Run(ctx context.Context, s streams) error {
	cfg, err := collector.Load(c.Config)
	if err != nil {
		return err
	}
	r, err := collector.Restore(ctx, cfg, c.Backup, parts(s.err))
	switch {
	case err != nil && ctx.Err() != nil:
		return command.WithHint(errors.New("restore: interrupted"), "run it again; until then no collector starts in "+cfg.Dir)
	case errors.Is(err, syscall.ENOSPC):
		return command.WithHint(err, "make room in "+cfg.Dir+", or name a folder on a larger disk as `dir`")
	case errors.Is(err, syscall.EACCES):
		return command.WithHint(err, "run it as root or as the collector's user")
	case err != nil:
		return err
	}
	fmt.Fprintf(s.out, "restored: %s, as of %s\n", cfg.Dir, r.Made.Format("2006-01-02 15:04:05 UTC"))
	describe(s.out, r.Manifest)
	for _, file := range slices.Sorted(maps.Keys(r.Missing)) {
		fmt.Fprintf(s.out, "missing:  %s; the backup has it: %s\n", file, r.Missing[file])
	}
	if cfg.Influx != nil && !r.Reset {
		fmt.Fprintf(s.out, "if the database in InfluxDB is a new or an empty one: lineproof rebuild --config %s\n", c.Config)
	}
	fmt.Fprintf(s.out, "next: lineproof serve --config %s\n", c.Config)
	fmt.Fprintln(s.out, "gateways send again what they sent after the backup")
	return nil
}
