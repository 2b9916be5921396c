package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/edge/edgetest"
	"github.com/lineproof/lineproof/internal/influxtest"
)

// What the records are known to hold: items, and seconds in manual (held), automatic (execute) and alarm.
var known = map[string]machineTotals{
	"asset-0": {12223, map[string]float64{"held": 23092, "execute": 157868}},
	"asset-1": {12940, map[string]float64{"held": 124044, "execute": 136363, "aborted": 1406}},
	"asset-2": {14904, map[string]float64{"held": 192937, "execute": 166261, "aborted": 8329}},
}

type machineTotals struct {
	Items  int64
	States map[string]float64
}

// records finds the recorded machines, which are not part of the project.
func records(t *testing.T) string {
	t.Helper()
	file, err := filepath.Abs("../../../shared/data/sme_machines.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Skip("the records of three real machines (sme_machines.csv) are not on this machine")
	}
	return file
}

// workshop is recorded machines, an agent and a collector as processes, with Mosquitto between them.
type workshop struct {
	t         *testing.T
	broker    *edgetest.Broker
	agent     *process
	collector *process
	agentFile string
	serveFile string
	base      string
}

func openWorkshop(t *testing.T, series string) *workshop {
	w := &workshop{t: t, broker: edgetest.StartBroker(t)}
	dir := t.TempDir()
	w.agentFile, w.serveFile = filepath.Join(dir, "agent.yaml"), filepath.Join(dir, "collector.yaml")
	sim := start(t, "lineproof", "sim", "--replay", records(t), "--listen", "127.0.0.1:0", "--config", w.agentFile)
	sim.says(`^modbus: tcp://(.+)$`)
	config, err := os.ReadFile(w.agentFile)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("tcp://127.0.0.1:1883", w.broker.URL, "./replay-01", filepath.Join(dir, "agent"), "batch: 10s", "batch: 500ms").Replace(string(config))
	write(t, w.agentFile, text)

	key := strings.Fields(start(t, "lineproof-edge", "key", "--config", w.agentFile).says(`(replay-01 .+)`))
	write(t, w.serveFile, fmt.Sprintf("dir: %s\nhttp: 127.0.0.1:0\nbroker: {url: %q}\n%sgateways:\n  %s: {key: %s}\n",
		filepath.Join(dir, "collector"), w.broker.URL, series, key[0], key[1]))
	w.startCollector()
	w.startAgent()
	return w
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w *workshop) startCollector() {
	w.collector = start(w.t, "lineproof", "serve", "--config", w.serveFile)
	w.base = w.collector.says(`^pages: +(http://.+)$`)
}

func (w *workshop) startAgent() {
	w.agent = start(w.t, "lineproof-edge", "run", "--config", w.agentFile)
}

// until waits until as many steps of the longest record are left as given, or fewer.
func (w *workshop) until(left float64) {
	w.t.Helper()
	seen := map[string]float64{}
	watch(w.t, func() string { return w.base }, "workshop", func(now board.LiveEvent) bool {
		most := 0.0
		for machine := range known {
			if v, ok := now.Values[machine+".left"].(float64); ok {
				seen[machine] = v
			}
			v, ok := seen[machine]
			if !ok {
				return false
			}
			most = max(most, v)
		}
		return most <= left
	})
}

// finish waits for the end of the records and for the last receipt.
func (w *workshop) finish() {
	w.t.Helper()
	w.until(0)
	w.agent.interrupt()
}

// totals asks the interface.
func (w *workshop) totals() map[string]machineTotals {
	w.t.Helper()
	found := map[string]machineTotals{}
	for _, r := range get[rows](w.t, w.base+"/api/v1/lines/workshop/kpi?from=2022-08-31T00:00:00Z&to=2022-10-01T00:00:00Z&by=machine").Rows {
		if r.ProducedQuantity == nil {
			w.t.Fatalf("%s: nothing is known", r.Machine)
		}
		found[r.Machine] = machineTotals{*r.ProducedQuantity, r.StateS}
	}
	return found
}

func TestReplayedRecordsComeOutExactly(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		w := openWorkshop(t, "")
		w.finish()
		if diff := cmp.Diff(known, w.totals()); diff != "" {
			t.Errorf("from the interface (-want +got):\n%s", diff)
		}
		w.gapsAreUnobserved()
	})
	t.Run("influxdb", func(t *testing.T) {
		db := influxtest.Start(t)
		w := openWorkshop(t, fmt.Sprintf("influx: {url: %q, bucket: %s/autogen}\n", db.URL, db.Database))
		w.finish()
		if diff := cmp.Diff(known, w.totals()); diff != "" {
			t.Errorf("from the interface (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(known, influxTotals(t, db)); diff != "" {
			t.Errorf("from InfluxDB itself (-want +got):\n%s", diff)
		}
	})
}

// gapsAreUnobserved holds the longest hole in the records, 204,000 s of asset 0, against the page.
func (w *workshop) gapsAreUnobserved() {
	w.t.Helper()
	type states struct{ Machines []board.MachineStates }
	longest := 0.0
	for _, m := range get[states](w.t, w.base+"/api/v1/lines/workshop/states?from=2022-08-31T22:00:00Z&to=2022-09-21T00:00:00Z").Machines {
		if m.ID != "asset-0" {
			continue
		}
		for _, s := range m.Spans {
			if s.State == nil {
				longest = max(longest, s.To.Sub(s.From).Seconds())
			}
		}
	}
	if longest < 203_900 || longest > 204_000 {
		w.t.Errorf("the longest unobserved span of asset-0 is %.0f s, want the 204,000 s between two rows less what the second says of itself", longest)
	}
}

// influxTotals asks the database itself, as anybody could.
func influxTotals(t *testing.T, db *influxtest.Server) map[string]machineTotals {
	t.Helper()
	var answer struct {
		Results []struct {
			Series []struct {
				Tags    map[string]string
				Columns []string
				Values  [][]any
			}
		}
	}
	text := db.Query(t, `SELECT sum(produced) AS produced, sum(held_ms) AS held, sum(execute_ms) AS execute, sum(aborted_ms) AS aborted FROM interval GROUP BY machine`)
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	found := map[string]machineTotals{}
	for _, s := range answer.Results[0].Series {
		totals := machineTotals{States: map[string]float64{}}
		for i, column := range s.Columns {
			v, _ := s.Values[0][i].(float64)
			switch column {
			case "time":
			case "produced":
				totals.Items = int64(v)
			default:
				if v != 0 {
					totals.States[column] = v / 1000
				}
			}
		}
		found[s.Tags["machine"]] = totals
	}
	return found
}

func TestKilledCollectorLosesAndDoublesNothing(t *testing.T) {
	w := openWorkshop(t, "")
	for _, left := range []float64{11_000, 7_000, 3_000} {
		w.until(left)
		w.collector.kill()
		w.startCollector()
	}
	w.finish()
	if diff := cmp.Diff(known, w.totals()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestKilledAgentLosesAndDoublesNoItem(t *testing.T) {
	w := openWorkshop(t, "")
	for _, left := range []float64{11_000, 7_000, 3_000} {
		w.until(left)
		w.agent.kill()
		w.startAgent()
	}
	w.finish()
	for machine, got := range w.totals() {
		if want := known[machine].Items; got.Items != want {
			t.Errorf("%s: %d items, want %d", machine, got.Items, want)
		}
		// What it had read and not yet sealed is gone: those seconds are unobserved, never invented.
		for state, seconds := range got.States {
			if most := known[machine].States[state]; seconds > most {
				t.Errorf("%s: %v s in %s, more than the %v s that there were", machine, seconds, state, most)
			}
		}
	}
}
