package alert

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// newShoutrrr sends through whatever service the URL in the file names. One service is kept for all messages, since
// some of them never let go of their connections.
func newShoutrrr(cfg Shoutrrr) (func(context.Context, Note) error, error) {
	address, err := secret(cfg.URLFile)
	if err != nil {
		return nil, err
	}
	sender, err := shoutrrr.CreateSender()
	if err != nil {
		return nil, err
	}
	service, err := sender.Locate(address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.URLFile, discreet(err, address))
	}
	free := make(chan struct{}, 1) // one message at a time: the library's calls cannot be broken off
	free <- struct{}{}
	return func(ctx context.Context, n Note) error {
		select {
		case <-free:
		case <-ctx.Done():
			return errors.New("the message before is still under way")
		}
		went := make(chan error, 1)
		go func() {
			went <- service.Send(n.Title+"\n"+n.Text, &types.Params{})
			free <- struct{}{}
		}()
		select {
		case err := <-went:
			return discreet(err, address)
		case <-ctx.Done():
			return ctx.Err()
		}
	}, nil
}

// webAddress is what may hold a secret in an error's text.
var webAddress = regexp.MustCompile(`[a-z][a-z0-9+.-]*://[^\s"']+`)

// discreet is an error without the secrets of an address: other addresses are cut down to their hosts.
func discreet(err error, address string) error {
	if err == nil {
		return nil
	}
	text := webAddress.ReplaceAllStringFunc(strings.ReplaceAll(err.Error(), address, "its URL"), func(found string) string {
		u, err := url.Parse(strings.TrimRight(found, ".,:;)"))
		if err != nil {
			return "an address"
		}
		return u.Host
	})
	u, parseErr := url.Parse(address)
	if parseErr != nil {
		return errors.New(text)
	}
	secrets := strings.Split(u.Path, "/")
	if password, ok := u.User.Password(); ok {
		secrets = append(secrets, password)
	}
	secrets = append(secrets, u.User.Username())
	for _, values := range u.Query() {
		secrets = append(secrets, values...)
	}
	for _, s := range secrets {
		const short = 6 // characters: no secret, perhaps a word of the message
		if len(s) >= short {
			text = strings.ReplaceAll(text, s, "***")
		}
	}
	return errors.New(text)
}
