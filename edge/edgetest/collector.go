package edgetest

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/lineproof/lineproof/record"
)

// Collector takes the batches of one gateway as the real one does: each is opened with the gateway's key
// and must follow from the one before; what was taken is answered with a receipt.
type Collector struct {
	t      testing.TB
	client mqtt.Client
	keys   record.Keyring

	mu      sync.Mutex
	mute    bool
	head    record.Hash
	hashes  []record.Hash // of batches
	batches []record.Batch
	copies  int // batches that came again
	live    []record.Live
	status  record.Status
	changed chan struct{}
}

// StartCollector subscribes on the broker and answers until the test ends.
func StartCollector(t testing.TB, b *Broker, gateway string, key ed25519.PublicKey) *Collector {
	t.Helper()
	c := &Collector{t: t, keys: record.Keyring{}, changed: make(chan struct{})}
	c.keys.Add(gateway, key)
	o := mqtt.NewClientOptions().AddBroker(b.URL).SetClientID("collector").SetCleanSession(false)
	o.SetConnectRetry(true).SetConnectRetryInterval(50 * time.Millisecond).SetMaxReconnectInterval(100 * time.Millisecond)
	o.SetWriteTimeout(time.Second) // else an answer to a broker that has just died holds up the reconnection for 30 s
	if b.CA != "" {
		pool := x509.NewCertPool()
		text, err := os.ReadFile(b.CA)
		if err != nil || !pool.AppendCertsFromPEM(text) {
			t.Fatalf("authority of the broker: %v", err)
		}
		o.SetTLSConfig(&tls.Config{RootCAs: pool}).SetUsername(Username).SetPassword(Password)
	}
	subscribed := make(chan struct{})
	var once sync.Once
	o.SetOnConnectHandler(func(client mqtt.Client) {
		token := client.SubscribeMultiple(map[string]byte{
			record.TopicBatch.Of(gateway): 1, record.TopicLive.Of(gateway): 0, record.TopicStatus.Of(gateway): 1,
		}, c.message)
		go func() {
			if token.Wait() && token.Error() == nil {
				once.Do(func() { close(subscribed) })
			}
		}()
	})
	c.client = mqtt.NewClient(o)
	c.client.Connect()
	t.Cleanup(func() { c.client.Disconnect(100) })
	select {
	case <-subscribed:
	case <-time.After(20 * time.Second):
		t.Fatal("the collector could not subscribe")
	}
	return c
}

func (c *Collector) message(_ mqtt.Client, m mqtt.Message) {
	_, topic, _ := record.ParseTopic(m.Topic())
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	switch topic {
	case record.TopicBatch:
		err = c.batch(m.Payload())
	case record.TopicLive:
		var l record.Live
		l, err = record.DecodeLive(m.Payload())
		c.live = append(c.live, l)
	case record.TopicStatus:
		c.status, err = record.DecodeStatus(m.Payload())
		if gateway, _, _ := record.ParseTopic(m.Topic()); c.status.Asked != 0 && !m.Retained() {
			c.answer(gateway, c.status.Asked)
		}
	}
	if err != nil {
		c.t.Errorf("%s: %v", m.Topic(), err)
	}
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *Collector) batch(sealed []byte) error {
	b, err := record.Open(sealed, c.keys)
	if err != nil {
		return err
	}
	last := uint64(len(c.batches))
	switch {
	case b.Seq <= last:
		c.copies++
	case b.Seq > last+1:
		// What came before was published while nobody was subscribed, as when a broker has just begun: the
		// answer says from where to go on.
	case b.Prev != c.head:
		return fmt.Errorf("batch %d does not follow from the one before", b.Seq)
	default:
		c.batches = append(c.batches, b)
		c.head = record.HashOf(sealed)
		c.hashes = append(c.hashes, c.head)
	}
	if !c.mute {
		c.answer(b.Gateway, 0)
	}
	return nil
}

func (c *Collector) answer(gateway string, asked uint64) {
	r := record.Receipt{Gateway: gateway, Seq: uint64(len(c.batches)), Hash: c.head, Time: time.Now().UTC(), Asked: asked}
	payload, err := r.Encode()
	if err != nil {
		c.t.Error(err)
	}
	c.client.Publish(record.TopicReceipt.Of(gateway), 1, false, payload)
}

// Restore sets the collector back to the first n batches, as from a backup, and lets it say so.
func (c *Collector) Restore(gateway string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.batches, c.hashes = c.batches[:n], c.hashes[:n]
	c.head = c.hashes[n-1]
	c.answer(gateway, 0)
}

// Late sends the receipt of an earlier batch once more.
func (c *Collector) Late(gateway string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, head := c.batches, c.head
	c.batches, c.head = c.batches[:n], c.hashes[n-1]
	c.answer(gateway, 0)
	c.batches, c.head = now, head
}

// Mute keeps the collector from answering, or lets it go on with the next batch.
func (c *Collector) Mute(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mute = on
}

// Seen is what came so far.
type Seen struct {
	Batches []record.Batch
	Copies  int // batches that came more than once
	Live    []record.Live
	Status  record.Status
}

// Seen gives what came so far.
func (c *Collector) Seen() Seen {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Seen{
		Batches: append([]record.Batch(nil), c.batches...), Copies: c.copies,
		Live: append([]record.Live(nil), c.live...), Status: c.status,
	}
}

// Until waits until what came so far is enough.
func (c *Collector) Until(what string, enough func(Seen) bool) Seen {
	c.t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		c.mu.Lock()
		changed := c.changed
		c.mu.Unlock()
		s := c.Seen()
		if enough(s) {
			return s
		}
		select {
		case <-changed:
		case <-deadline:
			c.t.Fatalf("%s: did not happen; %d batches came, status %+v", what, len(s.Batches), s.Status)
		}
	}
}
