package collector

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

// patience bounds each wait, on a busy machine.
const patience = time.Minute

func options() Options {
	app := fstest.MapFS{"index.html": {Data: []byte("<title>Lineproof</title>")}}
	return Options{Version: "test", Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler), App: app}
}

// config is that of a collector with the broker inside, on free ports of loopback.
func config(t *testing.T, g *collectortest.Gateway) Config {
	t.Helper()
	return Config{
		Dir: t.TempDir(), Origin: "test", HTTP: "127.0.0.1:0", MQTT: &MQTT{Listen: "127.0.0.1:0"},
		Gateways: map[string]Gateway{g.Name: {Key: PublicKey(g.Public()), Password: "bí mật"}},
	}
}

// running is a collector that runs until stop.
type running struct {
	*Collector
	t    *testing.T
	stop func()
}

func run(t *testing.T, cfg Config) *running {
	t.Helper()
	return runWith(t, cfg, options())
}

func runWith(t *testing.T, cfg Config, opts Options) *running {
	t.Helper()
	c, err := Open(t.Context(), cfg, opts)
	if err != nil {
		t.Fatal(err)
	}
	return runOpen(t, c)
}

// runOpen lets an open collector run.
func runOpen(t *testing.T, c *Collector) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	r := &running{Collector: c, t: t}
	r.stop = func() {
		cancel()
		if err := errors.Join(<-ended, c.Close()); err != nil {
			t.Error(err)
		}
	}
	return r
}

// page asks for one until it is there.
func (r *running) page(path string, want int) string {
	r.t.Helper()
	defer http.DefaultClient.CloseIdleConnections()
	for deadline := time.Now().Add(patience); ; {
		res, err := http.Get("http://" + r.HTTPAddr() + path)
		if err != nil {
			r.t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			r.t.Fatal(err)
		}
		if res.StatusCode == want {
			return string(body)
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%s: %s: %s", path, res.Status, body)
		}
	}
}

// silent is how often deliver asks on one connection that brings no receipt.
const silent = 5

// deliver plays the gateway: it sends a batch until it has its receipt. Without one for a while it connects anew, as the
// agent does: a broker that is slow to let the last client of this name go forgets the next one with it.
func (r *running) deliver(g *collectortest.Gateway, sealed []byte) record.Receipt {
	r.t.Helper()
	receipts := make(chan []byte, 10)
	wait := func(token mqtt.Token) {
		r.t.Helper()
		if !token.WaitTimeout(patience) || token.Error() != nil {
			r.t.Fatalf("broker: %v", token.Error())
		}
	}
	connect := func() mqtt.Client {
		r.t.Helper()
		client := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + r.MQTTAddr()).SetClientID(g.Name).
			SetUsername(g.Name).SetPassword("bí mật").SetAutoReconnect(false))
		wait(client.Connect())
		return client
	}
	client := connect()
	defer func() { client.Disconnect(0) }()
	ask := func() {
		r.t.Helper()
		wait(client.Subscribe(record.TopicReceipt.Of(g.Name), 1, func(_ mqtt.Client, m mqtt.Message) { receipts <- m.Payload() }))
		wait(client.Publish(record.TopicBatch.Of(g.Name), 1, false, sealed))
	}
	ask()
	batch, err := record.Open(sealed, collectortest.Keys(g))
	if err != nil {
		r.t.Fatal(err)
	}
	var stored record.Receipt
	again := time.NewTicker(time.Second)
	defer again.Stop()
	asked := 1
	for deadline := time.After(patience); ; {
		select {
		case <-again.C: // the collector may not have subscribed yet
			if asked++; asked%silent == 0 {
				client.Disconnect(0)
				client = connect()
			}
			ask()
		case text := <-receipts:
			if stored, err = record.DecodeReceipt(text); err != nil {
				r.t.Fatal(err)
			}
			if stored.Seq >= batch.Seq || stored.Error != "" {
				return stored
			}
		case <-deadline:
			r.t.Fatalf("no receipt for batch %d came; the last was %+v", batch.Seq, stored)
		}
	}
}

func TestCollectorFromMessageToPage(t *testing.T) {
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	cfg := config(t, g)
	r := run(t, cfg)
	if got := r.page("/healthz", http.StatusOK); got != "ok\n" {
		t.Errorf("/healthz: %q", got)
	}
	for i, sealed := range work(t, g, 2) {
		got := r.deliver(g, sealed)
		if got.Seq != uint64(i+1) || got.Hash != record.HashOf(sealed) || got.Index != uint64(i) || got.Error != "" {
			t.Errorf("receipt %+v for batch %d", got, i+1)
		}
	}
	r.stop()

	r = run(t, cfg)
	defer r.stop()
	var kpis struct {
		Rows []struct {
			Produced *int64 `json:"produced_quantity"`
		}
	}
	path := "/api/v1/lines/huu-lung-01-line/kpi?from=2026-03-01T23:00:00Z&to=2026-03-02T01:00:00Z"
	if err := json.Unmarshal([]byte(r.page(path, http.StatusOK)), &kpis); err != nil {
		t.Fatal(err)
	}
	if len(kpis.Rows) != 1 || kpis.Rows[0].Produced == nil || *kpis.Rows[0].Produced != 80 {
		t.Errorf("rows %+v, want 80 produced", kpis.Rows)
	}
	if got := r.page("/metrics", http.StatusOK); !strings.Contains(got, "\nlineproof_batches_total 0\n") {
		t.Errorf("batches are counted that came before the start:\n%s", got)
	}
	if got := r.page("/somewhere", http.StatusOK); !strings.Contains(got, "Lineproof") {
		t.Errorf("the web app is not served: %s", got)
	}
}

func TestCollectorThatCannotOpen(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("no PEM"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		edit func(*Config)
		want string
	}{
		{"page address taken", func(c *Config) { c.HTTP = taken.Addr().String() }, "open collector: listen tcp " + taken.Addr().String() + ": bind: address already in use"},
		{"broker address taken", func(c *Config) { c.MQTT.Listen = taken.Addr().String() }, "start broker: listen tcp " + taken.Addr().String() + ": bind: address already in use"},
		{"folder is a file", func(c *Config) { c.Dir = file }, "open collector: mkdir " + file + ": not a directory"},
		{"no password file", func(c *Config) {
			c.Gateways["huu-lung-01"] = Gateway{Key: c.Gateways["huu-lung-01"].Key, PasswordFile: "/none"}
		}, "gateway huu-lung-01: open /none: no such file or directory"},
		{"no certificate", func(c *Config) { c.MQTT.Cert, c.MQTT.Key = "/none", "/none" }, "mqtt: open /none: no such file or directory"},
		{"authority that is none", func(c *Config) { c.MQTT, c.Broker = nil, &Broker{URL: "mqtts://127.0.0.1:1", CA: file} }, "broker: " + file + ": holds no PEM certificate"},
		{"broker's password missing", func(c *Config) { c.MQTT, c.Broker = nil, &Broker{URL: "mqtts://127.0.0.1:1", PasswordFile: "/none"} }, "broker: open /none: no such file or directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := config(t, collectortest.NewGateway("huu-lung-01", collectortest.Morning))
			tt.edit(&cfg)
			opts := options()
			if cfg.HTTP == "127.0.0.1:0" {
				var err error
				if opts.HTTP, err = net.Listen("tcp", cfg.HTTP); err != nil {
					t.Fatal(err)
				}
			}
			c, err := Open(t.Context(), cfg, opts)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if c != nil {
				t.Error("a collector in spite of the error")
			}
			if opts.HTTP != nil {
				if _, err := opts.HTTP.Accept(); !errors.Is(err, net.ErrClosed) {
					t.Errorf("the listener is left open: %v", err)
				}
			}
		})
	}
}
