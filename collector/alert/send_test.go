package alert

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// request is what a web server was asked.
type request struct{ path, authorization, kind, body string }

// listen is a web server that answers with a status and keeps what it was asked.
func listen(t *testing.T, status int, answer string) (*httptest.Server, *request) {
	t.Helper()
	got := &request{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		*got = request{r.URL.Path, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), string(body)}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(srv.Close)
	return srv, got
}

// sends sends a test message on a channel.
func sends(t *testing.T, c Channel) error {
	t.Helper()
	c.Language = "en"
	return Test(t.Context(), Config{Channels: map[string]Channel{"phone": c}}, "phone", time.Unix(1772409600, 0))
}

func TestWebhook(t *testing.T) {
	srv, got := listen(t, 204, "")
	if err := sends(t, Channel{Webhook: &Webhook{URL: srv.URL + "/hook", TokenFile: secretFile(t, "s3cret")}}); err != nil {
		t.Fatal(err)
	}
	want := request{"/hook", "Bearer s3cret", "application/json", `{"id":0,"kind":"test","lasted_s":0,"language":"en","title":"A test from Lineproof",` +
		`"text":"The channel phone can send. Nothing is wrong, and there is nothing to do.","sent_at":"2026-03-02T00:00:00Z"}`}
	if *got != want {
		t.Errorf("got %+v\nwant %+v", *got, want)
	}
}

func TestWebhookOfAnAlertIsAsDocumented(t *testing.T) {
	h := openHook(t)
	s := tell(t, "07:00", Config{Rules: watchStops(), Channels: one(english(h))})
	s.press(held)
	s.pass(11 * time.Minute)
	n := h.last()
	n.SentAt = n.Since.Add(10*time.Minute + 33*time.Second) // one look of the channel sooner or later
	text, err := json.MarshalIndent(n, "    ", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"../../docs/how-to/alerts.md", "../../docs/how-to/alerts.vi.md"} {
		if doc := readFile(t, file); !strings.Contains(doc, "    "+string(text)+"\n") {
			t.Errorf("%s: does not show the message as it is:\n    %s", file, text)
		}
	}
}

func TestWebhookThatFails(t *testing.T) {
	srv, _ := listen(t, 302, "elsewhere")
	for _, tt := range []struct {
		name string
		cfg  Webhook
		want string
	}{
		{"it says so", Webhook{URL: srv.URL}, "302 Found: elsewhere"},
		{"nobody there", Webhook{URL: "http://127.0.0.1:1/hook/secret-path"}, `Post "its URL": dial tcp 127.0.0.1:1: connect: connection refused`},
		{"no token", Webhook{URL: srv.URL, TokenFile: "/none"}, "channel phone: open /none: no such file or directory"},
		{"no authority", Webhook{URL: srv.URL, CA: secretFile(t, "no PEM")}, "holds no PEM certificate"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := sends(t, Channel{Webhook: &tt.cfg}); err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestShoutrrr(t *testing.T) {
	const text = "A test from Lineproof\nThe channel phone can send. Nothing is wrong, and there is nothing to do."
	srv, got := listen(t, 200, "{}")
	host := strings.TrimPrefix(srv.URL, "http://")
	for _, tt := range []struct {
		name, url string
		want      request
	}{
		{"generic", "generic://" + host + "/hook?disabletls=yes", request{path: "/hook", kind: "text/plain", body: text}},
		{"ntfy", "ntfy://" + host + "/lineproof?scheme=http", request{path: "/lineproof", kind: "text/plain; charset=utf-8", body: text}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer http.DefaultClient.CloseIdleConnections() // which the generic service uses
			if err := sends(t, Channel{Shoutrrr: &Shoutrrr{URLFile: secretFile(t, tt.url)}}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, *got, cmp.AllowUnexported(request{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAddressesOfTheGuideAreUnderstood takes the URLs that the guide shows.
func TestAddressesOfTheGuideAreUnderstood(t *testing.T) {
	for _, file := range []string{"../../docs/how-to/alerts.md", "../../docs/how-to/alerts.vi.md"} {
		found := regexp.MustCompile("(?:telegram|ntfy)://[^'`]+").FindAllString(readFile(t, file), -1)
		if len(found) != 2 {
			t.Errorf("%s: %q, want one for Telegram and one for ntfy", file, found)
		}
		for _, address := range found {
			if _, err := newShoutrrr(Shoutrrr{URLFile: secretFile(t, address)}); err != nil {
				t.Errorf("%s: %v", address, err)
			}
		}
	}
}

func TestShoutrrrTellsNoSecret(t *testing.T) {
	srv, _ := listen(t, 403, `{"code":40301,"http":403,"error":"forbidden"}`)
	host := strings.TrimPrefix(srv.URL, "http://")
	for _, tt := range []struct{ name, url, want string }{
		{"refused", "ntfy://user:passw0rd@" + host + "/topic-secret?scheme=http", "forbidden"},
		{"nobody there", "ntfy://user:passw0rd@127.0.0.1:1/topic-secret?scheme=http", "connection refused"},
		{"by the generic service", "generic://127.0.0.1:1/topic-secret?disabletls=yes", "connection refused"},
		{"unknown service", "telegraph://passw0rd@telegraph", "unknown service"},
		{"no URL", "passw0rd topic-secret:%%", "URL"},
		{"Telegram without a chat", "telegram://passw0rd@telegram", "telegram"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := sends(t, Channel{Shoutrrr: &Shoutrrr{URLFile: secretFile(t, tt.url)}})
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "passw0rd") || strings.Contains(err.Error(), "topic-secret") {
				t.Errorf("got %v, want %s and no secret", err, tt.want)
			}
		})
	}
}

// TestShoutrrrThatHangs: the library cannot be broken off; the next message does not wait for it for ever.
func TestShoutrrrThatHangs(t *testing.T) {
	asked, release := make(chan struct{}, 2), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-release
	}))
	defer srv.Close()
	defer http.DefaultClient.CloseIdleConnections()
	send, err := newShoutrrr(Shoutrrr{URLFile: secretFile(t, "generic://"+strings.TrimPrefix(srv.URL, "http://")+"/?disabletls=yes")})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	for _, want := range []string{"context canceled", "the message before is still under way"} {
		if err := send(ctx, Note{}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	close(release)
	if err := send(t.Context(), Note{}); err != nil {
		t.Errorf("after the first came back: %v", err)
	}
}
