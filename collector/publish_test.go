package collector

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/record"
)

// publishing is a collector's configuration that publishes intervals for a reader.
func publishing(t *testing.T, g *collectortest.Gateway) Config {
	cfg := config(t, g)
	cfg.Publish.Intervals = true
	cfg.MQTT.Readers = map[string]Reader{"mes": {Password: "đọc"}}
	return cfg
}

// listener is another program's subscription, which takes each message once it is asked for the next.
type listener struct {
	t     *testing.T
	got   chan mqtt.Message
	again time.Time // of an interval that may come once more
}

func listen(t *testing.T, c *Collector) *listener {
	t.Helper()
	r := &listener{t: t, got: make(chan mqtt.Message, 100)}
	client := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + c.MQTTAddr()).SetClientID("mes").SetUsername("mes").SetPassword("đọc").SetAutoReconnect(false))
	for _, token := range []func() mqtt.Token{client.Connect, func() mqtt.Token {
		return client.Subscribe(record.IntervalFilter(), 1, func(_ mqtt.Client, m mqtt.Message) { r.got <- m })
	}} {
		if token := token(); !token.WaitTimeout(patience) || token.Error() != nil {
			t.Fatalf("broker: %v", token.Error())
		}
	}
	t.Cleanup(func() { client.Disconnect(0) })
	return r
}

func (r *listener) next() mqtt.Message {
	r.t.Helper()
	select {
	case m := <-r.got:
		return m
	case <-time.After(patience):
		r.t.Fatal("no interval came")
		return nil
	}
}

func (r *listener) interval() (i record.Interval) {
	r.t.Helper()
	if err := json.Unmarshal(r.next().Payload(), &i); err != nil {
		r.t.Fatal(err)
	}
	return i
}

// wantMinutes wants the intervals of these minutes of the morning to come next, in this order.
func (r *listener) wantMinutes(minutes ...int) {
	r.t.Helper()
	for _, n := range minutes {
		i := r.interval()
		if i.Start.Equal(r.again) {
			i = r.interval()
		}
		if want := collectortest.Morning.Add(time.Duration(n) * time.Minute); !i.Start.Equal(want) || i.Produced != 40 {
			r.t.Errorf("interval of %s, %d produced; want that of %s", i.Start, i.Produced, want)
		}
	}
}

// TestFinishedIntervalsArePublishedOnce, and as the guide says.
func TestFinishedIntervalsArePublishedOnce(t *testing.T) {
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	r := run(t, publishing(t, g))
	defer func() { r.stop() }()
	mes := listen(t, r.Collector)
	for _, sealed := range work(t, g, 4) {
		r.deliver(g, sealed)
	}
	first := mes.next()
	if first.Topic() != "lineproof/v1/tan-thinh-phat/huu-lung-01-line/press/interval" || first.Qos() != 1 || first.Retained() {
		t.Errorf("topic %s, QoS %d, retained %v", first.Topic(), first.Qos(), first.Retained())
	}
	guide, err := os.ReadFile("../docs/how-to/mqtt.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```json\n(.*?)\n```").FindSubmatch(guide)
	var published bytes.Buffer
	if err := json.Indent(&published, first.Payload(), "", "  "); err != nil || example == nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(example[1]), published.String()); diff != "" {
		t.Errorf("docs/how-to/mqtt.md (-example +published):\n%s", diff)
	}
	for _, sealed := range work(t, g, 3) {
		r.deliver(g, sealed)
	}
	mes.wantMinutes(1, 2, 3)
}

// TestNoIntervalIsLeftOutOverARestart, nor told again when the views are made again.
func TestNoIntervalIsLeftOutOverARestart(t *testing.T) {
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	cfg := publishing(t, g)
	b := openBench(t, cfg.Dir, collectortest.Keys(g))
	b.finished = make(chan struct{}, 1)
	b.sends(g.Name, work(t, g, 6)...)
	if n, err := b.publishSome(t.Context(), func(context.Context, []record.Interval) error { return errors.New("no broker") }); n != 0 || err == nil {
		t.Errorf("%d published, %v", n, err)
	}
	b.close() // it dies before the broker has any

	c, err := Open(t.Context(), cfg, options())
	if err != nil {
		t.Fatal(err)
	}
	mes := listen(t, c)
	r := runOpen(t, c)
	mes.wantMinutes(0, 1, 2)
	r.deliver(g, work(t, g, 1)[0])
	mes.wantMinutes(3)
	r.stop()

	if _, err := Rebuild(t.Context(), cfg, options()); err != nil {
		t.Fatal(err)
	}
	r = run(t, cfg)
	defer func() { r.stop() }()
	mes = listen(t, r.Collector)
	r.deliver(g, work(t, g, 1)[0])
	mes.again = collectortest.Morning.Add(3 * time.Minute) // it was stopped before it knew that the broker had it
	mes.wantMinutes(4)
}

// TestNothingIsPublishedUnasked: no interval waits for a broker that nobody wants to have it.
func TestNothingIsPublishedUnasked(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	b := openBench(t, t.TempDir(), collectortest.Keys(g))
	b.sends(g.Name, work(t, g, 6)...)
	if waiting, err := b.registry.Outgoing(t.Context(), 1); err != nil || len(waiting) != 0 {
		t.Errorf("%d intervals wait, %v", len(waiting), err)
	}
}
