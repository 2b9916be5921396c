package ingest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/edge/edgetest"
	"github.com/lineproof/lineproof/record"
)

const gateway = "huu-lung-01"

// patience bounds each wait, on a busy machine; a lost broker is looked for every two seconds.
const patience = 30 * time.Second

func TestBatchesComeOnceInOrder(t *testing.T) {
	b := edgetest.StartBroker(t)
	p, c := connectPeer(t, b), connect(t, b)
	c.subscribed(p)
	var want []string
	for n := range 50 {
		want = append(want, fmt.Sprintf("batch %d", n))
	}
	p.publish(record.TopicBatch, want...)
	c.wants(true, want...)
	c.settle(p)
	c.Close()

	p.publish(record.TopicBatch, "while nobody listened")
	again := connect(t, b)
	again.wants(true, "while nobody listened")
}

func TestWhatWasNotAcknowledgedComesAgain(t *testing.T) {
	b := edgetest.StartBroker(t)
	p, c := connectPeer(t, b), connect(t, b)
	c.subscribed(p)
	p.publish(record.TopicBatch, "one", "two", "three")
	c.wants(true, "one")
	c.wants(false, "two", "three")
	c.settle(p)
	c.Close()

	again := connect(t, b)
	again.wants(false, "two", "three")
	again.Close()

	last := connect(t, b)
	last.wants(true, "two", "three")
	last.settle(p)
	last.Close()

	p.publish(record.TopicBatch, "four")
	connect(t, b).wants(true, "four")
}

func TestWhatWasTakenButNotAskedForComesAgain(t *testing.T) {
	b := edgetest.StartBroker(t)
	p, c := connectPeer(t, b), connect(t, b)
	c.subscribed(p)
	p.publish(record.TopicBatch, "one")
	p.publish(record.TopicLive, `{"values":{}}`)
	c.hears() // behind the batch, which waits in memory by now
	c.Close()
	connect(t, b).wants(true, "one")
}

func TestMessagesThatAreNotUnderstoodStopNothing(t *testing.T) {
	b := edgetest.StartBroker(t)
	p, c := connectPeer(t, b), connect(t, b)
	c.subscribed(p)
	for _, text := range []string{"", "{", "[]", `"online"`, `{"online":"yes"}`, `{"time":"yesterday"}`, `{"values":[]}`, "\x00\xff"} {
		p.publish(record.TopicLive, text)
		p.publish(record.TopicStatus, text)
	}
	p.wait(p.Publish(record.TopicBatch.Of("UPPER"), 1, false, "no name of a gateway"))

	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	live := record.Live{Time: at, Values: map[string]any{"press.state": 1.0, "press.pressure": nil}}
	status := record.Status{Online: true, Time: at, Version: "1.0", Seq: 7, Clock: record.ClockSynchronised}
	text, err := live.Encode()
	if err != nil {
		t.Fatal(err)
	}
	p.publish(record.TopicLive, string(text))
	if text, err = status.Encode(); err != nil {
		t.Fatal(err)
	}
	p.publish(record.TopicStatus, string(text))
	p.publish(record.TopicBatch, "a batch")

	var got []heard
	for len(got) < 2 {
		if h := c.hears(); (h.Live != nil && h.Live.Values != nil) || (h.Status != nil && h.Status.Seq > 0) {
			got = append(got, h)
		}
	}
	if diff := cmp.Diff([]heard{{Gateway: gateway, Live: &live}, {Gateway: gateway, Status: &status}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c.wants(true, "a batch")
}

func TestReceiptsReachTheGateway(t *testing.T) {
	b := edgetest.StartBroker(t)
	p, c := connectPeer(t, b), connect(t, b)
	c.subscribed(p)
	want := record.Receipt{
		Gateway: gateway, Seq: 7, Hash: record.HashOf([]byte("seven")), Index: 3,
		Time: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), Error: "batch 8 of huu-lung-01: does not follow from the gateway's last batch",
	}
	if err := c.Answer(want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, p.receipt()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBrokerThatDiesIsFoundAgain(t *testing.T) {
	b := edgetest.StartBroker(t)
	p, c := connectPeer(t, b), connect(t, b)
	c.subscribed(p)
	if !c.Connected() {
		t.Error("not connected, with a subscription")
	}
	p.publish(record.TopicBatch, "before")
	before := c.next()

	b.Kill()
	b.Start() // without memory: it knows neither session nor message
	p = connectPeer(t, b)
	c.subscribed(p)
	before.Ack() // of a connection that is no more: must not wait for it
	if err := c.Answer(record.Receipt{Gateway: gateway, Seq: 1}); err != nil {
		t.Fatal(err)
	}
	p.publish(record.TopicBatch, "after")
	c.wants(true, "after")
}

func TestBrokerThatComesLater(t *testing.T) {
	b := edgetest.StartBroker(t)
	b.Kill()
	c := connect(t, b)
	if c.Connected() {
		t.Error("connected to nobody")
	}
	b.Start()
	c.subscribed(connectPeer(t, b))
}

func TestCloseWithoutABroker(t *testing.T) {
	b := edgetest.StartBroker(t)
	b.Kill()
	connect(t, b).Close()
}
