package registry

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAlertsOutliveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	at := func(minutes int) time.Time {
		return time.Date(2026, 3, 2, 1, minutes, 0, 0, time.UTC)
	}
	r, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	save := func(a Alert) int64 {
		t.Helper()
		id, err := r.SaveAlert(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	stop := Alert{Rule: "stopped", Subject: "block-line", Began: at(0), Raised: at(10), Facts: []byte(`{"line":"block-line"}`)}
	stop.Messages = []AlertMessage{{Channel: "manager", Kind: "raised", State: "waiting", Due: at(10), At: at(10)}}
	stop.ID = save(stop)
	silent := Alert{Rule: "silent", Subject: "huu-lung-01", Began: at(1), Raised: at(11), Facts: []byte(`{}`)}
	silent.ID = save(silent)
	if _, err := r.SaveAlert(t.Context(), Alert{Rule: "stopped", Subject: "block-line", Facts: []byte(`{}`)}); err == nil {
		t.Error("two open alerts of one line")
	}
	stop.Ended, stop.Closed, stop.Lasted, stop.Facts = at(20), at(25), 20*time.Minute, []byte(`{"line":"block-line","ratio":1}`)
	stop.Messages[0].State, stop.Messages[0].At, stop.Messages[0].Error = "failed", at(25), "nobody answers"
	stop.Messages = append(stop.Messages, AlertMessage{Channel: "manager", Kind: "over", State: "waiting", Due: at(25), At: at(25)})
	save(stop)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}

	if r, err = Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, tt := range []struct {
		since int
		want  []Alert
	}{{25, []Alert{silent, stop}}, {26, []Alert{silent}}} {
		got, err := r.Alerts(t.Context(), at(tt.since))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("since %d min (-want +got):\n%s", tt.since, diff)
		}
	}

	later := Alert{Rule: "stopped", Subject: "block-line", Began: at(0), Raised: at(0), Ended: at(0), Facts: []byte(`{}`)}
	later.Closed = stop.Closed.Add(keepAlerts + time.Minute)
	later.ID = save(later)
	if got, err := r.Alerts(t.Context(), time.Time{}); err != nil || len(got) != 2 {
		t.Errorf("%d alerts, %v; want the one that ended long ago forgotten", len(got), err)
	}
}
