package chaos

import (
	"os/exec"
	"strconv"
	"testing"
	"time"

	blockpress "github.com/lineproof/lineproof/lines/block-press"
	"github.com/lineproof/lineproof/record"
)

// pace is how many times as fast as the clock the plant lives: a cycle of the press takes 1.5 s.
const pace = 10

// plant is the simulated line's life, which goes on whether its process runs or not.
type plant struct {
	seed  uint64
	start time.Time // of its life; it was at work for a while before anybody looked
}

// arguments start its process, which shows the plant as it is, or as it was at until where that is not zero.
func (p plant) arguments(listen string, until time.Time) []string {
	args := []string{"sim", "--line", "block-press", "--listen", listen, "--always",
		"--seed", strconv.FormatUint(p.seed, 10), "--start", p.start.Format(time.RFC3339Nano), "--pace", strconv.Itoa(pace)}
	if !until.IsZero() {
		args = append(args, "--until", until.Format(time.RFC3339Nano))
	}
	return args
}

func (p plant) command(program, listen string, until time.Time) *exec.Cmd {
	return exec.Command(program, p.arguments(listen, until)...)
}

// books are the plant's, asked about by the clock's time.
type books struct {
	plant *blockpress.Plant
	pace  blockpress.Pace
}

// openBooks works the plant's life out up to a time.
func openBooks(t testing.TB, p plant, to time.Time) *books {
	t.Helper()
	always := blockpress.Always(p.start)
	life := blockpress.Pace{Start: p.start, Times: pace, Until: to}
	of, err := blockpress.New(blockpress.Options{Seed: p.seed, Start: p.start, Calendar: &always, Clock: life})
	if err != nil {
		t.Fatal(err)
	}
	return &books{of, blockpress.Pace{Start: p.start, Times: pace}}
}

// of gives what a machine truly did from one time of the clock to another.
func (b *books) of(machine string, from, to time.Time) blockpress.Totals {
	return b.plant.Books(b.pace.At(from), b.pace.At(to))[machine]
}

// was tells whether a machine was in a state at any time between two.
func (b *books) was(machine string, s record.State, from, to time.Time) bool {
	return b.of(machine, from, to).States[s] > 0
}
