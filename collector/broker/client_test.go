package broker_test

import (
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/lineproof/lineproof/collector/broker"
)

// patience bounds each wait, on a busy machine.
const patience = 20 * time.Second

// login is how a client comes.
type login struct{ url, id, username, password string }

func (l login) options() *mqtt.ClientOptions {
	return mqtt.NewClientOptions().AddBroker(l.url).SetClientID(l.id).SetUsername(l.username).SetPassword(l.password).
		SetAutoReconnect(false).SetConnectTimeout(patience)
}

// gateway is how a gateway rightly comes.
func gateway(b *broker.Broker, name string) login {
	return login{"tcp://" + b.Addr(), name, name, passwords[name]}
}

// collector is how the collector itself comes.
func collector(b *broker.Broker) login {
	url, username, password := b.Own()
	return login{url, username, username, password}
}

// client is connected until the test ends.
type client struct {
	mqtt.Client
	t    *testing.T
	got  chan mqtt.Message
	lost chan struct{}
}

func connect(t *testing.T, o *mqtt.ClientOptions) *client {
	t.Helper()
	c := &client{t: t, got: make(chan mqtt.Message, 100), lost: make(chan struct{})}
	o.SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) { c.got <- m })
	o.SetConnectionLostHandler(func(mqtt.Client, error) { close(c.lost) })
	c.Client = mqtt.NewClient(o)
	c.wait(c.Connect())
	t.Cleanup(func() { c.Disconnect(0) })
	return c
}

func (c *client) wait(token mqtt.Token) {
	c.t.Helper()
	if !token.WaitTimeout(patience) {
		c.t.Fatal("no answer from the broker")
	}
	if token.Error() != nil {
		c.t.Fatal(token.Error())
	}
}

// subscribe wants leave to read a topic.
func (c *client) subscribe(filter string) {
	c.t.Helper()
	if !c.mayRead(filter) {
		c.t.Fatalf("may not subscribe to %s", filter)
	}
}

func (c *client) mayRead(filter string) bool {
	c.t.Helper()
	token := c.Subscribe(filter, 1, nil)
	if !token.WaitTimeout(patience) {
		c.t.Fatal("no answer from the broker")
	}
	for _, code := range token.(*mqtt.SubscribeToken).Result() { // one, under a name that leaves $share out
		if code != 0x80 {
			return true
		}
	}
	return false
}

// next gives the next message.
func (c *client) next() (topic, payload string) {
	c.t.Helper()
	select {
	case m := <-c.got:
		return m.Topic(), string(m.Payload())
	case <-time.After(patience):
		c.t.Fatal("no message came")
		return "", ""
	}
}
