package collector

import (
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/record"
)

// TestPlannedMinutesAreThePages is of a line whose catalogue changes its calendar, and then a person, with a restart
// between: what is told to InfluxDB of each minute when it is written is what the pages say of it later.
func TestPlannedMinutesAreThePages(t *testing.T) {
	t.Parallel()
	g, other := collectortest.NewGateway("huu-lung-01", collectortest.Morning), collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	hour := func(n int) time.Time { return collectortest.Morning.Add(time.Duration(n) * time.Hour) }
	line := collectortest.Line(g.Name)
	told := map[time.Time]float64{} // seconds planned, by the hour
	c := hold(t, g, other, func(b *bench) {
		b.plans = &plans{registry: b.registry}
		for n := range 15 * 6 {
			switch n {
			case 6:
				planned(g, "long", 14, 18)
			case 7 * 6: // the next start
				b.plans = &plans{registry: b.registry}
				if err := b.plan(t.Context(), folded{}); err != nil {
					t.Fatal(err)
				}
			case 9 * 6:
				b.says(line, hour(8), hour(9), &record.Calendar{Shifts: []record.Shift{{Name: "evening", From: 18 * 60, To: 22 * 60}}})
			}
			from := g.At
			b.sends(g.Name, g.Work(t, 10*time.Minute, collectortest.Execute, 40, uint64(n%2)))
			for at := from; at.Before(g.At); at = at.Add(time.Minute) {
				if b.plans.planned(line, at) {
					told[at.Truncate(time.Hour).UTC()] += 60
				}
			}
		}
	})
	rows, err := c.board.KPI(t.Context(), line, board.KPIQuery{From: hour(0), To: hour(15), By: kpi.ByHour})
	if err != nil || len(rows) != 15 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	var planned float64
	for _, r := range rows {
		want := r.PlannedBusyTimeS - r.OvertimeS
		if got := told[r.From.UTC()]; got != want {
			t.Errorf("the hour from %s: %v s were planned when it was written, the page says %v", r.From.Format(time.RFC3339), got, want)
		}
		planned += want
	}
	if planned != 14.5*3600 { // early with its break, long, and three hours of evening
		t.Errorf("%v h planned", planned/3600)
	}
}
