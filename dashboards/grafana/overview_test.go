package grafana

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

func formatFloat(f float64) string { return strconv.FormatFloat(f, 'f', 17, 64) }

func stateNames() []string { return record.StateNames() }

// equalSums compares the columns of one row, in their order.
func equalSums(t *testing.T, what string, got rows, at int, want ...*int64) {
	t.Helper()
	for i, n := range want {
		var value, whole *float64
		if at < len(got) {
			value = got[at].number(i)
		}
		if n != nil {
			f := float64(*n)
			whole = &f
		}
		equal(t, fmt.Sprintf("%s, column %d", what, i), value, whole)
	}
}

// allLinesSayWhatTheAPISays compares each machine's row, and its hours.
func allLinesSayWhatTheAPISays(t *testing.T, p *plant) {
	f := decode(t, made(t)["en/lines.json"])
	words, _ := newTongue("en")
	queries, c := asked(f.Panels), choose(f, hour(0), hour(24), nil)
	for _, want := range p.api(t, hour(0), hour(24), kpi.ByMachine) {
		of := func(panel, key string) (found rows) {
			for _, r := range p.answer(t, c.expand(t, queries[words.say(panel)+"/"+key])) {
				if r.tags["machine"] == want.Machine {
					found = append(found, r)
				}
			}
			return found
		}
		for _, key := range []string{quality.key, availability.key, effectiveness.key, oee.key, energyPerUnit.key, "coverage"} {
			got := of("machines", key)
			if len(got) > 0 { // its time is the window's begin, as all others', for they become one row by it
				if tags := (map[string]string{"site": site, "line": lineID, "machine": want.Machine}); !cmp.Equal(got[0].tags, tags) {
					t.Errorf("%s is of %v", key, got[0].tags)
				}
			}
			compare(t, want.Machine+": "+key, got, key, []kpi.Row{want})
		}
		equalSums(t, want.Machine, of("machines", "production"), 0, want.ProducedQuantity, want.GoodQuantity, want.ScrapQuantity)
	}
	press := p.api(t, hour(0), hour(24), kpi.ByHour) // the line's output is the press's alone
	for panel, key := range map[string]string{"quality_hours": quality.key, "coverage_hours": "coverage", "good_hours": "good"} {
		var found rows
		for _, r := range p.answer(t, c.expand(t, queries[words.say(panel)+"/"+key])) {
			if r.tags["machine"] == "press" {
				found = append(found, r)
			}
		}
		if key != "good" {
			compare(t, panel, found, key, press)
			continue
		}
		for n, want := range press {
			equalSums(t, panel, found, n, want.GoodQuantity)
		}
	}
}

// theSignalsAreThoseThatWereRead compares with the readings in the store.
func theSignalsAreThoseThatWereRead(t *testing.T, p *plant) {
	f := decode(t, made(t)["en/signals.json"])
	words, _ := newTongue("en")
	from, to := hour(1), hour(2)
	c := choose(f, from, to, map[string][]string{"site": {site}, "device": {"press"}, "signal": {"cycles"}})
	c.interval = "2m"
	queries := asked(f.Panels)
	last, lowest := map[time.Time]float64{}, map[time.Time]float64{}
	n := 0
	for r, err := range p.Store.Readings(t.Context(), series.Query{Site: site, Signals: []string{"press.cycles"}, From: from, To: to}) {
		if err != nil {
			t.Fatal(err)
		}
		at := r.Time.Truncate(2 * time.Minute)
		if _, ok := lowest[at]; !ok {
			lowest[at] = r.Value.Float()
		}
		last[at] = r.Value.Float()
		n++
	}
	for key, want := range map[string]map[time.Time]float64{"last": last, "highest": last, "lowest": lowest} {
		got := map[time.Time]float64{}
		for _, r := range p.answer(t, c.expand(t, queries[words.say("readings")+"/"+key])) {
			if v := r.number(0); v != nil {
				got[r.time] = *v
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-read +shown):\n%s", key, diff)
		}
	}
	newest := p.answer(t, c.expand(t, queries[words.say("table")+"/table"]))
	if len(newest) != n || newest[0].time.Before(newest[n-1].time) {
		t.Errorf("%d rows of %d readings, from %s to %s", len(newest), n, newest[0].time, newest[len(newest)-1].time)
	}

	c = choose(f, hour(0), hour(24), map[string][]string{"site": {site}, "device": {"meter"}})
	c.interval = "1h"
	var missing float64
	for _, r := range p.answer(t, c.expand(t, queries[words.say("doubtful")+"/doubtful"])) {
		if v := r.number(0); v != nil {
			missing += *v
		}
	}
	if missing != 6 {
		t.Errorf("%v readings missing, want 3 in each hour without the meter", missing)
	}
}

// theVariablesKnowWhatThereIs runs the queries of all variables, each with what the ones before it gave first.
func theVariablesKnowWhatThereIs(t *testing.T, p *plant) {
	for name, want := range map[string]map[string]string{
		"line":    {"site": site, "line": lineID, "machine": "mixer press", "product": "GB new GB-390 GB-400/R (đỏ)"},
		"lines":   {"site": site},
		"signals": {"site": site, "device": "meter mixer press", "signal": "cycles energy energy.quality rejects state"},
	} {
		f := decode(t, made(t)["vi/"+name+".json"])
		c := choose(f, hour(0), hour(24), map[string][]string{})
		got := map[string]string{}
		for _, v := range f.Templating.List {
			var values []string
			for _, r := range p.answer(t, c.expand(t, v.Query)) {
				value, ok := r.values["value"].(string) // of tags; names of fields stand in the first column
				if !ok {
					value, _ = r.values["fieldKey"].(string)
				}
				values = append(values, value)
			}
			got[v.Name] = strings.Join(values, " ")
			if v.AllValue == "" {
				c.values[v.Name] = values[:1]
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
