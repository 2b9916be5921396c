package doctor_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/doctor"
	"github.com/lineproof/lineproof/edge/edgetest"
	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/dirlock"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2027, 2, 1, 6, 0, 0, 0, time.UTC)

// serve answers for a press as unit 1 until the test ends.
func serve(t *testing.T) (address string) {
	t.Helper()
	press := &plc.Image{}
	press.Put(plc.Holding, 100, 7)
	press.PutFloat(plc.Input, 30, 18.5, plc.ABCD)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := plc.Serve(ctx, ln, map[uint8]plc.Unit{1: press}); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		done.Wait()
	})
	return ln.Addr().String()
}

// config is an agent's configuration with these devices, each a line of YAML.
func config(t *testing.T, dir, broker string, devices ...string) *edge.Config {
	t.Helper()
	text := fmt.Sprintf("gateway: huu-lung-01\nsite: s\ntimezone: Asia/Ho_Chi_Minh\ndir: %s\nuplink: {broker: %q, batch: 100ms}\ndevices:\n  %s\n",
		dir, broker, strings.Join(devices, "\n  "))
	c, err := edge.Parse("agent.yaml", []byte(text), map[string]drivers.Kind{"modbus": modbus.Kind()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// options are those of a machine on which all is well.
func options() doctor.Options {
	return doctor.Options{
		Now: func() time.Time { return now },
		ClockSource: func() record.Clock {
			return record.Clock{State: record.ClockSynchronised, ErrorBound: 3 * time.Millisecond}
		},
		Free: func(string) int64 { return 8 << 30 },
	}
}

// said is one area of a report in English: verdict, words, and what to do.
func said(t *testing.T, r doctor.Report, area doctor.Area) (lines []string) {
	t.Helper()
	en, err := tongue.New(tongue.English)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.In(en).Findings {
		if f.Area != area {
			continue
		}
		line := string(f.Verdict) + ": " + f.What
		if f.Do != "" {
			line += " -> " + f.Do
		}
		lines = append(lines, line)
	}
	return lines
}

func TestAllIsWell(t *testing.T) {
	b := edgetest.StartSecureBroker(t)
	c := config(t, t.TempDir(), b.URL, "press: {driver: modbus, url: tcp://"+serve(t)+", signals: {cycles: {at: holding 100}, pressure: {at: input 30, type: float32, unit: MPa}}}")
	c.Uplink.CA, c.Uplink.Username, c.Uplink.PasswordFile = b.CA, edgetest.Username, b.PasswordFile
	c.Gateway = edgetest.Username
	o := options()
	o.Now = time.Now // against the broker's certificate
	r := doctor.Examine(t.Context(), c, o)
	if r.Worst() != doctor.Note {
		t.Errorf("verdict %s: %+v", r.Worst(), r.Findings)
	}
	for _, f := range r.Findings {
		if want := map[doctor.Area]doctor.Verdict{doctor.Agent: doctor.Note, doctor.Collector: doctor.Note}[f.Area]; f.Verdict != want && (want != "" || f.Verdict != doctor.OK) && f.What.Key() != "doctor.certificate" {
			t.Errorf("%s %s: %s %s %s", f.Area, f.Subject, f.Verdict, f.What.Key(), f.Cause)
		}
	}
	if got := said(t, r, doctor.Broker); len(got) != 2 || !strings.HasPrefix(got[1], "note: its certificate is valid until ") {
		t.Errorf("a certificate that ends tomorrow: %q", got)
	}
	en, _ := tongue.New(tongue.English)
	view := r.In(en).Signals
	if len(view) != 2 || view[0].Raw != "0007" || view[0].Text() != "7" || view[1].Text() != "18.5" || view[1].Unit != "MPa" {
		t.Errorf("signals %+v", view)
	}
}

func TestWiresEachWithWhatToDo(t *testing.T) {
	address := serve(t)
	for _, c := range []struct{ name, device, want string }{
		{"some signals", "press: {driver: modbus, url: tcp://" + address + ", signals: {cycles: {at: holding 100}, rejects: {at: holding 104}}}",
			"wrong: 1 of 2 signals have no value: rejects -> compare their addresses, tables and types with the manual; lineproof-edge scan --find finds a number that the display shows"},
		{"another unit", "press: {driver: modbus, url: tcp://" + address + ", unit: 9, signals: {cycles: {at: holding 100}}}",
			"wrong: the way is open, but the device does not answer -> is the unit number right, and does the device speak Modbus on this port? lineproof-edge scan URL shows which units answer"},
		{"nobody listens", "press: {driver: modbus, url: 'tcp://127.0.0.1:1', signals: {cycles: {at: holding 100}}}",
			"wrong: 127.0.0.1:1 is there, but nobody listens on that port -> switch Modbus TCP on in the device's settings; its port is mostly 502"},
		{"no such name", "press: {driver: modbus, url: 'tcp://press.invalid:502', signals: {cycles: {at: holding 100}}}",
			"wrong: the name press.invalid has no address -> use the device's IP address in url"},
		{"no adapter", "press: {driver: modbus, url: 'rtu:///dev/ttyNONE', signals: {cycles: {at: holding 100}}}",
			"wrong: there is no /dev/ttyNONE -> is the adapter plugged in? ls /dev/serial/by-id shows those that are: use such a name"},
		{"no serial port", "press: {driver: modbus, url: 'rtu:///dev/shm', signals: {cycles: {at: holding 100}}}",
			"wrong: /dev/shm is no serial port -> is the adapter plugged in? ls /dev/serial/by-id shows those that are: use such a name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := doctor.Examine(t.Context(), config(t, t.TempDir(), "tcp://127.0.0.1:1", c.device), options())
			if diff := cmp.Diff([]string{c.want}, said(t, r, doctor.Wire)[:1]); diff != "" {
				t.Error(diff)
			}
			if r.Worst() != doctor.Wrong {
				t.Errorf("verdict %s", r.Worst())
			}
		})
	}
}

const anyDevice = "press: {driver: modbus, url: 'tcp://127.0.0.1:1', signals: {cycles: {at: holding 100}}}"

func TestClockAndDisk(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*doctor.Options)
		area   doctor.Area
		want   string
	}{
		{"a good clock", func(*doctor.Options) {}, doctor.Clock, "ok: 2027-02-01 06:00, synchronised, right within 3 ms"},
		{"a free clock", func(o *doctor.Options) {
			o.ClockSource = func() record.Clock { return record.Clock{State: record.ClockFreeRunning} }
		}, doctor.Clock, "note: 2027-02-01 06:00, not synchronised; what is read is dated once a time server or the collector is heard -> "},
		{"after a power cut", func(o *doctor.Options) { o.Now = func() time.Time { return time.Unix(100, 0).UTC() } }, doctor.Clock,
			"wrong: it is not 1970-01-01 00:01 -> "},
		{"a vague clock", func(o *doctor.Options) {
			o.ClockSource = func() record.Clock {
				return record.Clock{State: record.ClockSynchronised, ErrorBound: 5 * time.Second}
			}
		}, doctor.Clock, "note: 2027-02-01 06:00, right only within 5 s -> "},
		{"room", func(*doctor.Options) {}, doctor.Disk, "ok: 8.0 GB free; 0 batches wait for a receipt; the spool has 0.0 KB"},
		{"little room", func(o *doctor.Options) { o.Free = func(string) int64 { return 200 << 20 } }, doctor.Disk, "note: 200.0 MB free; "},
		{"no room", func(o *doctor.Options) { o.Free = func(string) int64 { return 0 } }, doctor.Disk, "wrong: 0.0 KB free; "},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options()
			c.change(&o)
			r := doctor.Examine(t.Context(), config(t, t.TempDir(), "tcp://127.0.0.1:1", anyDevice), o)
			if got := said(t, r, c.area); len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
	r := doctor.Examine(t.Context(), config(t, filepath.Join(t.TempDir(), "none"), "tcp://127.0.0.1:1", anyDevice), options())
	if got := said(t, r, doctor.Disk); len(got) != 1 || !strings.HasPrefix(got[0], "note: does not exist yet") {
		t.Errorf("no directory: %q", got)
	}
}

func TestTheCollectorIsJudgedByItsReceipts(t *testing.T) {
	for _, c := range []struct {
		name             string
		sealed, received uint64
		age              time.Duration // of the batches
		want             string
	}{
		{"nothing yet", 0, 0, 0, "note: nothing has been sent yet"},
		{"just begun", 3, 0, 10 * time.Second, "note: 3 batches are sealed, no receipt yet"},
		{"never heard", 3, 0, time.Hour, "wrong: has never confirmed anything; 3 batches wait -> does the collector know this gateway's key?"},
		{"all received", 3, 3, time.Hour, "ok: confirmed everything up to batch 3, "},
		{"behind", 5, 2, time.Hour, "wrong: 3 batches wait; the last receipt came "},
		{"under way", 5, 4, time.Second, "ok: confirmed everything up to batch 4, "},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s, _, err := spool.Open(filepath.Join(dir, "spool"), spool.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for seq := uint64(1); seq <= c.sealed; seq++ {
				if _, _, err := s.Append(spool.Record{Seq: seq, At: now.Add(-c.age), Sealed: []byte{byte(seq)}}); err != nil {
					t.Fatal(err)
				}
			}
			if c.received > 0 {
				if err := s.Receive(c.received, record.HashOf([]byte{byte(c.received)})); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			r := doctor.Examine(t.Context(), config(t, dir, "tcp://127.0.0.1:1", anyDevice), options())
			if got := said(t, r, doctor.Collector); len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestARunningAgentShowsItself asks through the agent's own connections, again and again while it polls.
func TestARunningAgentShowsItself(t *testing.T) {
	b := edgetest.StartBroker(t)
	c := config(t, t.TempDir(), b.URL, "press: {driver: modbus, url: tcp://"+serve(t)+", every: 10ms, signals: {cycles: {at: holding 100}}}")
	agent, err := edge.New(c, edge.Options{Version: "v1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	look := agent.Look()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := agent.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	defer running.Wait()
	defer cancel()
	if got, want := dirlock.Holder(c.Dir), fmt.Sprint(os.Getpid()); got != want {
		t.Errorf("the directory is held by %q, want %s", got, want)
	}
	o := options()
	o.Look, o.Now = &look, time.Now
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(20 * time.Second); ; <-again.C {
		r := doctor.Examine(t.Context(), c, o)
		broker := said(t, r, doctor.Broker)
		if len(r.Signals) != 1 || r.Signals[0].Reading.Value.Int() != 7 {
			t.Fatalf("signals %+v", r.Signals)
		}
		if strings.HasSuffix(broker[0], "the agent holds the login") {
			if got := said(t, r, doctor.Agent); !strings.HasSuffix(got[0], "version v1.2.3") {
				t.Errorf("got %q", got)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the agent never reached its broker: %q", broker)
		}
	}
}

// TestAFullPortIsTold: two devices at 2400 baud need more than fits.
func TestAFullPortIsTold(t *testing.T) {
	slow := "driver: modbus, url: 'rtu:///dev/ttyNONE?baud=2400', every: 800ms, signals: {name: {at: holding 0, type: string(60)}}"
	r := doctor.Examine(t.Context(), config(t, t.TempDir(), "tcp://127.0.0.1:1", "a: {"+slow+"}", "b: {"+slow+", unit: 2}"), options())
	got := said(t, r, doctor.Wire)
	want := "note: its polls need at least 92 % of the time -> poll less often, use a higher baud rate, or read fewer registers: lineproof-edge check shows the plan"
	if len(got) != 3 || got[2] != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestAnUnconfirmedMapIsRepeated(t *testing.T) {
	o := options()
	o.Unconfirmed = func(edge.Device) string { return "found in one manual only" }
	r := doctor.Examine(t.Context(), config(t, t.TempDir(), "tcp://127.0.0.1:1", "press: {driver: modbus, url: tcp://"+serve(t)+", signals: {cycles: {at: holding 100}}}"), o)
	got := said(t, r, doctor.Wire)
	if want := "note: its register map is not confirmed -> compare each value with the device's display before relying on it"; len(got) != 2 || got[1] != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
