package shiftlog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/shiftlog"
	"github.com/lineproof/lineproof/collector/shifttable"
	"github.com/lineproof/lineproof/record"
)

var press = shiftlog.Line{ID: "press-line", Zone: time.FixedZone("+07", 7*3600), Machines: []string{"press"}, Products: []string{"GB-390"}}

const header = "shift_start,shift_end,machine,product,produced,good\n"

// load reads a file, and gives what is wrong with it as "cell code".
func load(t *testing.T, l *shiftlog.Log, try bool, text string) (shiftlog.Loaded, []string) {
	t.Helper()
	got, err := l.Load(t.Context(), press, "Lan", "march.csv", []byte(text), try)
	if err != nil {
		t.Fatal(err)
	}
	problems := []string{}
	for _, p := range got.Problems {
		problems = append(problems, p.Cell+" "+string(p.Code))
	}
	return got, problems
}

func entries(t *testing.T, l *shiftlog.Log) []shiftlog.Entry {
	t.Helper()
	all, err := l.Entries(t.Context(), press.ID, record.Span{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestLoad(t *testing.T) {
	h := collectortest.OpenHall(t, collectortest.Morning)
	h.Remember()
	first := "2026-02-27 06:00,2026-02-27 14:00,press,GB-390,1000,970\n"
	second := "2026-02-28 06:00,2026-02-28 14:00,press,GB-390,1100,1080\n"
	for _, tt := range []struct {
		name, text string
		try        bool
		want       shiftlog.Loaded
		problems   []string
		entries    int
	}{
		{"one wrong cell keeps all out", header + first + "2026-02-28 06:00,2026-02-28 14:00,oven,GB-390,1100,1200\n", false,
			shiftlog.Loaded{Rows: 1}, []string{"F3 more_than_produced"}, 0},
		{"what only the line knows", header + first + "2026-02-28 06:00,2026-02-28 14:00,oven,GB-400,1100,1000\n", false,
			shiftlog.Loaded{Rows: 2}, []string{"C3 unknown_machine", "D3 unknown_product"}, 0},
		{"a shift to come", header + "2026-03-02 06:00,2026-03-02 14:00,,,1,1\n", false, shiftlog.Loaded{Rows: 1}, []string{"B2 in_future"}, 0},
		{"a look at it", header + first, true, shiftlog.Loaded{Rows: 1}, []string{}, 0},
		{"a good one", header + first, false, shiftlog.Loaded{Rows: 1, Kept: true}, []string{}, 1},
		{"the same again, with more", header + first + second, false, shiftlog.Loaded{Rows: 1, There: 1, Kept: true}, []string{}, 2},
		{"another word on the same shift", header + "2026-02-27 06:00,2026-02-27 14:00,press,GB-390,1000,971\n", false,
			shiftlog.Loaded{Rows: 1}, []string{"A2 already_there"}, 2},
		{"only warnings", header[:len(header)-1] + ",weather\n2026-02-26 06:00,2026-02-26 14:00,press,GB-390,1,1,rain\n", false,
			shiftlog.Loaded{Rows: 1, Kept: true}, []string{"G1 unknown_column"}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, problems := load(t, h.Log, tt.try, tt.text)
			if got.Rows != tt.want.Rows || got.There != tt.want.There || got.Kept != tt.want.Kept {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if n := len(entries(t, h.Log)); n != tt.entries {
				t.Errorf("%d entries in the log, want %d", n, tt.entries)
			}
		})
	}
	if e := entries(t, h.Log)[1]; e.Source != "march.csv:2" || e.By != "Lan" || *e.Good != 970 {
		t.Errorf("%+v", e)
	}
	var unreadable *shifttable.Unreadable
	if _, err := h.Log.Load(t.Context(), press, "Lan", "x.csv", []byte("a,b\n1,2\n"), false); !errors.As(err, &unreadable) || unreadable.Code != shifttable.NoHeader {
		t.Errorf("got %v", err)
	}
}

// TestLoadMany loads ten years of three shifts a day.
func TestLoadMany(t *testing.T) {
	h := collectortest.OpenHall(t, collectortest.Morning)
	h.Remember()
	var text strings.Builder
	text.WriteString(header)
	at := time.Date(2016, 1, 1, 6, 0, 0, 0, press.Zone)
	for range 10 * 365 * 3 {
		fmt.Fprintf(&text, "%s,%s,press,GB-390,1000,970\n", at.Format(time.RFC3339), at.Add(8*time.Hour).Format(time.RFC3339))
		at = at.Add(8 * time.Hour)
	}
	got, problems := load(t, h.Log, false, text.String())
	if len(problems) > 0 || !got.Kept || len(entries(t, h.Log)) != 10950 {
		t.Errorf("%d rows, kept %t, %v", got.Rows, got.Kept, problems)
	}
}
