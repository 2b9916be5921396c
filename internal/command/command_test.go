package command

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	plain := errors.New("open port: busy")
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"without advice", plain, "lineproof: error: open port: busy\n"},
		{"with advice", WithHint(plain, "end the other program"), "lineproof: error: open port: busy\nhint: end the other program\n"},
		{"wrapped", fmt.Errorf("start: %w", WithHint(plain, "wait")), "lineproof: error: start: open port: busy\nhint: wait\n"},
		{"advice of its own", WithHint(errors.New("0 stands everywhere; hint: wait for another"), "see --help"), "lineproof: error: 0 stands everywhere\nhint: wait for another\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			if code := report(&out, c.err, ExitFailure); code != ExitFailure {
				t.Errorf("exit code %d", code)
			}
			if out.String() != c.want {
				t.Errorf("got %q, want %q", out.String(), c.want)
			}
		})
	}
}
