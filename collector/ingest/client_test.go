package ingest_test

import (
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/edge/edgetest"
	"github.com/lineproof/lineproof/record"
)

// TestMain looks for goroutines that were left, for a while: one that waits to try a lost broker again does
// so for two seconds more after Close.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		err := goleak.Find()
		for deadline := time.Now().Add(patience); err != nil && time.Now().Before(deadline); {
			err = goleak.Find()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// heard is what the callbacks were called with.
type heard struct {
	Gateway string
	Live    *record.Live
	Status  *record.Status
}

// client is the one under test.
type client struct {
	*ingest.Client
	t     *testing.T
	heard chan heard
}

func connect(t *testing.T, b *edgetest.Broker) *client {
	t.Helper()
	c := &client{t: t, heard: make(chan heard, 100)}
	c.Client = ingest.New(ingest.Options{
		URL: b.URL, ClientID: "lineproof-collector", Logger: slog.New(slog.DiscardHandler),
		OnLive:   func(id string, l record.Live) { c.heard <- heard{Gateway: id, Live: &l} },
		OnStatus: func(id string, s record.Status, _ bool) { c.heard <- heard{Gateway: id, Status: &s} },
	})
	c.Connect()
	t.Cleanup(c.Close)
	return c
}

// next gives the next sealed batch.
func (c *client) next() ingest.Message {
	c.t.Helper()
	select {
	case m := <-c.Messages():
		return m
	case <-time.After(patience):
		c.t.Fatal("no batch came")
		return ingest.Message{}
	}
}

// wants compares the next sealed batches with texts, and acknowledges them if asked to.
func (c *client) wants(ack bool, texts ...string) {
	c.t.Helper()
	for _, want := range texts {
		m := c.next()
		if m.Gateway != gateway || string(m.Sealed) != want {
			c.t.Fatalf("%s sent %q, want %s and %q", m.Gateway, m.Sealed, gateway, want)
		}
		if ack {
			m.Ack()
		}
	}
}

func (c *client) hears() heard {
	c.t.Helper()
	select {
	case h := <-c.heard:
		return h
	case <-time.After(patience):
		c.t.Fatal("nothing was heard")
		return heard{}
	}
}

// peer is a plain MQTT client of its own, as a gateway has one.
type peer struct {
	mqtt.Client
	t   *testing.T
	got chan string // receipts
}

func connectPeer(t *testing.T, b *edgetest.Broker) *peer {
	t.Helper()
	p := &peer{t: t, got: make(chan string, 100)}
	p.Client = mqtt.NewClient(mqtt.NewClientOptions().AddBroker(b.URL).SetClientID(gateway).SetAutoReconnect(false))
	p.wait(p.Connect())
	t.Cleanup(func() { p.Disconnect(0) })
	p.wait(p.Subscribe(record.TopicReceipt.Of(gateway), 1, func(_ mqtt.Client, m mqtt.Message) { p.got <- string(m.Payload()) }))
	return p
}

func (p *peer) receipt() record.Receipt {
	p.t.Helper()
	select {
	case text := <-p.got:
		r, err := record.DecodeReceipt([]byte(text))
		if err != nil {
			p.t.Fatal(err)
		}
		return r
	case <-time.After(patience):
		p.t.Fatal("no receipt came")
		return record.Receipt{}
	}
}

func (p *peer) wait(token mqtt.Token) {
	p.t.Helper()
	if !token.WaitTimeout(patience) || token.Error() != nil {
		p.t.Fatalf("broker: %v", token.Error())
	}
}

func (p *peer) publish(topic record.Topic, texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.wait(p.Publish(topic.Of(gateway), 1, false, text))
	}
}

// subscribed waits until the client takes messages: a retained status is what a subscription gives first.
func (c *client) subscribed(p *peer) {
	c.t.Helper()
	p.wait(p.Publish(record.TopicStatus.Of(gateway), 1, true, `{"online":true}`))
	if h := c.hears(); h.Status == nil {
		c.t.Fatalf("heard %+v, want the status", h)
	}
}

// settle waits until the broker has read what the client wrote: it would lose acknowledgements that a closed
// connection still holds when it writes into it. Two receipts, because one may overtake the last of them.
func (c *client) settle(p *peer) {
	c.t.Helper()
	for range 2 {
		if err := c.Answer(record.Receipt{Gateway: gateway}); err != nil {
			c.t.Fatal(err)
		}
		p.receipt()
	}
}
