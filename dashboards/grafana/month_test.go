//go:build !race

package grafana

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/record"
)

// TestAMonthOnTheDashboards takes the month of twelve machines and eighty products, whose rows collector/board holds
// against the plant's books, into a real InfluxDB and asks it what the line's dashboard asks: of the month, of each
// machine, of each product on each of them, of each hour.
func TestAMonthOnTheDashboards(t *testing.T) {
	store := openInflux(t)
	m := collectortest.NewMonth(20260301)
	p := &plant{server: store.server, Hall: collectortest.OpenHallOn(t, store, m.From)}
	g := collectortest.NewGateway("dk-viet-nhat-01", m.From)
	batches := m.Batches(t, g)
	store.plan(t, g.Catalogue, "assembly", record.Span{From: m.From, To: m.To})
	for each := range slices.Chunk(batches, 24) {
		p.Take(g, each...)
	}
	p.MoveTo(m.To)

	f := decode(t, made(t)["en/line.json"])
	words, err := newTongue("en")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(key, panel string, values map[string][]string) rows {
		values["site"], values["line"] = []string{g.Catalogue.Site}, []string{"assembly"}
		c := choose(f, m.From, m.To, values)
		return p.answer(t, c.expand(t, asked(f.Panels)[words.say(panel)+"/"+key]))
	}
	api := func(q board.KPIQuery) []kpi.Row {
		q.From, q.To = m.From, m.To
		all, err := p.KPI(t.Context(), "assembly", q)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	figures := []string{quality.key, availability.key, effectiveness.key, oee.key, energyPerUnit.key}
	compared := 0
	hold := func(values map[string][]string, want kpi.Row) {
		t.Helper()
		name := fmt.Sprint(cmp.Or(want.Machine, "the line"), " ", want.Product)
		for _, key := range figures {
			got := ask(key, key, values)
			if len(got) > 0 {
				got[0].time = want.From
			}
			compare(t, name+": "+key, got, key, []kpi.Row{want})
			compared++
		}
		equalSums(t, name, ask("production", "production", values), 0, want.ProducedQuantity, want.GoodQuantity, want.ScrapQuantity)
		equalSums(t, name+": with caution", ask("doubts", "doubts", values), 0, &want.LateQuantity, &want.SuspectQuantity)
		compared += 5
	}

	output := []string{"station-11", "station-12"}
	for _, row := range api(board.KPIQuery{}) {
		hold(map[string][]string{"machine": output}, row)
	}
	for _, row := range api(board.KPIQuery{By: kpi.ByMachine}) {
		hold(map[string][]string{"machine": {row.Machine}}, row)
	}
	for _, row := range api(board.KPIQuery{By: kpi.ByProduct}) {
		hold(map[string][]string{"machine": output, "product": {row.Product}}, row)
	}
	hours := api(board.KPIQuery{By: kpi.ByHour})
	values := map[string][]string{"machine": output}
	for panel, keys := range map[string][]string{
		"quality_hours": {quality.key}, "oee_hours": {availability.key, effectiveness.key, oee.key}, "energy_hours": {energyPerUnit.key},
	} {
		for _, key := range keys {
			compare(t, key+" by the hour", ask(key, panel, values), key, hours)
			compared += len(hours)
		}
	}
	production := ask("production_hours", "production_hours", values)
	for n, want := range hours {
		equalSums(t, "production at "+want.From.Format(time.RFC3339), production, n, want.GoodQuantity, want.ScrapQuantity)
		compared += 2
	}
	t.Logf("%d figures of the dashboard, %d hours", compared, len(hours))
	soon(t, p, chosenBy{from: m.From, to: m.To, values: map[string][]string{"site": {g.Catalogue.Site}, "line": {"assembly"}}})
}

// patience is how long somebody who opens a dashboard over a month waits for a panel, on a busy computer.
const patience = 10 * time.Second

// soon asks what both dashboards ask of a window, of all machines and products, and says how long each answer took. A
// panel that is repeated is of one machine.
func soon(t *testing.T, p *plant, c chosenBy) {
	for _, name := range []string{"line", "lines"} {
		f := decode(t, made(t)["en/"+name+".json"])
		for _, panel := range f.Panels {
			c := choose(f, c.from, c.to, maps.Clone(c.values))
			if panel.Repeat != "" {
				c.values[panel.Repeat] = []string{"station-12"}
			}
			for _, q := range panel.Targets {
				begin := time.Now()
				p.answer(t, c.expand(t, q.Query))
				took := time.Since(begin)
				t.Logf("%s, %s, %s: %.2f s", name, panel.Title, q.RefID, took.Seconds())
				if took > patience {
					t.Errorf("%s, %s, %s takes %s", name, panel.Title, q.RefID, took)
				}
			}
		}
	}
}
