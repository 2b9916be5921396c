package chaos

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	blockpress "github.com/lineproof/lineproof/lines/block-press"
	"github.com/lineproof/lineproof/record"
)

const (
	gateway = "huu-lung-01"
	batch   = time.Second // how often the agent seals
	timeout = 250 * time.Millisecond
	// bucket is where InfluxDB keeps the views.
	bucket = "chaos"
	// late is how long a network may keep what was written to InfluxDB: longer than any fault lasts.
	late = 25 * time.Second
)

// polls is how often the agent reads each device.
var polls = map[string]time.Duration{"press": 400 * time.Millisecond, "mixer": time.Second, "meter": time.Second}

// rig is everything of one run.
type rig struct {
	t     *testing.T
	seed  uint64
	store string // "sqlite" or "influxdb"
	dir   string // of logs and configurations
	base  string // of the collector's interface

	plant plant
	begin time.Time // the plant stands still until then in the agent's eyes; counting begins
	free  time.Time // it is seen to live from then on
	ended time.Time // it stands still again

	sim, agent, broker, collector, influx      *process
	toPlant, toBroker, fromBroker, toInflux    *proxy
	mount                                      *mount // the agent's disk; nil where none can be mounted
	agentDir, collectorDir, agentFile, serving string
	keys                                       record.Keyring
	windows                                    windows
	doubts                                     []record.Span // in which times may be vague

	mu       sync.Mutex
	kernel   kernel
	unsynced int       // faults of the agent's clock under way
	until    time.Time // when the plant stands still; zero: it lives
	findings []string
	sick     int             // faults of the agent's disk under way
	sickened time.Time       // since when its disk takes nothing
	full     int             // faults of the collector's disk under way
	filled   bool            // whether its disk was ever full, so that batches may have been dropped
	harmed   map[uint64]bool // batches that were damaged on its disk
	struck   map[string]int
	heals    sync.WaitGroup
}

func newRig(t *testing.T, store string, seed uint64) *rig {
	r := &rig{t: t, seed: seed, store: store, dir: t.TempDir(), keys: record.Keyring{}, struck: map[string]int{}, harmed: map[uint64]bool{}}
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	r.begin = time.Now().Truncate(time.Millisecond)
	r.plant = plant{seed: seed, start: r.begin.Add(-10 * time.Minute)}
	r.until = r.begin
	t.Cleanup(r.showLogs)
	r.clock(func(k *kernel) {
		boot(k)
		k.Synced = true
	})
	r.disks()
	r.network(binary)
	r.configureAgent()
	r.configureCollector(binary)
	return r
}

// disks gives agent and collector disks of their own.
func (r *rig) disks() {
	r.collectorDir = filepath.Join(r.t.TempDir(), "collector")
	if !smallDisk(r.t, r.collectorDir) {
		r.log("the collector's disk cannot be full: only root can mount one")
		r.collectorDir += "-data"
	}
	r.agentDir = filepath.Join(r.t.TempDir(), "agent")
	if err := canMount(); err != nil {
		r.log("no power cuts: %v", err)
		return
	}
	r.mount = mounted(r.t, newDisk())
	r.agentDir = filepath.Join(r.mount.dir, "agent")
}

// network starts plant, broker and database, each behind its proxies.
func (r *rig) network(binary string) {
	sim, broker := freePort(r.t), freePort(r.t)
	r.sim = r.keep(&process{
		name: "plant", ready: regexp.MustCompile(`^modbus: `), onReady: func() { r.windows.end("plant", time.Now().Add(startResting)) },
		command: func() *exec.Cmd {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.plant.command(binary, local(sim), r.until)
		},
	})
	r.broker = r.keep(mosquitto(r.t, r.dir, broker))
	r.toPlant = startProxy(r.t, "127.0.0.1:0", local(sim), r.seed)
	r.toBroker = startProxy(r.t, "127.0.0.1:0", local(broker), r.seed+1)
	r.fromBroker = startProxy(r.t, "127.0.0.1:0", local(broker), r.seed+2)
	if r.store == "influxdb" {
		port := freePort(r.t)
		r.influx = r.keep(influxd(r.t, r.dir, port))
		r.toInflux = startProxy(r.t, "127.0.0.1:0", local(port), r.seed+3)
		createDatabase(r.t, "http://"+local(port), bucket)
	}
}

func (r *rig) keep(p *process) *process {
	p.found = r.find
	return keep(r.t, r.dir, p)
}

// configureAgent is the line's own configuration with other addresses and the plant's pace.
func (r *rig) configureAgent() {
	shift := r.begin.Add(-time.Hour).Truncate(time.Minute).UTC() // all along
	text := strings.NewReplacer(
		"tcp://127.0.0.1:1502", "tcp://"+r.toPlant.ln.Addr().String(),
		"tcp://127.0.0.1:1883", "tcp://"+r.toBroker.ln.Addr().String(),
		"/var/lib/lineproof-edge", r.agentDir,
		"batch: 10s", "batch: "+batch.String(),
		"    timeout: 1s\n", "",
		"    every: 1s ", fmt.Sprintf("    timeout: %s\n    every: %s ", timeout, polls["press"]),
		"    every: 5s", fmt.Sprintf("    timeout: %s\n    every: %s", timeout, polls["mixer"]),
		"    every: 10s", fmt.Sprintf("    timeout: %s\n    every: %s", timeout, polls["meter"]),
		"planned_cycle: 15s", "planned_cycle: 1500ms",
		"planned_cycle: 105s", "planned_cycle: 10500ms",
		"max_rate: 0.05", "max_rate: 0.5",
		"    calendar:\n", fmt.Sprintf("    calendar:\n      extra:\n        - {name: chaos, from: %s, to: %s}\n",
			shift.Format(time.RFC3339), shift.Add(record.LongestShift).Format(time.RFC3339)),
	).Replace(string(blockpress.Config()))
	r.agentFile = filepath.Join(r.dir, "agent.yaml")
	writeFile(r.t, r.agentFile, text)
	r.agent = &process{
		name: "agent", ready: regexp.MustCompile("^" + agentReady), found: r.find,
		onReady: func() { r.windows.end("agent", time.Now()) },
		command: func() *exec.Cmd { return r.self(agentEnv) },
	}
}

// self is this program again, as the agent's.
func (r *rig) self(env string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), env+"="+r.agentFile, clockEnv+"="+r.clockFile())
	return cmd
}

func (r *rig) configureCollector(binary string) {
	var said bytes.Buffer
	ask := r.self(keyEnv)
	ask.Stderr = &said
	out, err := ask.Output()
	if err != nil {
		r.t.Fatalf("the gateway's key: %v: %s", err, &said)
	}
	name, key, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	public, err := base64.StdEncoding.DecodeString(key)
	if err != nil || name != gateway {
		r.t.Fatalf("the gateway's key: %q", out)
	}
	r.keys.Add(gateway, ed25519.PublicKey(public))
	http := local(freePort(r.t))
	r.base = "http://" + http
	text := fmt.Sprintf("dir: %s\nhttp: %s\nbroker: {url: \"tcp://%s\"}\ngateways:\n  %s: {key: %s}\n", r.collectorDir, http, r.fromBroker.ln.Addr(), gateway, key)
	if r.toInflux != nil {
		text += fmt.Sprintf("influx: {url: \"http://%s\", bucket: %s/autogen, late: %s}\n", r.toInflux.ln.Addr(), bucket, late)
	}
	r.serving = filepath.Join(r.dir, "collector.yaml")
	writeFile(r.t, r.serving, text)
	r.collector = &process{
		name: "collector", ready: regexp.MustCompile(`^pages: `), found: r.find,
		command: func() *exec.Cmd { return exec.Command(binary, "serve", "--config", r.serving) },
	}
}

// find notes what should not have happened, and tells each kind of it once.
func (r *rig) find(what string) {
	r.mu.Lock()
	like := changing.ReplaceAllString(what, "")
	told := slices.ContainsFunc(r.findings, func(f string) bool { return changing.ReplaceAllString(f, "") == like })
	r.findings = append(r.findings, what)
	r.mu.Unlock()
	if !told {
		r.log("FOUND %s", what)
	}
}

func (r *rig) log(format string, args ...any) {
	r.t.Logf("%s "+format, append([]any{time.Now().Format(stamp)}, args...)...)
}

// showLogs shows the ends of all logs of a run that failed, and keeps all where the environment says.
func (r *rig) showLogs() {
	files, err := filepath.Glob(filepath.Join(r.dir, "*.log"))
	if err != nil {
		r.t.Error(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			r.t.Error(err)
			continue
		}
		if to := os.Getenv("LINEPROOF_CHAOS_LOGS"); to != "" {
			writeFile(r.t, filepath.Join(to, fmt.Sprintf("%s-%d-%s", r.store, r.seed, filepath.Base(file))), string(text))
		}
		if r.t.Failed() {
			r.t.Logf("%s:\n%s", filepath.Base(file), text[max(0, len(text)-2500):])
		}
	}
}
