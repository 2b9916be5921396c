package board_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/collectortest"
)

// TestStatesHaveNoHoles: the press executes for three minutes, is held for one, nobody looks for two, then
// it executes for one more. Times are seconds after the beginning.
func TestStatesHaveNoHoles(t *testing.T) {
	begin := collectortest.Morning
	s := func(seconds int) time.Time { return begin.Add(time.Duration(seconds) * time.Second) }
	for _, tt := range []struct {
		name     string
		from, to int
		now      int
		live     map[int]any // what was seen when
		want     []string
	}{
		{"all of it", 0, 420, 420, nil, []string{"0-180 execute", "180-240 held", "240-360 nobody", "360-420 execute"}},
		{"from before to after", -60, 600, 600, nil, []string{"-60-0 nobody", "0-180 execute", "180-240 held", "240-360 nobody", "360-420 execute", "420-600 nobody"}},
		{"within a minute", 90, 110, 420, nil, []string{"90-110 execute"}},
		{"across changes, not whole minutes", 170, 370, 420, nil, []string{"170-180 execute", "180-240 held", "240-360 nobody", "360-370 execute"}},
		{"a hole alone", 250, 350, 420, nil, []string{"250-350 nobody"}},
		{"not further than now", 400, 9999, 430, nil, []string{"400-420 execute", "420-430 nobody"}},
		{"a future", 5000, 9999, 420, nil, nil},
		{"turned round", 200, 100, 420, nil, nil},
		{"live: goes on", 400, 450, 450, map[int]any{440: 1.0}, []string{"400-440 execute", "440-450 nobody"}},
		{"live: changes", 400, 450, 450, map[int]any{430: 2.0, 445: 2.0}, []string{"400-430 execute", "430-445 held", "445-450 nobody"}},
		{"live: the poll failed", 400, 450, 450, map[int]any{430: nil}, []string{"400-420 execute", "420-450 nobody"}},
		{"live: the same after a silence", 400, 3700, 3700, map[int]any{3690: 1.0, 3695: 1.0}, []string{"400-420 execute", "420-3690 nobody", "3690-3695 execute", "3695-3700 nobody"}},
		{"live: another after a silence", 400, 3700, 3700, map[int]any{3690: 2.0, 3695: 2.0}, []string{"400-420 execute", "420-3690 nobody", "3690-3695 held", "3695-3700 nobody"}},
		{"live: seen, and silent since", 400, 600, 600, map[int]any{430: 1.0}, []string{"400-420 execute", "420-600 nobody"}},
		{"live: before the window's end only", 400, 425, 450, map[int]any{440: 1.0}, []string{"400-425 execute"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, g := openHall(t, begin), collectortest.NewGateway(gateway, begin)
			h.Work(g, 3, collectortest.Execute, 4, 0)
			h.Work(g, 1, collectortest.Held, 0, 0)
			g.At = g.At.Add(2 * time.Minute)
			h.Work(g, 1, collectortest.Execute, 4, 0)
			for at := 420; at <= tt.now; at++ {
				if v, ok := tt.live[at]; ok {
					h.sees(gateway, s(at), v)
				}
			}
			h.MoveTo(s(tt.now))
			machines, err := h.States(t.Context(), line, s(tt.from), s(tt.to))
			if err != nil {
				t.Fatal(err)
			}
			if len(machines) != 1 || machines[0].ID != "press" || machines[0].Name["en"] != "Press" || machines[0].Spans == nil {
				t.Fatalf("machines %+v", machines)
			}
			var got []string
			for _, span := range machines[0].Spans {
				state := "nobody"
				if span.State != nil {
					state = span.State.String()
				}
				got = append(got, fmt.Sprintf("%v-%v %s", span.From.Sub(begin).Seconds(), span.To.Sub(begin).Seconds(), state))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
