package broker_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"os"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/collector/broker"
	"github.com/lineproof/lineproof/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ours   = "huu-lung-01"
	theirs = "oceanline-01"
	nobody = "no-password-01"
	reader = "mes"
)

var passwords = map[string]string{ours: "bí mật", theirs: "other", nobody: ""}

func start(t *testing.T, opts broker.Options) *broker.Broker {
	t.Helper()
	opts.Readers = map[string]string{reader: "reads"}
	opts.Listen, opts.Passwords, opts.Logger = "127.0.0.1:0", passwords, slog.New(slog.DiscardHandler)
	b, err := broker.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestWhoIsLetIn(t *testing.T) {
	b := start(t, broker.Options{})
	own := collector(b)
	outside := "tcp://" + b.Addr()
	for _, tt := range []struct {
		name string
		login
		want bool
	}{
		{"a gateway with its password", gateway(b, ours), true},
		{"a gateway with a wrong password", login{outside, ours, ours, "secret"}, false},
		{"a gateway with another gateway's password", login{outside, ours, ours, passwords[theirs]}, false},
		{"a gateway without a password", login{outside, ours, ours, ""}, false},
		{"a gateway under another client id", login{outside, "other", ours, passwords[ours]}, false},
		{"a gateway under another gateway's client id", login{outside, theirs, ours, passwords[ours]}, false},
		{"a gateway that was given no password", login{outside, nobody, nobody, ""}, false},
		{"an unknown gateway", login{outside, "new-01", "new-01", "new"}, false},
		{"nobody", login{outside, "anonymous", "", ""}, false},
		{"a reader with its password", login{outside, reader, reader, "reads"}, true},
		{"a reader with a wrong password", login{outside, reader, reader, "sends"}, false},
		{"a reader without a password", login{outside, reader, reader, ""}, false},
		{"a reader under another client id", login{outside, "mes-2", reader, "reads"}, false},
		{"the collector", own, true},
		{"the collector with a wrong password", login{own.url, own.id, own.username, "secret"}, false},
		{"the collector without a password", login{own.url, own.id, own.username, ""}, false},
		{"the collector with a gateway's password", login{own.url, own.id, own.username, passwords[ours]}, false},
		{"the collector under a gateway's client id", login{own.url, ours, own.username, own.password}, false},
		{"a gateway with the collector's password", login{outside, ours, ours, own.password}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := mqtt.NewClient(tt.options())
			token := c.Connect()
			if !token.WaitTimeout(patience) {
				t.Fatal("no answer from the broker")
			}
			defer c.Disconnect(0)
			if got := token.Error() == nil; got != tt.want {
				t.Errorf("let in: %v (%v), want %v", got, token.Error(), tt.want)
			}
		})
	}
}

func TestPasswordOfTheCollectorIsNewAtEveryStart(t *testing.T) {
	if one, two := collector(start(t, broker.Options{})), collector(start(t, broker.Options{})); one.password == two.password {
		t.Errorf("twice %q", one.password)
	}
}

func TestWhatMayBeRead(t *testing.T) {
	b := start(t, broker.Options{})
	g, c := connect(t, gateway(b, ours).options()), connect(t, collector(b).options())
	m := connect(t, login{"tcp://" + b.Addr(), reader, reader, "reads"}.options())
	for _, tt := range []struct {
		name   string
		client *client
		filter string
		want   bool
	}{
		{"a gateway its receipts", g, record.TopicReceipt.Of(ours), true},
		{"a gateway another's receipts", g, record.TopicReceipt.Of(theirs), false},
		{"a gateway all receipts", g, record.TopicReceipt.Filter(), false},
		{"a gateway its own batches", g, record.TopicBatch.Of(ours), false},
		{"a gateway another's batches", g, record.TopicBatch.Of(theirs), false},
		{"a gateway all batches", g, record.TopicBatch.Filter(), false},
		{"a gateway everything", g, "#", false},
		{"a gateway everything of its own", g, "lineproof/v1/" + ours + "/#", false},
		{"a gateway receipts through a shared subscription", g, "$share/x/" + record.TopicReceipt.Of(theirs), false},
		{"a gateway what the broker says of itself", g, "$SYS/#", false},
		{"a gateway intervals", g, record.IntervalFilter(), false},
		{"a reader all intervals", m, record.IntervalFilter(), true},
		{"a reader one machine's intervals", m, record.Interval{Site: "tan-thinh-phat", Line: "block-line", Machine: "press"}.Topic(), true},
		{"a reader one site's intervals", m, "lineproof/v1/tan-thinh-phat/+/+/interval", true},
		{"a reader all of a site, which may be a gateway's name", m, "lineproof/v1/" + ours + "/#", false},
		{"a reader whatever has as many levels", m, "lineproof/v1/+/+/+/+", false},
		{"a reader everything", m, "#", false},
		{"a reader batches", m, record.TopicBatch.Filter(), false},
		{"a reader receipts", m, record.TopicReceipt.Of(reader), false},
		{"the collector all batches", c, record.TopicBatch.Filter(), true},
		{"the collector all live values", c, record.TopicLive.Filter(), true},
		{"the collector all status", c, record.TopicStatus.Filter(), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.client.mayRead(tt.filter); got != tt.want {
				t.Errorf("subscribe to %s: %v, want %v", tt.filter, got, tt.want)
			}
		})
	}
}

// TestWhatMayBeWritten publishes a message that may pass after each one in question: what the reader gets
// first tells whether that one was let through. With QoS 0 the broker drops what is forbidden.
func TestWhatMayBeWritten(t *testing.T) {
	b := start(t, broker.Options{})
	all := connect(t, collector(b).options())
	all.subscribe("#")
	writer := connect(t, gateway(b, ours).options())
	for _, tt := range []struct {
		name  string
		topic string
		want  bool
	}{
		{"its batches", record.TopicBatch.Of(ours), true},
		{"its live values", record.TopicLive.Of(ours), true},
		{"its status", record.TopicStatus.Of(ours), true},
		{"a receipt to itself", record.TopicReceipt.Of(ours), false},
		{"another's batches", record.TopicBatch.Of(theirs), false},
		{"another's live values", record.TopicLive.Of(theirs), false},
		{"another's status", record.TopicStatus.Of(theirs), false},
		{"a receipt to another", record.TopicReceipt.Of(theirs), false},
		{"below its own topic", record.TopicBatch.Of(ours) + "/more", false},
		{"an interval", record.Interval{Site: "tan-thinh-phat", Line: "block-line", Machine: "press"}.Topic(), false},
		{"an unknown topic of its own", "lineproof/v1/" + ours + "/config", false},
		{"elsewhere", "home/lamp", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			writer.wait(writer.Publish(tt.topic, 0, false, "in question"))
			writer.wait(writer.Publish(record.TopicLive.Of(ours), 0, false, "after it"))
			topic, payload := all.next()
			if got := payload == "in question"; got != tt.want {
				t.Fatalf("let through: %v, want %v", got, tt.want)
			}
			if tt.want {
				if topic != tt.topic {
					t.Errorf("came as %s", topic)
				}
				all.next() // the one after it
			}
		})
	}
}

func TestForbiddenMessageThatWantsAnAnswerEndsTheConnection(t *testing.T) {
	b := start(t, broker.Options{})
	writer := connect(t, gateway(b, ours).options())
	writer.Publish(record.TopicBatch.Of(theirs), 1, false, "forged")
	select {
	case <-writer.lost:
	case <-time.After(patience):
		t.Error("the connection lives on")
	}
}

// TestIntervalsReachTheirReader, who may publish nothing.
func TestIntervalsReachTheirReader(t *testing.T) {
	b := start(t, broker.Options{})
	c, m := connect(t, collector(b).options()), connect(t, login{"tcp://" + b.Addr(), reader, reader, "reads"}.options())
	press := record.Interval{Site: "tan-thinh-phat", Line: "block-line", Machine: "press"}.Topic()
	m.subscribe(record.IntervalFilter())
	m.wait(m.Publish(press, 0, false, "forged"))
	c.wait(c.Publish(press, 1, false, "finished"))
	if topic, got := m.next(); topic != press || got != "finished" {
		t.Errorf("%s got %q", topic, got)
	}
	m.Publish(record.TopicLive.Of(reader), 1, false, "forged")
	select {
	case <-m.lost:
	case <-time.After(patience):
		t.Error("the connection lives on")
	}
}

func TestReceiptsReachTheirGatewayAlone(t *testing.T) {
	b := start(t, broker.Options{})
	c, one, two := connect(t, collector(b).options()), connect(t, gateway(b, ours).options()), connect(t, gateway(b, theirs).options())
	one.subscribe(record.TopicReceipt.Of(ours))
	two.subscribe(record.TopicReceipt.Of(theirs))
	c.wait(c.Publish(record.TopicBatch.Of(ours), 0, false, "the collector seals no batches"))
	c.wait(c.Publish(record.TopicReceipt.Of(ours), 1, false, "for ours"))
	c.wait(c.Publish(record.TopicReceipt.Of(theirs), 1, false, "for theirs"))
	if _, got := one.next(); got != "for ours" {
		t.Errorf("ours got %q", got)
	}
	if _, got := two.next(); got != "for theirs" {
		t.Errorf("theirs got %q", got)
	}
}

// TestWillIsHeldToTheSameRule: a will is published in a gateway's name after it is gone, when nobody asks
// any more whether it may.
func TestWillIsHeldToTheSameRule(t *testing.T) {
	b := start(t, broker.Options{})
	for _, tt := range []struct {
		name  string
		topic string
		want  bool
	}{
		{"its own status", record.TopicStatus.Of(ours), true},
		{"another's status", record.TopicStatus.Of(theirs), false},
		{"a receipt to another", record.TopicReceipt.Of(theirs), false},
		{"a receipt to itself", record.TopicReceipt.Of(ours), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := mqtt.NewClient(gateway(b, ours).options().SetWill(tt.topic, "gone", 1, true))
			token := c.Connect()
			if !token.WaitTimeout(patience) {
				t.Fatal("no answer from the broker")
			}
			defer c.Disconnect(0)
			if got := token.Error() == nil; got != tt.want {
				t.Errorf("let in: %v, want %v", got, tt.want)
			}
		})
	}
}

func TestOverTLS(t *testing.T) {
	pair, pool := certificate(t)
	b := start(t, broker.Options{TLS: &tls.Config{Certificates: []tls.Certificate{pair}}})
	secure := gateway(b, ours)
	secure.url = "mqtts://" + b.Addr()
	g := connect(t, secure.options().SetTLSConfig(&tls.Config{RootCAs: pool}))
	c := connect(t, collector(b).options()) // on loopback, without
	c.subscribe(record.TopicBatch.Filter())
	g.wait(g.Publish(record.TopicBatch.Of(ours), 1, false, "sealed"))
	if _, got := c.next(); got != "sealed" {
		t.Errorf("got %q", got)
	}

	for _, tt := range []struct {
		name string
		o    *mqtt.ClientOptions
	}{
		{"by an authority that is not trusted", secure.options().SetTLSConfig(&tls.Config{RootCAs: x509.NewCertPool()})},
		{"without TLS", gateway(b, ours).options().SetConnectTimeout(time.Second)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := mqtt.NewClient(tt.o)
			token := c.Connect()
			if !token.WaitTimeout(patience) || token.Error() == nil {
				c.Disconnect(0)
				t.Error("was let in")
			}
		})
	}
}

// TestOversizePacketEndsTheConnection announces 200 MiB and sends nothing of it: who waits for that has the
// memory for it set aside.
func TestOversizePacketEndsTheConnection(t *testing.T) {
	conn, err := net.Dial("tcp", start(t, broker.Options{}).Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte{0x10, 0x80, 0x80, 0x80, 0x64}); err != nil { // CONNECT with 0x64 * 2^21 bytes to come
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the broker waits for the rest")
	}
}

func TestTakenPortIsNamed(t *testing.T) {
	b := start(t, broker.Options{})
	_, err := broker.Start(broker.Options{Listen: b.Addr(), Logger: slog.New(slog.DiscardHandler)})
	want := "start broker: listen tcp " + b.Addr() + ": bind: address already in use"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
