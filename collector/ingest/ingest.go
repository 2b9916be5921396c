// Package ingest takes gateways' messages from an MQTT broker and answers with receipts. A sealed batch is
// acknowledged to the broker only when its Ack is called, which is after the ledger has it: what the
// collector had not yet stored when it died, the broker gives again.
package ingest

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/lineproof/lineproof/record"
)

// waiting is how many batches may wait in memory; more wait in the broker and in the gateways' spools.
const waiting = 256

// Options say where the broker is.
type Options struct {
	URL      string // tcp://host:port or mqtts://host:port
	ClientID string // must be the collector's own and stay the same over restarts
	Username string
	Password string
	TLS      *tls.Config
	Logger   *slog.Logger

	OnLive      func(gateway string, live record.Live)               // must not block
	OnStatus    func(gateway string, status record.Status, old bool) // must not block; old: kept by the broker
	OnConnected func()                                               // there is a broker, again; must not block
}

// Message is one sealed batch as it came.
type Message struct {
	Gateway string // as the topic names it; the seal may say otherwise
	Sealed  []byte
	Ack     func()
}

// Client is a connection that comes back by itself.
type Client struct {
	mqtt     mqtt.Client
	messages chan Message
	opts     Options
	ctx      context.Context
	cancel   context.CancelFunc
}

// New prepares a client, which begins with Connect.
func New(opts Options) *Client {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Client{messages: make(chan Message, waiting), opts: opts, ctx: ctx, cancel: cancel}
	o := mqtt.NewClientOptions().
		AddBroker(opts.URL).
		SetClientID(opts.ClientID).
		SetUsername(opts.Username).
		SetPassword(opts.Password).
		SetCleanSession(false).
		SetAutoAckDisabled(true).
		SetConnectRetry(true).
		SetConnectRetryInterval(2 * time.Second).
		SetMaxReconnectInterval(10 * time.Second).
		SetKeepAlive(20 * time.Second).
		SetWriteTimeout(5 * time.Second). // of a receipt, when the broker has just gone
		SetOnConnectHandler(c.connected).
		SetConnectionLostHandler(func(_ mqtt.Client, err error) {
			opts.Logger.Warn("broker lost", "broker", opts.URL, "error", err)
		}).
		SetDefaultPublishHandler(c.receive) // of a kept session, before the subscription is made again
	if opts.TLS != nil {
		o.SetTLSConfig(opts.TLS)
	}
	c.mqtt = mqtt.NewClient(o)
	return c
}

// Connect begins to connect and keeps at it until Close.
func (c *Client) Connect() { c.mqtt.Connect() }

func (c *Client) connected(client mqtt.Client) {
	c.opts.Logger.Info("broker connected", "broker", c.opts.URL)
	token := client.SubscribeMultiple(map[string]byte{
		record.TopicBatch.Filter(): 1, record.TopicLive.Filter(): 0, record.TopicStatus.Filter(): 1,
	}, c.receive)
	go func() {
		if token.Wait(); token.Error() != nil {
			c.opts.Logger.Error("subscribe", "broker", c.opts.URL, "error", token.Error())
		} else if c.opts.OnConnected != nil {
			c.opts.OnConnected()
		}
	}()
}

func (c *Client) receive(_ mqtt.Client, m mqtt.Message) {
	gateway, topic, ok := record.ParseTopic(m.Topic())
	if !ok {
		m.Ack()
		return
	}
	switch topic {
	case record.TopicBatch:
		select {
		case c.messages <- Message{Gateway: gateway, Sealed: m.Payload(), Ack: m.Ack}:
		case <-c.ctx.Done():
		}
		return
	case record.TopicLive:
		if live, err := record.DecodeLive(m.Payload()); err != nil {
			c.opts.Logger.Warn("live values not understood", "gateway", gateway, "error", err)
		} else {
			c.opts.OnLive(gateway, live)
		}
	case record.TopicStatus:
		if status, err := record.DecodeStatus(m.Payload()); err != nil {
			c.opts.Logger.Warn("status not understood", "gateway", gateway, "error", err)
		} else {
			c.opts.OnStatus(gateway, status, m.Retained())
		}
	}
	m.Ack()
}

// Messages gives the sealed batches as they come. It is never closed.
func (c *Client) Messages() <-chan Message { return c.messages }

// Connected tells whether the broker is there now.
func (c *Client) Connected() bool { return c.mqtt.IsConnectionOpen() }

// Answer publishes a receipt. It does not wait: a receipt that gets lost is given again with the next batch.
func (c *Client) Answer(r record.Receipt) error {
	b, err := r.Encode()
	if err != nil {
		return fmt.Errorf("answer %s: %w", r.Gateway, err)
	}
	c.mqtt.Publish(record.TopicReceipt.Of(r.Gateway), 1, false, b)
	return nil
}

// Publish publishes intervals, in their order, and waits until the broker has taken them all. After an error, or when ctx
// ends before, some may be there all the same.
func (c *Client) Publish(ctx context.Context, intervals []record.Interval) error {
	tokens := make([]mqtt.Token, 0, len(intervals))
	for _, i := range intervals {
		b, err := i.Encode()
		if err != nil {
			return fmt.Errorf("publish interval of %s at %s: %w", i.Machine, i.Start, err)
		}
		tokens = append(tokens, c.mqtt.Publish(i.Topic(), 1, false, b))
	}
	for n, token := range tokens {
		select {
		case <-token.Done():
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := token.Error(); err != nil {
			return fmt.Errorf("publish interval of %s at %s: %w", intervals[n].Machine, intervals[n].Start, err)
		}
	}
	return nil
}

// Close ends the connection. The broker keeps the session and what comes in the meantime.
func (c *Client) Close() {
	c.cancel()
	c.mqtt.Disconnect(250)
}
