package modbus

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	lines "github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

// sparse is a unit with holes, that gives so many registers at a time. Each register holds its address.
type sparse struct {
	holes map[int]bool
	most  int

	mu       sync.Mutex
	requests []string
}

func (u *sparse) Read(_ lines.Table, at, count uint16) ([]uint16, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.requests = append(u.requests, fmt.Sprintf("%d..%d", at, at+count-1))
	if u.most > 0 && int(count) > u.most {
		return nil, lines.IllegalValue
	}
	values := make([]uint16, count)
	for i := range values {
		values[i] = at + uint16(i)
		if u.holes[int(values[i])] {
			return nil, lines.IllegalAddress
		}
	}
	return values, nil
}

// take gives the requests since the last take.
func (u *sparse) take() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	list := strings.Join(u.requests, " ")
	u.requests = nil
	return list
}

// polled opens a device of single registers on the unit, with a clock of its own.
func polled(t *testing.T, u *sparse, gap int, at ...int) (d *driver, clock *time.Time) {
	t.Helper()
	address, _ := servePlant(t, "127.0.0.1:0", map[uint8]lines.Unit{1: u})
	points := map[string]Signal{}
	for _, n := range at {
		points[fmt.Sprint(n)] = holdingAt(n)
	}
	c := device("tcp://"+address, points)
	now := time.Unix(0, 0)
	c.Gap, c.bus = gap, newBus(func() time.Time { return now })
	return open(t, c).(*driver), &now
}

// polls reads once and demands every register that is there, and no other.
func (u *sparse) polls(t *testing.T, d *driver) {
	t.Helper()
	readings, err := d.Read(t.Context())
	for _, r := range readings {
		var n int
		if _, err := fmt.Sscan(r.Signal, &n); err != nil {
			t.Fatal(err)
		}
		want := record.IntValue(int64(n))
		if u.holes[n] {
			want = record.Value{}
		}
		if r.Value != want {
			t.Errorf("register %d: got %s, want %s: %v", n, r.Value, want, err)
		}
	}
}

func TestHolesAreLearnt(t *testing.T) {
	for _, c := range []struct {
		name  string
		holes []int
		most  int
		at    []int
		want  []string // the requests of each poll
	}{
		{"no hole", nil, 0, []int{0, 3, 6, 9}, []string{"0..9", "0..9"}},
		{"between two", []int{4}, 0, []int{0, 3, 6, 9}, []string{"0..9 0..3 6..9", "0..3 6..9", "0..3 6..9"}},
		{"between two, not in the middle", []int{1}, 0, []int{0, 3, 6, 9}, []string{"0..9 0..3 0..0 3..3 6..9", "0..0 3..9", "0..0 3..9"}},
		{"one itself", []int{3}, 0, []int{0, 3, 6, 9}, []string{"0..9 0..3 0..0 3..3 6..9", "0..0 6..9", "0..0 6..9"}},
		{"two", []int{1, 8}, 0, []int{0, 3, 6, 9}, []string{"0..9 0..3 0..0 3..3 6..9 6..6 9..9", "0..0 3..6 9..9"}},
		{"few at a time", nil, 5, []int{0, 1, 2, 3, 4, 5, 6, 7}, []string{"0..7 0..3 4..7", "0..3 4..7"}},
		{"everything", []int{0, 3, 6, 9}, 0, []int{0, 3, 6, 9}, []string{
			"0..9 0..3 0..0 3..3 6..9 6..6 9..9", "0..9 0..3 0..0 3..3 6..9 6..6 9..9"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := &sparse{holes: map[int]bool{}, most: c.most}
			for _, h := range c.holes {
				u.holes[h] = true
			}
			d, _ := polled(t, u, 10, c.at...)
			for i, want := range c.want {
				u.polls(t, d)
				if got := u.take(); got != want {
					t.Errorf("poll %d: got %s, want %s", i+1, got, want)
				}
			}
		})
	}
}

func TestARefusedAddressIsAskedAgainAfterAMinute(t *testing.T) {
	u := &sparse{holes: map[int]bool{1: true}}
	d, now := polled(t, u, 10, 0, 1, 2)
	u.polls(t, d)
	u.take()
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{59 * time.Second, "0..0 2..2"}, {time.Second, "0..0 1..1 2..2"}, {time.Second, "0..0 2..2"}} {
		*now = now.Add(step.after)
		u.polls(t, d)
		if got := u.take(); got != step.want {
			t.Errorf("after %s: got %s, want %s", step.after, got, step.want)
		}
	}
	u.mu.Lock()
	u.holes = nil
	u.mu.Unlock()
	*now = now.Add(askAgain)
	u.polls(t, d)
	u.take()
	u.polls(t, d)
	if got := u.take(); got != "0..2" {
		t.Errorf("the hole is filled: got %s, want 0..2", got)
	}
}

// TestManyHoles: whatever the holes, no register that is there is ever lost, and after some polls no request
// is refused and there are hardly more of them than one who knew the holes would need.
func TestManyHoles(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 20 {
		u := &sparse{holes: map[int]bool{}}
		var at []int
		for n := range 600 {
			if r.IntN(3) == 0 {
				at = append(at, n)
			}
			if r.IntN(30) == 0 {
				u.holes[n] = true
			}
		}
		d, _ := polled(t, u, 100, at...)
		for range 10 {
			u.take()
			u.polls(t, d)
		}
		requests := strings.Fields(u.take())
		for _, q := range requests {
			var from, to int
			if _, err := fmt.Sscanf(q, "%d..%d", &from, &to); err != nil {
				t.Fatal(err)
			}
			for n := from; n <= to; n++ {
				if u.holes[n] {
					t.Errorf("round %d: %s is asked for still, with the hole %d", round, q, n)
				}
			}
		}
		if least := leastRequests(at, u.holes); len(requests) > least+len(d.whole) {
			t.Errorf("round %d: %d requests, %d would do", round, len(requests), least)
		}
	}
}

// leastRequests is how many requests read all registers that are there, for one who knows the holes.
func leastRequests(at []int, holes map[int]bool) (n int) {
	first := -1
	for i, a := range at {
		crosses := first < 0 || a-first >= maxRegisters
		if i > 0 {
			crosses = crosses || slices.ContainsFunc(slices.Collect(between(at[i-1], a)), func(n int) bool { return holes[n] })
		}
		if holes[a] {
			first = -1
		} else if crosses {
			n, first = n+1, a
		}
	}
	return n
}

func between(from, to int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for n := from; n < to && yield(n); n++ {
		}
	}
}
