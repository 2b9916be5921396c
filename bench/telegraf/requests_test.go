// Package telegraf counts how many requests Lineproof's Modbus driver and Telegraf's input plugin send for the
// same registers of the same server. It is a module of its own, so that the product does not depend on
// Telegraf.
//
//	cd bench/telegraf && go test -v
package telegraf

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	core "github.com/influxdata/telegraf"
	"github.com/influxdata/telegraf/config"
	"github.com/influxdata/telegraf/logger"
	_ "github.com/influxdata/telegraf/plugins/inputs/modbus"
	"github.com/influxdata/telegraf/testutil"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

// unit counts its requests, and refuses those that touch a hole. Each register holds its address.
type unit struct {
	holes map[uint16]bool

	mu       sync.Mutex
	requests int
}

func (u *unit) Read(_ plc.Table, at, count uint16) ([]uint16, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.requests++
	values := make([]uint16, count)
	for i := range values {
		values[i] = at + uint16(i)
		if u.holes[values[i]] {
			return nil, plc.IllegalAddress
		}
	}
	return values, nil
}

func (u *unit) take() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := u.requests
	u.requests = 0
	return n
}

func serve(t *testing.T, u *unit) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := plc.Serve(ctx, ln, map[uint8]plc.Unit{1: u}); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		done.Wait()
	})
	return ln.Addr().String()
}

// cost is what one poll takes and gives, after as many polls as it takes to learn.
type cost struct {
	name             string
	requests, fields int
}

const learning = 10 // polls

// telegraf polls with one of the plugin's settings.
func telegraf(t *testing.T, u *unit, address string, at []uint16, name, setting string) cost {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "[[inputs.modbus]]\nname = \"d\"\ncontroller = \"tcp://%s\"\nconfiguration_type = \"request\"\n", address)
	fmt.Fprintf(&text, "[[inputs.modbus.request]]\nslave_id = 1\nbyte_order = \"ABCD\"\nregister = \"holding\"\n%s\nfields = [\n", setting)
	for _, a := range at {
		fmt.Fprintf(&text, "{address=%d, name=\"r%d\", type=\"UINT16\"},\n", a, a)
	}
	text.WriteString("]\n")
	c := config.NewConfig()
	if err := c.LoadConfigData([]byte(text.String()), "bench"); err != nil {
		t.Fatal(err)
	}
	plugin := c.Inputs[0].Input
	if err := c.Inputs[0].Init(); err != nil {
		t.Fatal(err)
	}
	got := cost{name: "telegraf " + name}
	for range learning {
		var acc testutil.Accumulator
		u.take()
		if err := plugin.Gather(&acc); err != nil {
			t.Fatal(err)
		}
		got.requests, got.fields = u.take(), 0
		for _, m := range acc.Metrics {
			got.fields += len(m.Fields)
		}
	}
	if s, ok := plugin.(core.ServiceInput); ok {
		s.Stop()
	}
	return got
}

func lineproof(t *testing.T, u *unit, address string, at []uint16, name string, change func(*modbus.Config)) cost {
	t.Helper()
	c := modbus.New().(*modbus.Config)
	c.URL, c.Points = "tcp://"+address, map[string]modbus.Signal{}
	for _, a := range at {
		c.Points[fmt.Sprintf("r%d", a)] = modbus.Signal{At: fmt.Sprintf("holding %d", a)}
	}
	change(c)
	d, err := c.Open(drivers.Options{Name: "d"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	got := cost{name: "lineproof " + name}
	for range learning {
		u.take()
		readings, _ := d.Read(t.Context()) // what was missed, the number of fields tells
		got.requests, got.fields = u.take(), 0
		for _, r := range readings {
			if r.Quality == record.Good {
				got.fields++
			}
		}
	}
	return got
}

// scattered makes the map: 200 registers within 2,000.
func scattered() (at []uint16) {
	r := rand.New(rand.NewPCG(2026, 1))
	for _, n := range r.Perm(2000)[:200] {
		at = append(at, uint16(n))
	}
	slices.Sort(at)
	return at
}

func TestRequests(t *testing.T) {
	logger.RedirectLogging(io.Discard)
	at := scattered()
	inGaps := map[uint16]bool{} // of the registers that nobody wants
	r := rand.New(rand.NewPCG(2026, 2))
	for len(inGaps) < 20 {
		if n := uint16(r.IntN(2000)); !slices.Contains(at, n) {
			inGaps[n] = true
		}
	}
	among := map[uint16]bool{at[20]: true, at[90]: true, at[150]: true}
	for _, test := range []struct {
		name  string
		holes map[uint16]bool
	}{{"no holes", nil}, {"20 unwanted registers refuse", inGaps}, {"3 of the 200 refuse", among}} {
		t.Run(test.name, func(t *testing.T) {
			u := &unit{holes: test.holes}
			address := serve(t, u)
			costs := []cost{
				telegraf(t, u, address, at, "none", `optimization = "none"`),
				telegraf(t, u, address, at, "shrink", `optimization = "shrink"`),
				telegraf(t, u, address, at, "rearrange", `optimization = "rearrange"`),
			}
			for _, fill := range []int{10, 50, 125} {
				setting := fmt.Sprintf("optimization = \"max_insert\"\noptimization_max_register_fill = %d", fill)
				costs = append(costs, telegraf(t, u, address, at, fmt.Sprint("max_insert ", fill), setting))
			}
			ours := []cost{
				lineproof(t, u, address, at, "as it comes", func(*modbus.Config) {}),
				lineproof(t, u, address, at, "gap: 124", func(c *modbus.Config) { c.Gap = 124 }),
			}
			there := len(at)
			for _, a := range at {
				if test.holes[a] {
					there--
				}
			}
			compare(t, costs, ours, there)
		})
	}
}

// compare demands all fields that are there, in no more requests than the best that Telegraf gets them with.
func compare(t *testing.T, theirs, ours []cost, there int) {
	t.Helper()
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "\nsetting\trequests\tfields")
	least := -1
	for _, c := range append(slices.Clone(theirs), ours...) {
		fmt.Fprintf(w, "%s\t%d\t%d\n", c.name, c.requests, c.fields)
	}
	for _, c := range theirs {
		if c.fields == there && (least < 0 || c.requests < least) {
			least = c.requests
		}
	}
	w.Flush()
	t.Log(table.String())
	best := ours[len(ours)-1]
	for _, c := range ours {
		if c.fields != there {
			t.Errorf("%s: %d fields of the %d that are there", c.name, c.fields, there)
		}
	}
	if least >= 0 && best.requests > least {
		t.Errorf("%s: %d requests, Telegraf needs %d", best.name, best.requests, least)
	}
}
