package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/programme"
	"github.com/lineproof/lineproof/collector/programme/programmetest"
)

// TestDemo runs the demonstration as a person would: history, live page, a click through it in Chromium,
// a power cut, and the next start.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	begun := time.Now()
	demo := start(t, "lineproof", "demo", "--dir", dir, "--http", "127.0.0.1:0")
	base := demo.says(`Lineproof runs: (http://.+)$`)
	t.Logf("eight weeks of history and the page: %.0f s", time.Since(begun).Seconds())

	type lines struct{ Lines []board.Line }
	line := get[lines](t, base+"/api/v1/lines").Lines[0]
	watch(t, func() string { return base }, line.ID, func(now board.LiveEvent) bool {
		for _, m := range now.Machines {
			if m.Output && m.State != nil {
				return true
			}
		}
		return false
	})
	before, after := weeks(t, base, line)
	t.Run("the investment shows", func(t *testing.T) {
		within(t, "quality before", *before.QualityRatio, 0.90, 0.92)
		within(t, "quality after", *after.QualityRatio, 0.968, 0.976)
		within(t, "blocks a working hour before", hourly(before), 1000, 1400)
		within(t, "blocks a working hour after", hourly(after), 4800, 5800)
		within(t, "coverage before", *before.Coverage, 0.999, 1)
		within(t, "coverage after", *after.Coverage, 0.995, 1)
		within(t, "OEE after", *after.OEE, 0.75, 0.95)
		if before.LateQuantity != 0 || before.SuspectQuantity != 0 {
			t.Errorf("before: %d late, %d suspect, want none of either", before.LateQuantity, before.SuspectQuantity)
		}
	})
	t.Run("the OEE opens down to counts and seconds", func(t *testing.T) {
		explained(t, after)
	})
	if os.Getenv("PICTURES") != "" { // before anybody has clicked on anything
		t.Run("pictures", func(t *testing.T) { node(t, "e2e/pictures.mjs", base) })
		return
	}
	t.Run("Chromium", func(t *testing.T) { node(t, "e2e/run.mjs", base, "PORTFOLIO="+portfolio(t)) })

	produced := *after.ProducedQuantity
	demo.kill()
	demo = start(t, "lineproof", "demo", "--dir", dir, "--http", "127.0.0.1:0")
	base = demo.says(`Lineproof runs: (http://.+)$`)
	_, after = weeks(t, base, line)
	if *after.ProducedQuantity < produced {
		t.Errorf("after a power cut %d blocks, fewer than the %d there were", *after.ProducedQuantity, produced)
	}
	if _, err := os.Stat(filepath.Join(dir, "demo.json")); err != nil {
		t.Error(err)
	}
	demo.interrupt()
}

// node runs a script of the web app's folder against a running Lineproof.
func node(t *testing.T, script, url string, more ...string) {
	t.Helper()
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", script)
	cmd.Dir = "../../dashboards"
	cmd.Env = append(append(os.Environ(), "LINEPROOF_URL="+url, "LINEPROOF="+filepath.Join(dir, "lineproof")), more...)
	out, err := cmd.CombinedOutput()
	if t.Logf("%s", out); err != nil {
		t.Error(err)
	}
}

// portfolio writes 400 projects with 1,600 machines as a workbook, and beside it what they add up to.
func portfolio(t *testing.T) string {
	t.Helper()
	rules, err := programme.Default()
	if err != nil {
		t.Fatal(err)
	}
	made := programmetest.New(rules, 400, 1600, 7)
	var book bytes.Buffer
	if err := rules.WriteSheet(&book, "xlsx", "vi", made.Projects); err != nil {
		t.Fatal(err)
	}
	sums, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "de-an.xlsx")
	if err := errors.Join(os.WriteFile(file, book.Bytes(), 0o644), os.WriteFile(strings.TrimSuffix(file, "xlsx")+"json", sums, 0o644)); err != nil {
		t.Fatal(err)
	}
	return file
}

// weeks asks for the KPIs of the four weeks before the investment and of those after.
func weeks(t *testing.T, base string, line board.Line) (before, after kpi.Row) {
	t.Helper()
	zone, err := time.LoadLocation(line.Timezone)
	if err != nil {
		t.Fatal(err)
	}
	y, m, d := line.DataFrom.In(zone).Date()
	investment := time.Date(y, m, d+historyDays/2, 0, 0, 0, 0, zone)
	ask := func(from, to time.Time) kpi.Row {
		q := url.Values{"from": {from.Format(time.RFC3339)}, "to": {to.Format(time.RFC3339)}, "explain": {"true"}}
		return get[rows](t, fmt.Sprintf("%s/api/v1/lines/%s/kpi?%s", base, line.ID, q.Encode())).Rows[0]
	}
	return ask(investment.AddDate(0, 0, -historyDays/2), investment), ask(investment, time.Now().Add(time.Hour))
}

func hourly(r kpi.Row) float64 { return float64(*r.GoodQuantity) / (r.PlannedBusyTimeS / 3600) }

func within(t *testing.T, what string, got, low, high float64) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("%s: %v, want %v to %v", what, got, low, high)
	}
}

// explained multiplies the OEE out by hand from the counts and seconds that the row gives.
func explained(t *testing.T, r kpi.Row) {
	t.Helper()
	terms := map[string]float64{}
	for _, e := range r.Explain {
		for _, term := range e.Terms {
			if term.Value != nil {
				terms[term.Name] = *term.Value
			}
		}
	}
	availability := terms["actual_production_time"] / terms["observed_busy_time"]
	effectiveness := terms["planned_run_time_per_item"] * (terms["produced_quantity"] - terms["late_quantity"]) / terms["actual_production_time"]
	quality := (terms["produced_quantity"] - terms["scrap_quantity"]) / terms["produced_quantity"]
	if want := availability * effectiveness * quality; math.Abs(want-*r.OEE) > 1e-9 {
		t.Errorf("OEE %v, by hand from its terms %v", *r.OEE, want)
	}
	if cycles := terms["cycles"] * terms["units_per_cycle"]; cycles != terms["produced_quantity"] {
		t.Errorf("cycles times units per cycle are %v, the produced quantity %v", cycles, terms["produced_quantity"])
	}
}
