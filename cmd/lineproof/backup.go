package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/command"
)

type backupCommand struct {
	Config string `required:"" type:"path" placeholder:"FILE" help:"The collector's configuration. The collector may run meanwhile."`
	To     string `required:"" type:"path" placeholder:"DIR" help:"A folder on another disk. The backup is a new folder in it, lineproof- with date and time."`
}

// Run makes a backup and says what is in it.
func (c backupCommand) Run(ctx context.Context, s streams) error {
	cfg, err := collector.Load(c.Config)
	if err != nil {
		return err
	}
	b, err := collector.Backup(ctx, cfg, collector.BackupOptions{
		Config: c.Config, To: c.To, Version: command.Version(), Clock: clock.System{}, Progress: parts(s.err),
	})
	switch {
	case err != nil && ctx.Err() != nil: // whoever waits for a backup must not take this for one
		return errors.New("backup: interrupted; there is none")
	case errors.Is(err, syscall.ENOSPC):
		return command.WithHint(err, "make room in "+c.To+", such as by removing its oldest backup")
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES):
		return command.WithHint(err, "run it as root or as the collector's user, who must be able to write in "+c.To)
	case err != nil:
		return err
	}
	if b.SameDisk {
		fmt.Fprintf(s.err, "note: %s is on the same disk as the collector; was the other disk not mounted?\n", c.To)
	}
	fmt.Fprintf(s.out, "backup:   %s\n", b.Dir)
	describe(s.out, b.Manifest)
	fmt.Fprintln(s.out, "it holds the ledger's private key: keep it as safe as the collector")
	return nil
}

// describe says what a backup holds.
func describe(w io.Writer, m collector.Manifest) {
	where := "in the backup"
	if m.Series == "influx" {
		where = "in InfluxDB"
	}
	fmt.Fprintf(w, "batches:  %d, signed up to %d\nroot:     %s\nviews:    of %d batches, %s\n", m.Batches, m.Signed, m.Root, m.Position, where)
	fmt.Fprintf(w, "bytes:    %d in %d files\n", m.Bytes(), len(m.Files))
}

// parts shows how far each part of a piece of work is.
func parts(w io.Writer) func(part string, done, total uint64) {
	var bar *progress
	return func(part string, done, total uint64) {
		if bar == nil || bar.title != part {
			bar = newProgress(w, part)
		}
		bar.show(float64(done)/float64(max(total, 1)), fmt.Sprintf("%d of %d", done, total))
	}
}
