package board_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	gateway = "huu-lung-01"
	line    = gateway + "-line"
)

// hall is a board with a store, a clock that stands until it is moved, and gateways to hear.
type hall struct {
	*collectortest.Hall
	t *testing.T
}

func openHall(t *testing.T, now time.Time) *hall {
	t.Helper()
	return &hall{collectortest.OpenHall(t, now), t}
}

// online says that a gateway is there.
func (h *hall) online(id string) {
	h.Status(id, record.Status{Online: true, Time: h.Clock.Now()}, false)
}

// sees is a live message about the press.
func (h *hall) sees(id string, at time.Time, state any) {
	h.Live(id, record.Live{Time: at, Values: map[string]any{"press.state": state}})
}

func (h *hall) line(id string) board.Line {
	h.t.Helper()
	l, err := h.Line(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return l
}

func ptr[T any](v T) *T { return &v }

func TestLineInItsShift(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.Work(g, 30, collectortest.Execute, 4, 1)
	h.Work(g, 30, collectortest.Held, 0, 0)
	h.online(gateway)
	got := h.line(line)
	kpi := got.KPI
	got.KPI.Explain, got.KPI.StateS = nil, nil

	begin, now := collectortest.Morning, collectortest.Morning.Add(time.Hour)
	want := board.Line{
		ID: line, Site: "tan-thinh-phat", Name: record.Names{"vi": "Dây chuyền gạch", "en": "Block line"}, Timezone: "Asia/Ho_Chi_Minh",
		Machines: []board.Machine{{
			ID: "press", Name: record.Names{"vi": "Máy ép", "en": "Press"}, Output: true,
			State: ptr(record.Held), Since: ptr(begin.Add(30 * time.Minute)), Observed: &now,
		}},
		Product:  &board.Product{Code: "GB-390", UnitsPerCycle: 10, PlannedCycleS: 15},
		Targets:  map[string]float64{"quality_ratio": 0.97},
		Window:   board.Window{Shift: "early", From: begin, To: begin.Add(8 * time.Hour)},
		Plan:     &board.Plan{OutputPerHour: 2000, SoFar: 2000, Total: 15000},
		Gateways: []board.GatewayHealth{{ID: gateway, Health: "ok", Seen: &now}},
		DataFrom: &begin, DataTo: &now,
		KPI: got.KPI,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		name string
		got  *float64
		want float64
	}{
		{"produced", ptr(float64(*kpi.ProducedQuantity)), 1200},
		{"scrap", ptr(float64(*kpi.ScrapQuantity)), 30},
		{"good", ptr(float64(*kpi.GoodQuantity)), 1170},
		{"planned busy time", &kpi.PlannedBusyTimeS, 3600},
		{"production time", &kpi.ActualProductionTimeS, 1800},
		{"availability", kpi.Availability, 0.5},
		{"effectiveness", kpi.Effectiveness, 1},
		{"quality ratio", kpi.QualityRatio, 0.975},
		{"coverage", kpi.Coverage, 1},
	} {
		if tt.got == nil || *tt.got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
	if len(kpi.Explain) == 0 {
		t.Error("the card's figures come without their arithmetic")
	}
	if all, err := h.Lines(t.Context()); err != nil || len(all) != 1 || !cmp.Equal(all[0].Window, want.Window) {
		t.Errorf("lines: %v, %+v", err, all)
	}
}

func TestWindowOfALine(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.Work(g, 1, collectortest.Execute, 4, 0)
	midnight := collectortest.Morning.Add(-6 * time.Hour)
	day := func(n int) time.Time { return midnight.Add(time.Duration(n) * 24 * time.Hour) }
	for _, tt := range []struct {
		name  string
		now   time.Time
		want  board.Window
		soFar float64
		total float64
	}{
		{"early shift", midnight.Add(8 * time.Hour), board.Window{Shift: "early", From: midnight.Add(6 * time.Hour), To: midnight.Add(14 * time.Hour)}, 4000, 15000},
		{"its break", midnight.Add(10*time.Hour + 15*time.Minute), board.Window{Shift: "early", From: midnight.Add(6 * time.Hour), To: midnight.Add(14 * time.Hour)}, 8000, 15000},
		{"change of shifts", midnight.Add(14 * time.Hour), board.Window{Shift: "late", From: midnight.Add(14 * time.Hour), To: midnight.Add(22 * time.Hour)}, 0, 16000},
		{"night, the day so far", midnight.Add(23 * time.Hour), board.Window{From: midnight, To: day(1)}, 31000, 31000},
		{"early morning of the next day", day(1).Add(5 * time.Hour), board.Window{From: day(1), To: day(2)}, 0, 31000},
		{"Sunday", day(6).Add(9 * time.Hour), board.Window{From: day(6), To: day(7)}, 0, 0},
	} {
		h.MoveTo(tt.now)
		got := h.line(line)
		if diff := cmp.Diff(tt.want, got.Window); diff != "" {
			t.Errorf("%s: window (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(&board.Plan{OutputPerHour: 2000, SoFar: tt.soFar, Total: tt.total}, got.Plan); diff != "" {
			t.Errorf("%s: plan (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestKPIsEndWithTheLastBatch: what was read since then is not missing while the gateway is heard in time.
func TestKPIsEndWithTheLastBatch(t *testing.T) {
	sealed := collectortest.Morning.Add(10 * time.Minute)
	for _, tt := range []struct {
		name  string
		later time.Duration
		want  time.Duration // after the last batch
	}{
		{"at once", 0, 0},
		{"a minute later", time.Minute, 0},
		{"just in time", 2 * time.Minute, 0},
		{"late", 2*time.Minute + time.Second, 2*time.Minute + time.Second},
		{"an hour later", time.Hour, time.Hour},
		{"sealed by a clock that is ahead", -time.Minute, -time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := openHall(t, sealed.Add(tt.later))
			g := collectortest.NewGateway(gateway, collectortest.Morning)
			h.Take(g, g.Work(t, 10*time.Minute, collectortest.Execute, 40, 0))
			rows, err := h.KPI(t.Context(), line, board.KPIQuery{From: collectortest.Morning, To: collectortest.Morning.Add(8 * time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			if got := rows[0].To.Sub(sealed); got != tt.want {
				t.Errorf("ends %v after the last batch, want %v", got, tt.want)
			}
			if rows[0].Explain != nil {
				t.Error("explained without being asked")
			}
		})
	}
}

func TestKPIsOfTheFutureAreEmpty(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	h.Work(collectortest.NewGateway(gateway, collectortest.Morning), 1, collectortest.Execute, 4, 0)
	from := collectortest.Morning.AddDate(1, 0, 0)
	rows, err := h.KPI(t.Context(), line, board.KPIQuery{From: from, To: from.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if r := rows[0]; r.ProducedQuantity != nil || r.PlannedBusyTimeS != 0 || r.Coverage != nil {
		t.Errorf("%+v, want nothing", r)
	}
}

// TestMachineThatSaysNoState has counters only, and nobody knows how long a cycle takes: its line has data all the same.
func TestMachineThatSaysNoState(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	m := g.Catalogue.Lines[line].Machines["press"]
	m.State, m.Product = "", nil
	g.Catalogue.Lines[line].Machines["press"] = m
	h.Work(g, 2, collectortest.Execute, 4, 0)
	got := h.line(line)
	if diff := cmp.Diff([]*time.Time{ptr(collectortest.Morning), ptr(g.At)}, []*time.Time{got.DataFrom, got.DataTo}); diff != "" {
		t.Errorf("data from and to (-want +got):\n%s", diff)
	}
	if m := got.Machines[0]; m.State != nil || m.Since != nil || m.Observed != nil {
		t.Errorf("machine %+v, want no state", m)
	}
}

func TestLineWithoutDataYet(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.Take(g, g.Seal(t, g.Batch(t))) // its catalogue and nothing else
	got := h.line(line)
	if got.DataFrom != nil || got.DataTo != nil {
		t.Errorf("data from %v to %v, want none", got.DataFrom, got.DataTo)
	}
	if got.KPI.ProducedQuantity != nil {
		t.Errorf("produced %d, want unknown", *got.KPI.ProducedQuantity)
	}
}

func TestLineThatTwoGatewaysName(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	old, next := collectortest.NewGateway("old-01", collectortest.Morning), collectortest.NewGateway("new-01", collectortest.Morning.Add(time.Hour))
	shared := old.Catalogue.Lines["old-01-line"]
	old.Catalogue.Lines, next.Catalogue.Lines = map[string]record.Line{line: shared}, map[string]record.Line{line: shared}
	h.Work(old, 1, collectortest.Execute, 4, 0)
	h.Work(next, 1, collectortest.Execute, 4, 0)
	if got := h.line(line).Gateways[0].ID; got != "new-01" {
		t.Errorf("reported by %s, want the one that sealed last", got)
	}
	if all, err := h.Lines(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%d lines, %v, want 1", len(all), err)
	}
}

func TestLineThatIsNotThere(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	h.Work(collectortest.NewGateway(gateway, collectortest.Morning), 1, collectortest.Execute, 4, 0)
	h.Work(collectortest.NewGateway("oceanline-01", collectortest.Morning), 1, collectortest.Execute, 4, 0)
	const want = `line "block": not found; there are huu-lung-01-line, oceanline-01-line`
	ctx := t.Context()
	_, lineErr := h.Line(ctx, "block")
	_, kpiErr := h.KPI(ctx, "block", board.KPIQuery{})
	_, statesErr := h.States(ctx, "block", time.Time{}, time.Time{})
	_, controlErr := h.Control(ctx, "block", board.ControlQuery{})
	_, scrapErr := h.Scrap(ctx, "block", time.Time{}, time.Time{})
	watchErr := h.Watch(ctx, "block", nil)
	for name, err := range map[string]error{
		"line": lineErr, "kpi": kpiErr, "states": statesErr, "control": controlErr, "scrap": scrapErr, "watch": watchErr,
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if _, err := openHall(t, collectortest.Morning).Line(ctx, "block"); err == nil || err.Error() != `line "block": not found; no gateway has named a line yet` {
		t.Errorf("on an empty board: %v", err)
	}
}
