package influx_test

import (
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series/influx"
	"github.com/lineproof/lineproof/collector/series/seriestest"
	"github.com/lineproof/lineproof/internal/influxtest"
	"github.com/lineproof/lineproof/record"
)

// TestTermsOfRatios: what follows from a minute stands in its fields, and is replaced as the minute grows.
func TestTermsOfRatios(t *testing.T) {
	server := influxtest.Start(t)
	minute := func(n int, i account.Interval) account.Interval {
		i.Site, i.Line, i.Machine, i.Start = "tan-thinh-phat", "block-line", "press", day.Add(time.Duration(n)*time.Minute)
		i.States[record.Execute] = 40_000
		i.States[record.Held] = 15_000
		return i
	}
	paced := account.Interval{PlannedCycle: 18300 * time.Millisecond, UnitsPerCycle: 12, Produced: 40, Late: 4, Metered: true}
	begun, unpaced, idle := paced, account.Interval{UnitsPerCycle: 12, Produced: 1}, account.Interval{Produced: 5, Late: 5}
	begun.Produced, begun.Metered = 12, false
	store := openStore(t, influx.Options{
		URL: server.URL, Database: server.Database, Planned: func(_ string, at time.Time) bool { return !at.Equal(day) },
		OnRefused: func(point string, err error) { t.Errorf("refused %s: %v", point, err) },
	})
	defer store.Close()
	g := seriestest.NewGateway(seriestest.BlockLine())
	write(t, store, g, nil, minute(0, begun))
	write(t, store, g, nil, minute(0, paced), minute(1, unpaced), minute(2, idle))
	got := server.Query(t, `SELECT "observed_ms", "ideal_ms", "unpaced_n", "metered_n", "planned", "busy_ms" FROM "interval"`)
	want := `{"results":[{"statement_id":0,"series":[{"name":"interval",` +
		`"columns":["time","observed_ms","ideal_ms","unpaced_n","metered_n","planned","busy_ms"],"values":[` +
		`["2026-01-14T06:00:00Z",55000,54900,0,1,false,40000],` + // 18.3 s * 36 / 12
		`["2026-01-14T06:01:00Z",55000,0,1,0,true,55000],` +
		`["2026-01-14T06:02:00Z",55000,0,0,0,true,55000]]}]}]}`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
