package publish_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/edge/edgetest"
	"github.com/lineproof/lineproof/edge/publish"
)

// TestTryNamesTheStepThatFails goes to a real broker, each time with another stone in the way.
func TestTryNamesTheStepThatFails(t *testing.T) {
	b := edgetest.StartSecureBroker(t)
	good := publish.Config{Gateway: gateway, Broker: b.URL, CA: b.CA, Username: edgetest.Username, PasswordFile: b.PasswordFile}
	other := edgetest.StartSecureBroker(t) // whose authority is another
	wrong := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(wrong, []byte("wrong"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*publish.Config)
		failed publish.Step
		text   string
	}{
		{"all is well", func(*publish.Config) {}, "", ""},
		{"no password file", func(c *publish.Config) { c.PasswordFile = "none" }, publish.StepFiles, "read password: open none: no such file"},
		{"no such name", func(c *publish.Config) { c.Broker = "mqtts://broker.invalid:8883" }, publish.StepResolve, "broker.invalid"},
		{"nobody listens", func(c *publish.Config) { c.Broker = "mqtts://127.0.0.1:1" }, publish.StepConnect, "connection refused"},
		{"another authority", func(c *publish.Config) { c.CA = other.CA }, publish.StepTLS, "certificate signed by unknown authority"},
		{"wrong password", func(c *publish.Config) { c.PasswordFile = wrong }, publish.StepLogin, "not Authorized"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := good
			c.change(&config)
			w := publish.Try(t.Context(), config, true)
			if w.Failed != c.failed || (w.Err == nil) != (c.text == "") || w.Err != nil && !strings.Contains(w.Err.Error(), c.text) {
				t.Errorf("failed at %q: %v; want %q: %s", w.Failed, w.Err, c.failed, c.text)
			}
			if left := time.Until(w.Until); w.Err == nil && (left < 23*time.Hour || left > 25*time.Hour) {
				t.Errorf("the certificate is valid until %s, want a day from now", w.Until)
			}
		})
	}
}

func TestTryOnlyLogsInOnDemand(t *testing.T) {
	b := edgetest.StartSecureBroker(t)
	config := publish.Config{Gateway: gateway, Broker: b.URL, CA: b.CA, Username: "nobody"}
	if w := publish.Try(t.Context(), config, false); w.Err != nil {
		t.Errorf("without login: %v at %s", w.Err, w.Failed)
	}
}

// TestTryGivesUpOnABrokerThatSaysNothing: the connection is taken and nothing comes.
func TestTryGivesUpOnABrokerThatSaysNothing(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	ctx, cancel := contextOf(t, 300*time.Millisecond)
	defer cancel()
	w := publish.Try(ctx, publish.Config{Gateway: gateway, Broker: "tcp://" + ln.Addr().String()}, true)
	if w.Failed != publish.StepLogin || w.Err == nil {
		t.Errorf("failed at %q: %v", w.Failed, w.Err)
	}
}

func contextOf(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}
