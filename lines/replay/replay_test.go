package replay

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/goburrow/modbus"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/lines/plc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, path string, o Options) *Recording {
	t.Helper()
	r, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// serve runs the recording's units on a free port for the length of the test.
func serve(t *testing.T, r *Recording) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- plc.Serve(ctx, ln, r.Units()) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// shown is one answer: all the registers of a unit.
type shown struct {
	at                                  time.Time
	items                               uint32
	status, cycle, power, product, left uint16
}

func (s shown) String() string {
	return fmt.Sprintf("%s items %d status %d cycle %d power %d product %d left %d",
		s.at.Format("15:04:05"), s.items, s.status, s.cycle, s.power, s.product, s.left)
}

func read(t *testing.T, c modbus.Client) shown {
	t.Helper()
	b, err := c.ReadHoldingRegisters(0, 9)
	if err != nil {
		t.Fatal(err)
	}
	word := func(i int) uint16 { return binary.BigEndian.Uint16(b[2*i:]) }
	return shown{
		at: time.Unix(int64(binary.BigEndian.Uint32(b)), 0).UTC(), items: binary.BigEndian.Uint32(b[4:]),
		status: word(4), cycle: word(5), power: word(6), product: word(7), left: word(8),
	}
}

func client(t *testing.T, address string, unit byte) modbus.Client {
	t.Helper()
	h := modbus.NewTCPClientHandler(address)
	h.SlaveId, h.IdleTimeout = unit, 0
	t.Cleanup(func() { h.Close() })
	return modbus.NewClient(h)
}

// walk reads a unit to its end.
func walk(t *testing.T, address string, unit byte) []shown {
	t.Helper()
	c := client(t, address, unit)
	var all []shown
	for {
		all = append(all, read(t, c))
		if all[len(all)-1].left == 0 {
			return all
		}
	}
}

func TestEachReadIsTheNextStep(t *testing.T) {
	r := open(t, "testdata/small.csv", Options{})
	address := serve(t, r)
	want := map[byte][]string{
		1: {
			"21:59:17 items 0 status 2 cycle 0 power 20 product 3 left 5",
			"22:00:00 items 4 status 1 cycle 43 power 25 product 3 left 4", // the next row begins at once
			"22:01:00 items 9 status 65535 cycle 43 power 25 product 3 left 3",
			"22:05:00 items 9 status 65535 cycle 0 power 0 product 3 left 2", // a row that looked at no time
			"22:09:50 items 9 status 2 cycle 12 power 30 product 4 left 1",
			"22:10:00 items 10 status 65535 cycle 12 power 30 product 4 left 0",
		},
		3: {
			"22:01:29 items 0 status 65535 cycle 0 power 10 product 1 left 3", // before anything was made
			"22:01:30 items 7 status 65535 cycle 0 power 10 product 1 left 2",
			"22:09:50 items 7 status 1 cycle 0 power 0 product 1 left 1",
			"22:10:10 items 9 status 65535 cycle 0 power 0 product 1 left 0",
		},
	}
	if got := slices.Sorted(maps.Keys(r.Units())); !slices.Equal(got, []byte{1, 3}) {
		t.Errorf("units %v, want 1 and 3", got)
	}
	for _, unit := range []byte{1, 3} {
		if r.Done() {
			t.Error("done before everything was read")
		}
		var got []string
		for _, s := range walk(t, address, unit) {
			got = append(got, s.String())
		}
		if diff := cmp.Diff(want[unit], got); diff != "" {
			t.Errorf("unit %d (-want +got)\n%s", unit, diff)
		}
	}
	if !r.Done() {
		t.Error("not done after everything was read")
	}
	if got := read(t, client(t, address, 1)).String(); got != want[1][5] {
		t.Errorf("after the end: got %s, want the last step again", got)
	}
}

func TestOnlyRegisterZeroMovesOn(t *testing.T) {
	r := open(t, "testdata/small.csv", Options{})
	c := client(t, serve(t, r), 1)
	for range 3 {
		if _, err := c.ReadHoldingRegisters(2, 2); err != nil {
			t.Fatal(err)
		}
		if _, err := c.ReadHoldingRegisters(0, 10); err == nil {
			t.Fatal("register 9 answered")
		}
	}
	if got := read(t, c); got.items != 0 || got.left != 5 {
		t.Errorf("got %s, want the first step", got)
	}
}

func TestSpeedFollowsTheClock(t *testing.T) {
	at := time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)
	c := clock.NewVirtual(at, 1)
	r := open(t, "testdata/small.csv", Options{Speed: 60, Clock: c})
	address := serve(t, r)
	one, three := client(t, address, 1), client(t, address, 3)
	for _, tt := range []struct {
		after      time.Duration // since Open, each second of which is a recorded minute
		one, three string
		done       bool
	}{
		{0, "21:59:17", "22:01:29", false},
		{700 * time.Millisecond, "21:59:17", "22:01:29", false},
		{time.Second, "22:00:00", "22:01:29", false},
		{4 * time.Second, "22:01:00", "22:01:30", false},
		{time.Minute, "22:10:00", "22:10:10", true},
		{time.Hour, "22:10:00", "22:10:10", true},
	} {
		if err := c.SleepUntil(context.Background(), at.Add(tt.after)); err != nil {
			t.Fatal(err)
		}
		for range 2 { // reading does not move it
			if a, b := read(t, one).at.Format(time.TimeOnly), read(t, three).at.Format(time.TimeOnly); a != tt.one || b != tt.three {
				t.Errorf("after %v: got %s and %s, want %s and %s", tt.after, a, b, tt.one, tt.three)
			}
		}
		if r.Done() != tt.done {
			t.Errorf("after %v: done %v", tt.after, r.Done())
		}
	}
}

// TestThreeMachines walks three weeks of a real workshop over TCP and finds what was counted there.
func TestThreeMachines(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "data", "sme_machines.csv")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the records of three machines are not part of the project, and not at %s", path)
	}
	r := open(t, path, Options{})
	address := serve(t, r)
	for _, tt := range []struct {
		name    string
		unit    byte
		items   uint32
		seconds map[uint16]int64 // by status
	}{
		{"asset 0", 1, 12_223, map[uint16]int64{1: 23_092, 2: 157_868}},
		{"asset 1", 2, 12_940, map[uint16]int64{1: 124_044, 2: 136_363, 3: 1_406}},
		{"asset 2", 3, 14_904, map[uint16]int64{1: 192_937, 2: 166_261, 3: 8_329}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			steps := walk(t, address, tt.unit)
			seconds := map[uint16]int64{}
			for i, s := range steps[1:] {
				took := int64(s.at.Sub(steps[i].at).Seconds())
				if took <= 0 {
					t.Fatalf("step %s is followed by %s", steps[i], s)
				}
				if status := steps[i].status; status != Unknown {
					seconds[status] += took
				}
			}
			if first, last := steps[0].items, steps[len(steps)-1].items; first != 0 || last != tt.items {
				t.Errorf("items from %d to %d, want 0 to %d", first, last, tt.items)
			}
			if diff := cmp.Diff(tt.seconds, seconds); diff != "" {
				t.Errorf("seconds by status (-want +got)\n%s", diff)
			}
		})
	}
	if !r.Done() {
		t.Error("not done after everything was read")
	}
}
