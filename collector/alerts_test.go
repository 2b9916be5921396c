package collector

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/alert"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

// TestAStoppedLineIsToldOnAWebhook runs a whole collector: batches come over MQTT, the message goes out, and stands on
// the pages.
func TestAStoppedLineIsToldOnAWebhook(t *testing.T) {
	var mu sync.Mutex
	told := []string{}
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var n alert.Note
		if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		told = append(told, n.Kind+": "+n.Title)
	}))
	defer hook.Close()
	wants := func(want ...string) {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	}

	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	cfg := config(t, g)
	minutes := func(n int) record.Duration { return record.Duration(time.Duration(n) * time.Minute) }
	cfg.Alerts = &alert.Config{
		Timezone: "Asia/Ho_Chi_Minh", Rules: alert.Rules{Stopped: &alert.Stopped{For: minutes(10), Settle: minutes(5)}},
		Channels: map[string]alert.Channel{"erp": {Language: "en", Webhook: &alert.Webhook{URL: hook.URL}}},
	}
	opts := options()
	virtual := clock.NewVirtual(collectortest.Morning.Add(12*time.Minute), 3) // the test, who looks, and the channel
	opts.Clock = virtual
	until := func(minute int) {
		t.Helper()
		if err := virtual.SleepUntil(t.Context(), collectortest.Morning.Add(time.Duration(minute)*time.Minute+42*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	r := runWith(t, cfg, opts)
	defer r.stop()
	r.deliver(g, g.Work(t, time.Minute, collectortest.Execute, 4, 0))
	r.deliver(g, g.Work(t, 11*time.Minute, collectortest.Held, 0, 0))
	until(12)
	wants("raised: Block line has stopped")
	if got := r.page("/metrics", http.StatusOK); !strings.Contains(got, "\nlineproof_alerts_open 1\n") {
		t.Errorf("no open alert in the metrics:\n%s", got)
	}
	r.deliver(g, g.Work(t, 7*time.Minute, collectortest.Execute, 28, 0))
	until(19)
	wants("raised: Block line has stopped", "over: Block line runs again")

	var list alert.Alerts
	if err := json.Unmarshal([]byte(r.page("/api/v1/alerts", http.StatusOK)), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Alerts) != 1 || list.Alerts[0].Until == nil || list.Alerts[0].LastedS != 660 || len(list.Alerts[0].Messages) != 2 {
		t.Errorf("%+v, want one stop of 11 minutes", list)
	}
}

func TestAlertsWithoutTheirSecrets(t *testing.T) {
	cfg := config(t, collectortest.NewGateway("huu-lung-01", collectortest.Morning))
	cfg.Alerts = &alert.Config{Channels: map[string]alert.Channel{"phone": {Language: "vi", Shoutrrr: &alert.Shoutrrr{URLFile: "/none"}}}}
	_, err := Open(t.Context(), cfg, options())
	if want := "alerts: channel phone: open /none: no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
