// Package broker is the MQTT broker inside the collector, for those who do not run one: mochi-mqtt with
// Lineproof's own rule of who may do what. A gateway may publish under its own name and read its own
// receipts, nothing else; a reader may read the intervals of all machines, nothing else; the collector may read all and
// write receipts and intervals.
package broker

import (
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"

	"github.com/lineproof/lineproof/record"
)

// Options say who may come and where.
type Options struct {
	Listen    string            // host:port for gateways; port 0 takes any that is free
	TLS       *tls.Config       // nil: without, which is for loopback
	Passwords map[string]string // by gateway; a gateway that has none is not let in
	Readers   map[string]string // passwords of other programs, by their names, none of which is a gateway's
	Logger    *slog.Logger
}

// Broker is a running broker.
type Broker struct {
	server   *mqtt.Server
	addr     string
	inner    string
	password string // of the collector itself, new at every start
}

// collector is the user name of the collector itself. A gateway cannot have it: it is no valid name.
const collector = "$collector"

// maxPacket bounds what a client may send at once, in bytes: a sealed batch has 60 KiB, live values of
// thousands of signals fit well. Without it whoever reaches the port could have memory set aside.
const maxPacket = 1 << 20

// Start listens for gateways, and on a loopback port of its own for the collector.
func Start(opts Options) (*Broker, error) {
	limits := mqtt.NewDefaultServerCapabilities()
	limits.MaximumPacketSize = maxPacket
	b := &Broker{password: rand.Text(), server: mqtt.New(&mqtt.Options{Logger: opts.Logger.With("part", "broker"), Capabilities: limits})}
	access := &access{passwords: opts.Passwords, readers: opts.Readers, own: b.password}
	if err := b.server.AddHook(access, nil); err != nil {
		return nil, fmt.Errorf("start broker: %w", err)
	}
	outer, err := net.Listen("tcp", opts.Listen)
	if err != nil {
		return nil, fmt.Errorf("start broker: %w", err)
	}
	b.addr = outer.Addr().String()
	if opts.TLS != nil {
		outer = tls.NewListener(outer, opts.TLS)
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		outer.Close()
		return nil, fmt.Errorf("start broker: %w", err)
	}
	b.inner = inner.Addr().String()
	for id, l := range map[string]net.Listener{"gateways": outer, "collector": inner} {
		if err := b.server.AddListener(listeners.NewNet(id, l)); err != nil {
			return nil, fmt.Errorf("start broker: %w", err)
		}
	}
	if err := b.server.Serve(); err != nil {
		return nil, fmt.Errorf("start broker: %w", err)
	}
	return b, nil
}

// Addr is where gateways find the broker, host:port.
func (b *Broker) Addr() string { return b.addr }

// Own is how the collector itself connects: address, user name, which is its client id too, and password.
func (b *Broker) Own() (url, username, password string) {
	return "tcp://" + b.inner, collector, b.password
}

// Close ends all connections.
func (b *Broker) Close() error { return b.server.Close() }

// access is the rule of who may do what.
type access struct {
	mqtt.HookBase
	passwords map[string]string
	readers   map[string]string
	own       string
}

func (*access) ID() string { return "lineproof-access" }

func (*access) Provides(hook byte) bool {
	return hook == mqtt.OnConnectAuthenticate || hook == mqtt.OnACLCheck
}

// OnConnectAuthenticate lets in whom it knows. The client id is the user name, so that one cannot take over
// the session of another. A will is published when nobody asks any more whether it may be: what it may
// say is decided here.
func (a *access) OnConnectAuthenticate(cl *mqtt.Client, pk packets.Packet) bool {
	user := string(pk.Connect.Username)
	want, reader := a.readers[user]
	switch {
	case user == collector:
		want = a.own
	case !reader:
		want = a.passwords[user]
	}
	if want == "" || subtle.ConstantTimeCompare([]byte(want), pk.Connect.Password) != 1 || cl.ID != user {
		return false
	}
	return !pk.Connect.WillFlag || a.may(user, pk.Connect.WillTopic, true)
}

// OnACLCheck holds each to its own topics.
func (a *access) OnACLCheck(cl *mqtt.Client, topic string, write bool) bool {
	return a.may(string(cl.Properties.Username), topic, write)
}

// may tells whether a user may write to a topic, or read it.
func (a *access) may(user, topic string, write bool) bool {
	if user == collector {
		if !write {
			return true
		}
		_, t, ok := record.ParseTopic(topic)
		return ok && t == record.TopicReceipt || record.OnlyIntervals(topic)
	}
	if _, reader := a.readers[user]; reader {
		return !write && record.OnlyIntervals(topic)
	}
	gateway, t, ok := record.ParseTopic(topic)
	return ok && gateway == user && write == (t != record.TopicReceipt)
}
