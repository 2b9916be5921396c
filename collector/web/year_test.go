package web

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/collectortest"
)

// answersWithin is the budget of an answer about a year of one line, its 95th percentile.
const answersWithin = 100 * time.Millisecond

// TestAYearAnswersWithinTheBudget asks what the pages of a line ask, of all that there is of it. LINEPROOF_DAYS makes
// that 365 days and holds the time against the budget: make year. Without, some days only have to answer.
func TestAYearAnswersWithinTheBudget(t *testing.T) {
	days, questions, strict := 4, 3, false
	if n, err := strconv.Atoi(os.Getenv("LINEPROOF_DAYS")); err == nil {
		days, questions, strict = n, 100, true
	}
	s := open(t)
	end := collectortest.Morning.AddDate(0, 0, days).Add(5 * time.Hour)
	work(t, s, end)
	began := time.Now()
	if err := s.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d days; read once, as after each start, in %.1f s", days, time.Since(began).Seconds())

	year, day := end.AddDate(0, 0, -days), end.Add(-17*time.Hour)
	for _, q := range []struct {
		name, path string
		from       time.Time
	}{
		{"the line", "", time.Time{}},
		{"its day by the hour", "/kpi?by=hour", day},
		{"states of the day", "/states?", day},
		{"all in one row", "/kpi?explain=true", year},
		{"by machine", "/kpi?by=machine", year},
		{"by product", "/kpi?by=product", year},
		{"by shift", "/kpi?by=shift", year},
		{"by day", "/kpi?by=day", year},
		{"by week", "/kpi?by=week", year},
		{"stops of a week", "/stops?", end.AddDate(0, 0, -7)},
		{"scrap", "/scrap?", year},
		{"p-chart by day", "/control?by=day", year},
		{"p-chart by shift", "/control?by=shift", year},
		{"readings of a counter", "/readings?signal=press.cycles", year},
		{"readings of a state", "/readings?signal=press.state", year},
		{"the log", "/log?", end.AddDate(0, 0, -31)},
		{"the calendar", "/calendar", time.Time{}},
	} {
		t.Run(q.name, func(t *testing.T) {
			p95 := s.p95(t, "/api/v1/lines/"+line+q.path, q.from, end, questions)
			t.Logf("%6.1f ms", float64(p95.Microseconds())/1000)
			if strict && p95 > answersWithin {
				t.Errorf("95 %% of the answers come within %v, the budget is %v", p95, answersWithin)
			}
		})
	}
}

// work lets the press work by its calendar until a time, a quarter of an hour a batch, held in each hour for a while.
func work(t *testing.T, s *site, end time.Time) {
	t.Helper()
	var batches [][]byte
	for n := 0; s.gateway.At.Before(end); n++ {
		at := s.gateway.At.Add(7 * time.Hour) // on the wall
		state, cycles := collectortest.Execute, uint64(52+n%7)
		switch {
		case at.Weekday() == time.Sunday || at.Hour() >= 22 || at.Hour() < 6:
			state, cycles = collectortest.Stopped, 0
		case n%11 == 0:
			state, cycles = collectortest.Held, 0
		}
		batches = append(batches, s.gateway.Work(t, 15*time.Minute, int64(state), cycles, cycles*uint64(n%4)/4))
	}
	for some := range slices.Chunk(batches, 96) {
		s.Take(s.gateway, some...)
	}
	s.MoveTo(end)
}

// p95 asks so many times, never the same question twice, and gives within what time 95 % of the answers came.
func (s *site) p95(t *testing.T, path string, from, to time.Time, questions int) time.Duration {
	t.Helper()
	var took []time.Duration
	for n := range questions {
		ask := path
		if !from.IsZero() {
			at := func(t time.Time) string {
				return url.QueryEscape(t.Add(-time.Duration(n) * time.Minute).Format(time.RFC3339))
			}
			ask += fmt.Sprintf("&from=%s&to=%s", at(from), at(to))
		}
		began := time.Now()
		if a := s.get(ask); a.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", ask, a.StatusCode, a.body)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[len(took)*95/100]
}
