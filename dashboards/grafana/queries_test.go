package grafana

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/kpi"
)

// TestOnInfluxDB runs every query of every dashboard on a real InfluxDB that holds a day of a line.
func TestOnInfluxDB(t *testing.T) {
	p := aDay(t)
	for name, test := range map[string]func(*testing.T, *plant){
		"the day": theDayHasWhatIsToBeShown, "every query": everyQueryHasAnAnswer, "line": theLineSaysWhatTheAPISays,
		"planned": wholePlannedTimeIsTheSame, "product": aProductByItself, "lines": allLinesSayWhatTheAPISays,
		"signals": theSignalsAreThoseThatWereRead, "variables": theVariablesKnowWhatThereIs,
	} {
		t.Run(name, func(t *testing.T) { test(t, p) })
	}
}

// everyQueryHasAnAnswer, in every language.
func everyQueryHasAnAnswer(t *testing.T, p *plant) {
	for name, text := range made(t) {
		f := decode(t, text)
		c := choose(f, hour(0), hour(4), map[string][]string{"site": {site}, "line": {lineID}, "device": {"meter"}})
		for title, q := range asked(f.Panels) {
			if len(p.answer(t, c.expand(t, q))) == 0 {
				t.Errorf("%s: %s: no answer", name, title)
			}
		}
	}
}

// asked are the queries of a dashboard: of each panel, by its title and the query's name.
func asked(panels []panel) map[string]string {
	all := map[string]string{}
	for _, p := range panels {
		for _, q := range p.Targets {
			all[p.Title+"/"+q.RefID] = q.Query
		}
	}
	return all
}

// choose fills in what is chosen on a dashboard beside All.
func choose(f file, from, to time.Time, values map[string][]string) chosenBy {
	c := chosenBy{from: from, to: to, interval: "1m", values: values, all: map[string]string{}}
	for _, v := range f.Templating.List {
		c.all[v.Name] = v.AllValue
	}
	return c
}

// equal compares a figure with the API's: both are there or neither, and up to the last digits of a float64 the same.
func equal(t *testing.T, what string, got, want *float64) {
	t.Helper()
	if got == nil || want == nil {
		if got != want {
			t.Errorf("%s: %s, the API %s", what, text(got), text(want))
		}
		return
	}
	if math.Abs(*got-*want) > 1e-13*math.Max(1, math.Abs(*want)) {
		t.Errorf("%s: %s, the API %s", what, text(got), text(want))
	}
}

func text(f *float64) string {
	if f == nil {
		return "no value"
	}
	return strings.TrimRight(strings.TrimRight(formatFloat(*f), "0"), ".")
}

// shown is a row as the dashboards show it: coverage alone is over the clock and not over planned time.
func shown(r kpi.Row) map[string]*float64 {
	var observed float64
	for _, s := range r.StateS {
		observed += s
	}
	return map[string]*float64{
		quality.key: r.QualityRatio, effectiveness.key: r.Effectiveness, energyPerUnit.key: r.EnergyPerUnitKWh,
		availability.key: r.Availability, oee.key: r.OEE, "coverage": quotient(observed, r.To.Sub(r.From).Seconds()),
	}
}

func quotient(a, b float64) *float64 {
	if b == 0 {
		return nil
	}
	q := a / b
	return &q
}

// compare holds rows of an answer against the API's, by their times.
func compare(t *testing.T, what string, got rows, key string, want []kpi.Row) {
	t.Helper()
	for _, r := range want {
		at := slices.IndexFunc(got, func(g row) bool { return g.time.Equal(r.From) })
		var value *float64
		if at >= 0 {
			value = got[at].number(0)
		}
		figure := shown(r)[key]
		if key == "coverage" && value == nil && *figure == 0 {
			continue // an hour in which nobody looked is a hole
		}
		equal(t, what+" at "+r.From.Format(time.RFC3339), value, figure)
	}
}

// theLineSaysWhatTheAPISays compares every figure of the line's dashboard: of the day, of parts of it, of each hour.
func theLineSaysWhatTheAPISays(t *testing.T, p *plant) {
	for _, lang := range Languages() {
		f := decode(t, made(t)[lang+"/line.json"])
		words, err := newTongue(lang)
		if err != nil {
			t.Fatal(err)
		}
		queries := asked(f.Panels)
		press := map[string][]string{"site": {site}, "line": {lineID}, "machine": {"press"}}
		for name, w := range map[string][2]time.Time{
			"the day": {hour(0), hour(24)}, "the first half of the early shift": {hour(0), hour(4)}, "nobody looks": {hour(9), hour(11)},
			"held": {hour(5), hour(6)}, "a new product": {hour(11), hour(14)}, "two minutes": {hour(1), hour(1).Add(2 * time.Minute)},
			"no meter": {hour(0), hour(1)}, "night": {hour(16), hour(18)}, "before it all": {hour(-9), hour(-8)},
		} {
			c := choose(f, w[0], w[1], press)
			whole := p.api(t, w[0], w[1], kpi.Whole)[0]
			for _, key := range []string{quality.key, availability.key, effectiveness.key, oee.key, energyPerUnit.key, "coverage"} {
				got := p.answer(t, c.expand(t, queries[words.say(key)+"/"+key]))
				if len(got) > 0 {
					got[0].time = w[0]
				}
				compare(t, name+": "+key, got, key, []kpi.Row{whole})
			}
			sums := p.answer(t, c.expand(t, queries[words.say("production")+"/production"]))
			doubts := p.answer(t, c.expand(t, queries[words.say("doubts")+"/doubts"]))
			equalSums(t, name, sums, 0, whole.ProducedQuantity, whole.GoodQuantity, whole.ScrapQuantity)
			if whole.ProducedQuantity != nil {
				equalSums(t, name+": with caution", doubts, 0, &whole.LateQuantity, &whole.SuspectQuantity)
			}
		}
		c := choose(f, hour(0), hour(24), press)
		hours := p.api(t, hour(0), hour(24), kpi.ByHour)
		for panel, keys := range map[string][]string{
			"quality_hours": {quality.key}, "oee_hours": {availability.key, effectiveness.key, oee.key},
			"coverage_hours": {"coverage"}, "energy_hours": {energyPerUnit.key},
		} {
			for _, key := range keys {
				compare(t, key+" by the hour", p.answer(t, c.expand(t, queries[words.say(panel)+"/"+key])), key, hours)
			}
		}
		production := p.answer(t, c.expand(t, queries[words.say("production_hours")+"/production_hours"]))
		states := p.answer(t, c.expand(t, queries[words.say("states_hours")+" · $machine/states"]))
		for n, want := range hours {
			equalSums(t, "production at "+want.From.String(), production, n, want.GoodQuantity, want.ScrapQuantity)
			for i, name := range stateNames() {
				ms := states[n].number(i)
				if s := want.StateS[name] * 1000; s != 0 || ms != nil {
					equal(t, name+" at "+want.From.String(), ms, &s)
				}
			}
		}
	}
}

// wholePlannedTimeIsTheSame: where all of the window is planned, the dashboards' own availability, OEE and
// coverage are the API's.
func wholePlannedTimeIsTheSame(t *testing.T, p *plant) {
	f := decode(t, made(t)["en/line.json"])
	words, _ := newTongue("en")
	press := map[string][]string{"site": {site}, "line": {lineID}, "machine": {"press"}}
	planned := 0
	for _, want := range p.api(t, hour(0), hour(16), kpi.ByHour) {
		if want.PlannedBusyTimeS != 3600 {
			continue // the break
		}
		planned++
		c := choose(f, want.From, want.To, press)
		for key, figure := range map[string]*float64{availability.key: want.Availability, oee.key: want.OEE, "coverage": want.Coverage} {
			got := p.answer(t, c.expand(t, asked(f.Panels)[words.say(key)+"/"+key]))
			if key == "coverage" && len(got) == 0 && *figure == 0 {
				continue
			}
			var value *float64
			if len(got) > 0 {
				value = got[0].number(0)
			}
			equal(t, key+" at "+want.From.String(), value, figure)
		}
	}
	if planned != 15 {
		t.Errorf("%d hours compared", planned)
	}
}

// aProductByItself: the variable product selects as the API's by=product does, whatever the product's code holds.
func aProductByItself(t *testing.T, p *plant) {
	f := decode(t, made(t)["vi/line.json"])
	words, _ := newTongue("vi")
	rows := p.api(t, hour(0), hour(24), kpi.ByProduct)
	if len(rows) != 3 {
		t.Fatalf("%d products", len(rows))
	}
	for _, want := range rows {
		c := choose(f, hour(0), hour(24), map[string][]string{"site": {site}, "line": {lineID}, "product": {want.Product}})
		for _, key := range []string{quality.key, availability.key, effectiveness.key, oee.key, energyPerUnit.key} {
			got := p.answer(t, c.expand(t, asked(f.Panels)[words.say(key)+"/"+key]))
			if len(got) > 0 {
				got[0].time = want.From
			}
			compare(t, want.Product+": "+key, got, key, []kpi.Row{want})
		}
	}
}
