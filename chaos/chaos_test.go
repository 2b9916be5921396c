package chaos

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
)

// What a run is made of, from the environment: a short one belongs to all tests, a long one is asked for.
//
//	LINEPROOF_CHAOS_FAULTS   faults of each seed; 12
//	LINEPROOF_CHAOS_SEEDS    how many seeds; 1
//	LINEPROOF_CHAOS_SEED     the first of them; 1
//	LINEPROOF_CHAOS_STORES   sqlite, influxdb or both with a comma between; sqlite
//	LINEPROOF_CHAOS_ONLY     names of the kinds of faults to draw, with ; between; all
//	LINEPROOF_CHAOS_REPORT   file to write what was found to
//	LINEPROOF_CHAOS_LOGS     folder to keep the processes' logs in
func setting(t *testing.T, name string, unset int) int {
	text := os.Getenv("LINEPROOF_CHAOS_" + name)
	if text == "" {
		return unset
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("LINEPROOF_CHAOS_%s=%s: want a number from 1 on", name, text)
	}
	return n
}

func TestChaos(t *testing.T) {
	faults, seeds, first := setting(t, "FAULTS", 12), setting(t, "SEEDS", 1), setting(t, "SEED", 1)
	stores := os.Getenv("LINEPROOF_CHAOS_STORES")
	if stores == "" {
		stores = "sqlite"
	}
	commit()
	var all []*outcome
	for _, store := range strings.Split(stores, ",") {
		for seed := first; seed < first+seeds; seed++ {
			all = append(all, &outcome{store: store, seed: uint64(seed)})
		}
	}
	var reported sync.Mutex              // after each run, so that one that hangs does not take the others' along
	t.Run("stores", func(t *testing.T) { // at the same time
		for _, store := range strings.Split(stores, ",") {
			t.Run(store, func(t *testing.T) {
				t.Parallel()
				for _, o := range all {
					if o.store == store {
						o.run(t, faults)
						reported.Lock()
						o.done = true
						report(t, slices.DeleteFunc(slices.Clone(all), func(o *outcome) bool { return !o.done }))
						reported.Unlock()
					}
				}
			})
		}
	})
}

// run is one seed on one store.
func (o *outcome) run(t *testing.T, faults int) {
	t.Run(fmt.Sprintf("seed-%d", o.seed), func(t *testing.T) {
		defer func() { o.failed = t.Failed() }()
		run(t, o, faults)
	})
}

// run does everything that belongs to one seed and one store.
func run(t *testing.T, o *outcome, n int) {
	r := newRig(t, o.store, o.seed)
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		o.faults, o.findings = r.struck, r.findings
	}()
	o.without = r.without()
	r.log("seed %d, %d faults, views in %s", o.seed, n, o.store)
	r.start()
	r.strike(r.draw(n))
	r.finish()
	r.compare(o)
}

// start lets everything begin while the plant stands still, so that counting begins at a known moment.
func (r *rig) start() {
	r.collector = keep(r.t, r.dir, r.collector)
	r.agent = keep(r.t, r.dir, r.agent)
	eventually(r.t, time.Minute, "the first readings are stored", func() error {
		g, err := r.gateway()
		if err != nil {
			return err
		}
		for name := range polls {
			if !g.Devices[name].OK {
				return fmt.Errorf("%s is not read", name)
			}
		}
		if g.Stored < 3 {
			return fmt.Errorf("%d batches stored", g.Stored)
		}
		return nil
	})
	go r.watchLoad(r.t.Context())
	r.windows.begin("plant", "plant dead", time.Now())
	r.sim.hold()
	r.setUntil(time.Time{})
	r.sim.release()
	if err := r.sim.works(30 * time.Second); err != nil {
		r.t.Fatal(err)
	}
	r.free = time.Now()
}

func (r *rig) setUntil(t time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until = t
}

// finish stops the plant's life, waits until all of it has arrived, and ends everything in good order.
func (r *rig) finish() {
	r.windows.begin("plant", "plant dead", time.Now())
	r.sim.hold()
	r.ended = time.Now().Truncate(time.Millisecond).Add(time.Millisecond)
	r.setUntil(r.ended)
	r.sim.release()
	for _, p := range []*process{r.sim, r.broker, r.agent, r.collector, r.influx} {
		if p == nil {
			continue
		}
		if err := p.works(time.Minute); err != nil {
			r.t.Fatal(err)
		}
	}
	r.log("all is healed; waiting for what is under way")
	want := openBooks(r.t, r.plant, r.ended)
	defer r.whose()
	eventually(r.t, arrival, "everything arrives", func() error { return r.arrived(want) })
	sealed := r.endAgent()
	eventually(r.t, arrival, "the last batch is stored", func() error {
		g, err := r.gateway()
		if err == nil && g.Stored < sealed {
			err = fmt.Errorf("%d of %d stored", g.Stored, sealed)
		}
		return err
	})
	r.products(want)
	r.leftovers()
	if err := r.collector.stop(time.Minute); err != nil {
		r.t.Errorf("the collector's end: %v", err)
	}
}

// whose tells of a run that failed before the comparison what the gateway sees, and whether it is the views that
// are not as the ledger says, or what was sent.
func (r *rig) whose() {
	if !r.t.Failed() {
		return
	}
	g, err := r.gateway()
	r.log("the gateway: %+v, %v", g, err)
	if err := r.collector.stop(time.Minute); err != nil {
		r.t.Errorf("the collector's end: %v", err)
	}
	if to := os.Getenv("LINEPROOF_CHAOS_LOGS"); to != "" {
		if err := os.CopyFS(filepath.Join(to, fmt.Sprintf("%s-%d-collector", r.store, r.seed)), os.DirFS(r.collectorDir)); err != nil {
			r.t.Error(err)
		}
	}
	batches, err := r.rebuild()
	r.log("views made again from %d batches: %v", batches, err)
}

// arrival is how long everybody may take to find each other again: the collector's client waits up to 30 s
// between two attempts to connect.
const arrival = 3 * time.Minute

// endAgent ends the agent, which waits for its last receipt, and gives the number of its last batch.
func (r *rig) endAgent() (sealed uint64) {
	r.t.Helper()
	if err := r.agent.stop(2 * time.Minute); err != nil {
		r.t.Errorf("the agent's end: %v", err)
	}
	var received uint64
	if _, err := fmt.Sscanf(r.agent.said(), agentEnded, &sealed, &received); err != nil {
		r.t.Fatalf("the agent's last words: %q", r.agent.said())
	}
	if received != sealed {
		r.t.Errorf("the agent sealed %d batches and has receipts for %d", sealed, received)
	}
	return sealed
}

func (r *rig) gateway() (g board.Gateway, err error) {
	var answer struct{ Gateways []board.Gateway }
	if err := get(r.base+"/api/v1/gateways", &answer); err != nil {
		return g, err
	}
	if len(answer.Gateways) != 1 {
		return g, errors.New("not one gateway")
	}
	return answer.Gateways[0], nil
}

// arrived tells what differs yet between the collector's pages and the books.
func (r *rig) arrived(want *books) error {
	var views board.Views
	if err := get(r.base+"/api/v1/collector", &views); err != nil {
		return err
	}
	if views.InDoubt > 0 {
		return fmt.Errorf("%d intervals are in doubt", views.InDoubt)
	}
	rows, err := r.rows("machine")
	if err != nil {
		return err
	}
	if len(rows) != len(machines) {
		return fmt.Errorf("%d machines", len(rows))
	}
	for _, row := range rows {
		of := want.of(row.Machine, r.begin, r.ended)
		if row.ProducedQuantity == nil || *row.ProducedQuantity != of.Produced {
			return fmt.Errorf("%s: %v produced, want %d", row.Machine, deref(row.ProducedQuantity), of.Produced)
		}
		if row.Machine == "press" && (*row.ScrapQuantity != of.Rejects || row.EnergyKWh == nil || int64(*row.EnergyKWh*3.6e6+0.5) != of.EnergyJ) {
			return fmt.Errorf("%s: %d rejects, %v kWh, want %d and %d J", row.Machine, *row.ScrapQuantity, deref(row.EnergyKWh), of.Rejects, of.EnergyJ)
		}
	}
	return nil
}

// products asks the pages what was made of the line's product.
func (r *rig) products(want *books) {
	rows, err := r.rows("product")
	if err != nil {
		r.t.Fatal(err)
	}
	of := want.of("press", r.begin, r.ended)
	if len(rows) != 1 || rows[0].Product != "GB-390" || *rows[0].ProducedQuantity != of.Produced || *rows[0].GoodQuantity != of.Good() {
		r.t.Errorf("by product the pages say %+v, the books %+v", rows, of)
	}
}

func deref[T any](v *T) any {
	if v == nil {
		return "nothing"
	}
	return *v
}

// client gives up on a collector that does not answer, as one whose database is silent.
var client = http.Client{Timeout: 10 * time.Second}

func get(url string, answer any) error {
	res, err := client.Get(url)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", res.Status, body)
	}
	return json.Unmarshal(body, answer)
}

// rebuild makes the views again and tells whether they were as the ledger says.
func (r *rig) rebuild() (batches int, err error) {
	binary, err := program()
	if err != nil {
		return 0, err
	}
	out, err := exec.Command(binary, "rebuild", "--config", r.serving).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%w: %s", err, out)
	}
	if m := regexp.MustCompile(`(?m)^batches: (\d+)$`).FindSubmatch(out); m != nil {
		batches, _ = strconv.Atoi(string(m[1]))
	}
	if !strings.Contains(string(out), "the views were as the ledger says") {
		return batches, fmt.Errorf("%s", out)
	}
	return batches, nil
}

// ledgerDir is where the collector keeps its ledger.
func (r *rig) ledgerDir() string { return filepath.Join(r.collectorDir, "ledger") }
