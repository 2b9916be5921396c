package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/lineproof/lineproof/internal/command"
)

type studyWithdrawCommand struct {
	Study     string `arg:"" help:"The study's name."`
	Collector string `required:"" placeholder:"URL" help:"The collector's pages, such as https://collector.example."`
	Name      string `required:"" help:"Who said the version that stands. Only they can withdraw it."`
	PINFile   string `required:"" name:"pin-file" type:"path" placeholder:"FILE" help:"A file with that person's PIN."`
	Why       string `required:"" help:"The reason. It is sealed, and stands beside the study for ever."`
}

// Help is what the command's own help says beside its flags.
func (studyWithdrawCommand) Help() string {
	return `A draft or a registered study can be withdrawn until it is concluded. It stays readable, is called withdrawn for ever, and its name stays taken. One whose reporting period had begun is named as withdrawn after its start, in the list, in its documents and by lineproof verify.`
}

// Run says it to the collector, as the page does.
func (c studyWithdrawCommand) Run(ctx context.Context, s streams) (err error) {
	pin, err := os.ReadFile(c.PINFile)
	if err != nil {
		return fmt.Errorf("read PIN: %w", err)
	}
	author := foreman{url: strings.TrimSuffix(c.Collector, "/")}
	if err := author.signIn(ctx, "/api/v1/sessions", c.Name, strings.TrimSpace(string(pin))); err != nil {
		return command.WithHint(fmt.Errorf("sign in: %w", err), "name and PIN are those of the page")
	}
	defer func() { err = errors.Join(err, author.ask(ctx, http.MethodDelete, "/api/v1/sessions", nil, nil)) }()
	word := map[string]string{"id": rand.Text(), "why": c.Why}
	if err := author.ask(ctx, http.MethodPost, "/api/v1/studies/"+url.PathEscape(c.Study)+"/withdraw", word, nil); err != nil {
		return fmt.Errorf("withdraw study: %w", err)
	}
	_, err = fmt.Fprintf(s.out, "%s is withdrawn\n", c.Study)
	return err
}
