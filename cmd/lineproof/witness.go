package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"

	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/witness"
)

type witnessCommand struct {
	Run  witnessRunCommand  `cmd:"" default:"withargs" help:"Cosign the checkpoints of the ledgers in the configuration. The word run may be left out."`
	Init witnessInitCommand `cmd:"" help:"Make a witness's folder and key, and print the key to hand to the collector's operator."`
}

type witnessRunCommand struct {
	Config string `required:"" type:"path" placeholder:"FILE" help:"The witness's configuration; deploy/witness.yaml is a commented example."`
}

// Help is what the command's own help says beside its flags.
func (witnessRunCommand) Help() string { return witnessCommand{}.Help() }

// Help is what the help of both commands says.
func (witnessCommand) Help() string {
	return `A witness runs on a machine of its own, such as the department's. Collectors send it the checkpoints of their
ledgers; it cosigns those that extend what it has cosigned before, and refuses a rewritten ledger. Its page shows
each ledger, how far it is cosigned and what was refused. docs/how-to/witness.md goes through it:

    lineproof witness init --dir /var/lib/lineproof-witness --name witness.example
    lineproof witness --config witness.yaml`
}

// Run cosigns until it is told to end.
func (c witnessRunCommand) Run(ctx context.Context, s streams, log *slog.Logger) error {
	cfg, err := witness.Load(c.Config)
	if err != nil {
		return err
	}
	w, err := witness.Open(cfg, log)
	switch {
	case errors.Is(err, witness.ErrForgot):
		return command.WithHint(err, "put the folder back from a backup that is not older than its last cosignature, or make a new witness in another folder, under another name: one that forgot must not go on under its old key")
	case errors.Is(err, fs.ErrNotExist):
		return command.WithHint(err, "make the witness first: lineproof witness init --dir "+cfg.Dir+" --name NAME")
	case err != nil:
		return err
	}
	ln, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("witness: %w", err)
	}
	fmt.Fprintf(s.out, "witness: http://%s\n", ln.Addr())
	return w.Serve(ctx, ln)
}

type witnessInitCommand struct {
	Dir  string `required:"" type:"path" placeholder:"DIR" help:"The witness's folder, on a disk that lasts. It will hold the key and what was cosigned."`
	Name string `required:"" placeholder:"NAME" help:"The witness's name in its cosignatures, such as witness.example/langson. It cannot change later."`
}

// Run makes the witness and prints what the collector's configuration needs.
func (c witnessInitCommand) Run(s streams) error {
	key, err := witness.Init(c.Dir, c.Name)
	if errors.Is(err, witness.ErrExists) {
		return command.WithHint(err, "its key is in "+c.Dir+"/key.pub; another witness needs another folder")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, `the witness's key, for the collector's operator:

    %s

in the collector's configuration, with the address under which the collector reaches this machine:

    witnesses:
      quorum: 1
      list:
        - {url: "http://ADDRESS:8090", key: "%s"}
`, key, key)
	return err
}
