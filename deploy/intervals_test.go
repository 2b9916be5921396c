package deploy_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/record"
)

// TestMosquittoGivesIntervalsToTheirReader runs compose.yaml's Mosquitto: the collector publishes, mes reads, and a gateway
// gets nothing, though it asks.
func TestMosquittoGivesIntervalsToTheirReader(t *testing.T) {
	passwords := map[string]string{"lineproof": "collects", "mes": "reads", "huu-lung-01": "sends"}
	_, port := composeBroker(t, t.TempDir(), passwords)
	url := "tcp://127.0.0.1:" + port
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	subscribe := func(user string) chan mqtt.Message {
		got := make(chan mqtt.Message, 10)
		client := mqtt.NewClient(mqtt.NewClientOptions().AddBroker(url).SetClientID(user).SetUsername(user).SetPassword(passwords[user]).SetAutoReconnect(false))
		for _, does := range []func() mqtt.Token{client.Connect, func() mqtt.Token {
			return client.SubscribeMultiple(map[string]byte{record.IntervalFilter(): 1, record.TopicReceipt.Of(user): 1}, func(_ mqtt.Client, m mqtt.Message) { got <- m })
		}} {
			if token := does(); !token.WaitTimeout(patience) || token.Error() != nil {
				t.Fatalf("%s: %v", user, token.Error())
			}
		}
		t.Cleanup(func() { client.Disconnect(0) })
		return got
	}
	mes, gateway := subscribe("mes"), subscribe("huu-lung-01")
	collector := ingest.New(ingest.Options{
		URL: url, ClientID: "lineproof-collector", Username: "lineproof", Password: passwords["lineproof"], Logger: slog.New(slog.DiscardHandler),
	})
	defer collector.Close()
	collector.Connect()
	made := record.Interval{Site: "tan-thinh-phat", Line: "block-line", Machine: "press", Start: time.Unix(1772406000, 0).UTC(), Produced: 26}
	if err := collector.Publish(ctx, []record.Interval{made}); err != nil {
		t.Fatal(err)
	}
	if err := collector.Answer(record.Receipt{Gateway: "huu-lung-01", Seq: 7}); err != nil {
		t.Fatal(err)
	}
	for user, got := range map[string]chan mqtt.Message{"mes": mes, "huu-lung-01": gateway} {
		select {
		case m := <-got:
			if user != "mes" { // the receipt came after: an interval would have come first
				if m.Topic() != record.TopicReceipt.Of(user) {
					t.Errorf("%s got %s", user, m.Topic())
				}
				continue
			}
			var i record.Interval
			if err := json.Unmarshal(m.Payload(), &i); err != nil || i.Produced != 26 || m.Topic() != made.Topic() {
				t.Errorf("%s got %s: %+v, %v", user, m.Topic(), i, err)
			}
		case <-ctx.Done():
			t.Errorf("%s got nothing", user)
		}
	}
}
