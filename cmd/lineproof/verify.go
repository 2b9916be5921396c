package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/lineproof/lineproof/evidence/audit"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
	"github.com/lineproof/lineproof/record"
)

type verifyCommand struct {
	Bundle  string            `arg:"" type:"existingfile" help:"The bundle that lineproof bundle made."`
	Ledger  string            `placeholder:"KEY" help:"The ledger's verifier key, which lineproof serve prints. Without, the one in the bundle is taken, which proves no more than that the bundle agrees with itself."`
	Witness []string          `placeholder:"KEY" help:"A witness's verifier key; each must have signed. May be given again."`
	Key     map[string]string `placeholder:"GATEWAY=KEY" help:"A gateway's first key, which lineproof-edge key prints. Without, the one in the bundle is taken."`
	Each    bool              `help:"Check the signature of every batch, also where a later one of the same key names it by its hash. Takes several times as long."`
	JSON    bool              `help:"Print the report for programs."`
	HTML    string            `type:"path" placeholder:"FILE" help:"Write the report as a page, too, in both languages."`
	Lang    string            `enum:"vi,en," default:"" placeholder:"LANG" help:"vi or en; by default as the environment says."`
}

// Help is what the command's own help says beside its flags.
func (verifyCommand) Help() string {
	return `It needs no network and no collector. It ends with 0 only if every check holds.
docs/evidence.md says what each check proves, and what it cannot.`
}

// Little memory is in use at once, and a year's batches are read through: it may grow to ten times as much before it is
// collected, but not beyond what a small computer has. The process then takes some 150 MB.
const (
	collectAt = 1000
	mostBytes = 144 << 20
)

// errNotProven is the end of a bundle of which a check fails; the report says which.
var errNotProven = errors.New("verify: the bundle is not proven")

// Run checks a bundle and says what came out.
func (c verifyCommand) Run(s streams) error {
	t, err := spoken.New(tongue.Choose(c.Lang, os.Getenv))
	if err != nil {
		return err
	}
	file, err := os.Open(c.Bundle)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	keys, err := c.keys()
	if err != nil {
		return err
	}
	debug.SetGCPercent(collectAt)
	debug.SetMemoryLimit(mostBytes)
	bar := newProgress(s.err, "batches")
	r, err := audit.Run(file, info.Size(), audit.Options{Ledger: c.Ledger, Witnesses: c.Witness, Gateways: keys, Each: c.Each, Progress: func(done, total uint64) {
		bar.show(float64(done)/float64(total), fmt.Sprintf("%d of %d", done, total))
	}})
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if err := c.say(s, r, t); err != nil {
		return err
	}
	if !r.OK() {
		return errNotProven
	}
	return nil
}

func (c verifyCommand) keys() (record.Keyring, error) {
	ring := record.Keyring{}
	for gateway, text := range c.Key {
		public, err := audit.ReadKey(gateway, text)
		if err != nil {
			return nil, fmt.Errorf("verify: --key: %w", err)
		}
		ring.Add(gateway, public)
	}
	return ring, nil
}

func (c verifyCommand) say(s streams, r *audit.Report, t tongue.Tongue) error {
	if c.HTML != "" {
		page, err := r.Page()
		if err != nil {
			return fmt.Errorf("verify: %w", err)
		}
		if err := os.WriteFile(c.HTML, page, 0o644); err != nil {
			return fmt.Errorf("verify: %w", err)
		}
	}
	if !c.JSON {
		_, err := fmt.Fprint(s.out, r.Text(t))
		return err
	}
	text, err := r.JSON(t)
	if err == nil {
		_, err = fmt.Fprintf(s.out, "%s\n", text)
	}
	return err
}
