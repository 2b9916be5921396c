package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/lineproof/lineproof/collector/kpi"
)

// rows are of two hours: one with figures that do not end, and one in which nobody looked.
func rows(t *testing.T) []kpi.Row {
	t.Helper()
	from := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)
	n := func(i int64) *int64 { return &i }
	f := func(v float64) *float64 { return &v }
	return []kpi.Row{
		{
			From: from, To: from.Add(time.Hour), Shift: "=cmd()", ProducedQuantity: n(9_007_199_254_740_991), GoodQuantity: n(-3), QualityRatio: f(1. / 3),
			PlannedBusyTimeS: 3600, ObservedBusyTimeS: 3599.999, OEE: f(2. / 7), Flags: []string{"oee_over_1", "counter_reset"}, MicroStops: 7,
		},
		{From: from.Add(time.Hour), To: from.Add(2 * time.Hour), Shift: "ca sáng", PlannedBusyTimeS: 3600},
	}
}

func zone(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestCSV(t *testing.T) {
	var out bytes.Buffer
	if err := CSV(&out, rows(t), zone(t)); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(lines) != 3 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	first, second := map[string]string{}, map[string]string{}
	for n, name := range lines[0] {
		first[name], second[name] = lines[1][n], lines[2][n]
	}
	for name, want := range map[string]string{
		"from": "2026-03-02T06:00:00+07:00", "shift": "'=cmd()", "produced_quantity": "9007199254740991", "good_quantity": "-3",
		"quality_ratio": "0.3333333333333333", "observed_busy_time_s": "3599.999", "flags": "oee_over_1 counter_reset", "scrap_quantity": "",
	} {
		if first[name] != want {
			t.Errorf("%s: %q, want %q", name, first[name], want)
		}
	}
	if second["produced_quantity"] != "" || second["oee"] != "" || second["planned_busy_time_s"] != "3600" {
		t.Errorf("nobody looked: %v", second)
	}
	if _, there := first["machine"]; there {
		t.Error("a column for machines that no row has")
	}
}

// TestXLSXHoldsTheSameFigures opens the file and holds each cell against what the interface sends.
func TestXLSXHoldsTheSameFigures(t *testing.T) {
	for _, lang := range []string{"vi", "en"} {
		var out bytes.Buffer
		if err := XLSX(&out, rows(t), Sheet{Title: "Dây chuyền gạch", Zone: zone(t), Lang: lang}); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		names, err := words(lang)
		if err != nil {
			t.Fatal(err)
		}
		cells, err := f.GetRows(names["sheet"], excelize.Options{RawCellValue: true})
		if err != nil || len(cells) != headRow+2 || cells[0][0] != "Dây chuyền gạch" {
			t.Fatalf("%d rows, %v", len(cells), err)
		}
		for n, row := range rows(t) {
			sheetRow(t, row, cells[headRow-1], cells[headRow+n], names)
		}
	}
}

func sheetRow(t *testing.T, row kpi.Row, head, cells []string, names map[string]string) {
	t.Helper()
	text, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	var sent map[string]any
	if err := json.Unmarshal(text, &sent); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, c := range figures {
		at := slices.Index(head, names[c.name])
		if at < 0 || c.kind == asText || c.kind == moment {
			continue
		}
		cell := ""
		if at < len(cells) {
			cell = cells[at]
		}
		if sent[c.name] == nil {
			if cell != "" {
				t.Errorf("%s: %q, want nothing", c.name, cell)
			}
			continue
		}
		got, err := strconv.ParseFloat(cell, 64)
		if err != nil || got != sent[c.name].(float64) {
			t.Errorf("%s: %q, the interface sends %v", c.name, cell, sent[c.name])
		}
		compared++
	}
	if compared < 5 {
		t.Errorf("only %d cells compared", compared)
	}
}

const asText = text // for a function with a text of its own

func TestBothLanguagesNameEveryColumn(t *testing.T) {
	want := []string{"sheet", "zone"}
	for _, c := range figures {
		want = append(want, c.name)
	}
	slices.Sort(want)
	for _, lang := range []string{"vi", "en"} {
		names, err := words(lang)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(names))); diff != "" {
			t.Errorf("%s: %s", lang, diff)
		}
		if values := slices.Compact(slices.Sorted(maps.Values(names))); len(values) != len(names) {
			t.Errorf("%s: two columns have one name", lang)
		}
	}
	if _, err := words("fr"); err == nil || fmt.Sprint(err) != `language "fr": there are vi and en` {
		t.Errorf("got %v", err)
	}
}

// TestEveryFigureOfARowIsAColumn finds one that was forgotten.
func TestEveryFigureOfARowIsAColumn(t *testing.T) {
	text, err := json.Marshal(kpi.Row{Shift: "x", Machine: "x", Product: "x", Order: "x"})
	if err != nil {
		t.Fatal(err)
	}
	var sent map[string]any
	if err := json.Unmarshal(text, &sent); err != nil {
		t.Fatal(err)
	}
	for name := range sent {
		if name != "state_s" && !slices.ContainsFunc(figures, func(c column) bool { return c.name == name }) {
			t.Errorf("%s has no column", name)
		}
	}
}
