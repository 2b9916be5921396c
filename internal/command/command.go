// Package command is what the two programs' command lines have in common: how a call is understood, how
// errors and hints are told, and with which exit code a program ends.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	ExitOK      = 0
	ExitFailure = 1
	ExitUsage   = 2
)

// version is set by the linker.
var version string

// Version is the tag or commit from which the program was built.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

// hinted is an error with advice for whoever sees it.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// WithHint adds advice to an error: what to do about it, on one line.
func WithHint(err error, hint string) error { return hinted{err, hint} }

// Program is one program's command line.
type Program struct {
	Name        string
	Description string
	Grammar     any          // kong's: a pointer to a struct of commands with Run methods
	Values      func() []any // what Run methods may take beside a context.Context; called when the flags are known
}

// Run carries out a command line and gives the exit code. Without arguments it shows the help.
func (p Program) Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	helped := false
	parser, err := kong.New(p.Grammar,
		kong.Name(p.Name), kong.Description(p.Description), kong.Writers(stdout, stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}),
		kong.Exit(func(int) { helped = true }),
	)
	if err != nil {
		return report(stderr, err, ExitUsage)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	call, err := parser.Parse(args)
	if helped {
		return ExitOK
	}
	if err != nil {
		return report(stderr, WithHint(err, p.Name+" --help shows the commands, "+p.Name+" COMMAND --help what each can be told"), ExitUsage)
	}
	call.BindTo(ctx, (*context.Context)(nil))
	err = call.Run(p.Values()...)
	if interrupted := ctx.Err() != nil && errors.Is(err, context.Canceled); err == nil || interrupted {
		return ExitOK
	}
	return report(stderr, err, ExitFailure)
}

// report tells an error and one hint: the one that the error itself ends with, being the closest to the
// cause, or else that of WithHint.
func report(stderr io.Writer, err error, code int) int {
	text, hint, _ := strings.Cut(err.Error(), "; hint: ")
	var h hinted
	if hint == "" && errors.As(err, &h) {
		hint = h.hint
	}
	fmt.Fprintf(stderr, "lineproof: error: %s\n", text)
	if hint != "" {
		fmt.Fprintf(stderr, "hint: %s\n", hint)
	}
	return code
}
