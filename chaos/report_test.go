package chaos

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// pair is a figure of the views beside that of the books.
type pair struct{ view, book int64 }

// row is one machine's totals of one run.
type row struct {
	store, machine, product string
	seed                    uint64
	produced, scrap, joules pair
	late                    int64
}

// outcome is what came of one run.
type outcome struct {
	store    string
	seed     uint64
	faults   map[string]int // by kind
	rows     []row
	batches  int           // in the ledger
	lost     int           // numbers that the gateway owned up to
	edges    int           // minutes' ends that were compared
	sharp    int           // of them, observed
	readings int           // of counters that were compared
	moments  int           // at which the state was compared
	seen     time.Duration // observed, of all machines
	unseen   map[string]time.Duration
	findings []string
	without  []string // kinds that this computer could not do
	failed   bool
	done     bool
}

func (o *outcome) causes() map[string]time.Duration {
	if o.unseen == nil {
		o.unseen = map[string]time.Duration{}
	}
	return o.unseen
}

func (o *outcome) struck() (n int) {
	for _, each := range o.faults {
		n += each
	}
	return n
}

// report writes what was tried and found to the file that the environment names.
func report(t *testing.T, all []*outcome) {
	file := os.Getenv("LINEPROOF_CHAOS_REPORT")
	if file == "" || len(all) == 0 {
		return
	}
	var b strings.Builder
	head(&b, all)
	runs(&b, all)
	totals(&b, all)
	faultsByKind(&b, all)
	unobserved(&b, all)
	failed(&b, all)
	found(&b, all)
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Error(err)
	}
}

func head(b *strings.Builder, all []*outcome) {
	n, failed := 0, 0
	for _, o := range all {
		n += o.struck()
		if o.failed {
			failed++
		}
	}
	fmt.Fprintf(b, `# Reliability: what was tried and found

Written by %smake chaos%s on %s from commit %s: %d faults in %d runs, **%d runs failed**.

A plant, an agent, Mosquitto, a collector and a database run as processes. The plant is simulated, lives %d
times as fast as the clock and keeps its own books. Faults are drawn from a seed; one may begin before the
last is over. At the end the plant stands still and everything is compared with its books:

- what each machine made, rejected and used: equal to the unit;
- the sum of all counts up to each minute's end: all that had been made 2.5 polls before the last moment
  observed until then, and nothing that was made after the minute's last poll;
- every reading of every counter: what the register showed at that time, or within the 2 s that a poll may take;
- what each machine did: right at every observed moment, checked every 50 ms, up to 2.5 polls;
- where no time server was heard, times may be wrong by 15 s and the three above are that much wider; totals are not;
- time that nobody observed: all of it within a fault that explains it, or in which the computer let plant or agent
  wait for a processor;
- the ledger: each batch once, none missing that the gateway did not own up to; the views made again from it
  are the same.

`, "`", "`", time.Now().Format(time.DateOnly), commit(), n, len(all), failed, pace)
}

// commit is what is run, looked up before the report itself changes the tree.
var commit = sync.OnceValue(func() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
})

func runs(b *strings.Builder, all []*outcome) {
	b.WriteString("## Runs\n\n| store | seed | faults | batches | lost, owned up to | minutes' ends (observed) | readings | moments | observed | result |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---|\n")
	for _, o := range all {
		result := "as the books"
		if o.failed {
			result = "**failed**"
		}
		seen, unseen := o.seen, time.Duration(0)
		for _, d := range o.unseen {
			unseen += d
		}
		fmt.Fprintf(b, "| %s | %d | %d | %d | %d | %d (%d) | %d | %d | %.1f %% | %s |\n", o.store, o.seed, o.struck(), o.batches, o.lost, o.edges, o.sharp,
			o.readings, o.moments, 100*seen.Seconds()/max((seen+unseen).Seconds(), 1), result)
	}
}

func totals(b *strings.Builder, all []*outcome) {
	b.WriteString("\n## Totals, by machine and product\n\nViews and, where they differ, books. Late is the part that was made while nobody looked and found at the next look.\n\n" +
		"| store | seed | machine | product | produced | rejected | energy, J | late |\n|---|---:|---|---|---:|---:|---:|---:|\n")
	show := func(p pair) string {
		if p.view == p.book {
			return fmt.Sprint(p.view)
		}
		return fmt.Sprintf("**%d, books %d**", p.view, p.book)
	}
	for _, o := range all {
		for _, r := range o.rows {
			fmt.Fprintf(b, "| %s | %d | %s | %s | %s | %s | %s | %d |\n", r.store, r.seed, r.machine, r.product, show(r.produced), show(r.scrap), show(r.joules), r.late)
		}
	}
}

// stores lists those of the runs, in order.
func stores(all []*outcome) (names []string) {
	for _, o := range all {
		if !slices.Contains(names, o.store) {
			names = append(names, o.store)
		}
	}
	return names
}

// byStore writes a table of one line a name and one column a store.
func byStore[N int | float64](b *strings.Builder, what string, all []*outcome, of func(*outcome) map[string]N, show string) {
	sums := map[string]map[string]N{}
	for _, o := range all {
		for name, n := range of(o) {
			if sums[name] == nil {
				sums[name] = map[string]N{}
			}
			sums[name][o.store] += n
		}
	}
	names := stores(all)
	fmt.Fprintf(b, "| %s | %s |\n|---%s|\n", what, strings.Join(names, " | "), strings.Repeat("|---:", len(names)))
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(b, "| %s", name)
		for _, store := range names {
			fmt.Fprintf(b, " | "+show, sums[name][store])
		}
		b.WriteString(" |\n")
	}
}

func faultsByKind(b *strings.Builder, all []*outcome) {
	b.WriteString("\n## Faults\n\n")
	for _, store := range stores(all) {
		i := slices.IndexFunc(all, func(o *outcome) bool { return o.store == store })
		if left := all[i].without; len(left) > 0 {
			fmt.Fprintf(b, "Left out on %s, for this computer could not do them: %s.\n\n", store, strings.Join(left, "; "))
		}
	}
	byStore(b, "kind", all, func(o *outcome) map[string]int { return o.faults }, "%v")
}

func unobserved(b *strings.Builder, all []*outcome) {
	b.WriteString("\n## Seconds that nobody observed\n\nOf both machines. Where several faults explain the same second, the one that began first has it.\n\n")
	byStore(b, "cause", all, func(o *outcome) map[string]float64 {
		seconds := map[string]float64{}
		for cause, d := range o.unseen {
			seconds[cause] = d.Seconds()
		}
		return seconds
	}, "%.1f")
}

// failed tells how to have a run that failed again.
func failed(b *strings.Builder, all []*outcome) {
	all = slices.DeleteFunc(slices.Clone(all), func(o *outcome) bool { return !o.failed })
	if len(all) == 0 {
		return
	}
	b.WriteString("\n## Failed runs\n\n")
	for _, o := range all {
		fmt.Fprintf(b, "- %s, seed %d: `LINEPROOF_CHAOS_SEED=%d make chaos CHAOS_SEEDS=1 CHAOS_STORES=%s`\n", o.store, o.seed, o.seed, o.store)
	}
}

var changing = regexp.MustCompile(`/tmp/\S*|time=\S+|\d+`)

// found lists what processes did of themselves, once for each kind, the last line that they said.
func found(b *strings.Builder, all []*outcome) {
	times, example := map[string]int{}, map[string]string{}
	for _, o := range all {
		for _, f := range o.findings {
			like := changing.ReplaceAllString(f, "")
			if times[like]++; times[like] == 1 {
				example[like] = fmt.Sprintf("%s, seed %d: %s", o.store, o.seed, f)
			}
		}
	}
	b.WriteString("\n## Found\n\n")
	if len(times) == 0 {
		b.WriteString("No process ended by itself.\n")
	}
	for _, like := range slices.Sorted(maps.Keys(times)) {
		fmt.Fprintf(b, "- %d times: %s\n", times[like], example[like])
	}
}
