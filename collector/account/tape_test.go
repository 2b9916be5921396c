package account

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/record"
)

var day = time.Date(2027, 3, 1, 6, 0, 0, 0, time.UTC)

// at is a time of the day in seconds after 06:00.
func at(seconds float64) time.Time {
	return day.Add(time.Duration(seconds*1000) * time.Millisecond)
}

// watch follows when a device was observed, as the agent does: an answer belongs to the one before where
// no more than gap lies between them and none failed.
type watch struct {
	gap   time.Duration
	open  bool
	last  time.Time
	spans []record.Span
}

func (w *watch) answered(t time.Time) {
	switch {
	case !w.open || t.Before(w.last) || t.Sub(w.last) > w.gap:
		w.spans = append(w.spans, record.Span{From: t, To: t})
	case len(w.spans) == 0:
		w.spans = append(w.spans, record.Span{From: w.last, To: t})
	default:
		w.spans[len(w.spans)-1].To = t
	}
	w.open, w.last = true, t
}

func (w *watch) take(device string) record.Observed {
	spans := w.spans
	w.spans = nil
	return record.Observed{Device: device, Spans: spans}
}

// script turns "0=100 1=101 2x | 3=103" into batches: polls of one signal at seconds after 06:00, x where
// one failed, ? where the device answered without this signal, | between batches. Polls further apart
// than 15 s do not belong together.
func script(t *testing.T, signal, text string) (batches []record.Batch) {
	t.Helper()
	device, _, _ := strings.Cut(signal, ".")
	w := watch{gap: 15 * time.Second}
	for part := range strings.SplitSeq(text, "|") {
		var b record.Batch
		for word := range strings.FieldsSeq(part) {
			i := strings.IndexAny(word, "=x?")
			second, err := strconv.ParseFloat(word[:i], 64)
			if err != nil {
				t.Fatal(err)
			}
			r := record.Reading{Signal: signal, Time: at(second)}
			switch word[i] {
			case 'x':
				w.open = false
			case '?':
				w.answered(r.Time)
			case '=':
				w.answered(r.Time)
				r.Quality, r.Value = record.Good, value(word[i+1:])
			}
			b.Readings = append(b.Readings, r)
		}
		b.Observed = []record.Observed{w.take(device)}
		batches = append(batches, b)
	}
	return batches
}

func value(text string) record.Value {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return record.IntValue(n)
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return record.FloatValue(f)
	}
	return record.TextValue(text)
}

// keep folds batches as a store sees them: what was written last stands.
type keep struct {
	t     *testing.T
	state *State
	book  map[Key]Interval
}

func newKeep(t *testing.T) *keep {
	return &keep{t: t, state: NewState(), book: map[Key]Interval{}}
}

func (k *keep) fold(cat record.Catalogue, batches ...record.Batch) *keep {
	k.t.Helper()
	for _, b := range batches {
		for _, i := range k.state.Fold(b, cat) {
			k.book[i.Key()] = i
		}
		var err error
		if k.state, err = k.state.Clone(); err != nil {
			k.t.Fatal(err)
		}
	}
	return k
}

func (k *keep) intervals() []Interval {
	return slices.SortedFunc(maps.Values(k.book), func(a, b Interval) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Order, b.Order))
	})
}

// String is each interval by a line: what is not 0 of it.
func (k *keep) String() string {
	var lines []string
	for _, i := range k.intervals() {
		lines = append(lines, line(i))
	}
	return strings.Join(lines, "\n")
}

func line(i Interval) string {
	s := i.Start.Format("15:04")
	for _, part := range []string{i.Machine, i.Product, i.Order} {
		if part != "" && part != "press" {
			s += " " + part
		}
	}
	for _, each := range []struct {
		name string
		n    int64
	}{
		{"produced", i.Produced}, {"good", i.Good}, {"scrap", i.Scrap}, {"rework", i.Rework}, {"late", i.Late},
		{"suspect", i.Suspect}, {"resets", i.Resets}, {"joules", i.EnergyJ}, {"late-joules", i.LateEnergyJ},
		{"failures", i.Failures}, {"stops", i.Stops}, {"micro-stops", i.MicroStops}, {"micro-ms", i.MicroStopMs},
		{"material", i.MaterialG}, {"output", i.OutputG},
	} {
		if each.n != 0 {
			s += fmt.Sprintf(" %s=%d", each.name, each.n)
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(i.ScrapBy)) {
		s += fmt.Sprintf(" %s:%d", reason, i.ScrapBy[reason])
	}
	for n, step := range i.Timeline {
		word := step.State.String()
		if step.Unobserved {
			word = "-"
		}
		s += fmt.Sprintf("%s%d:%s", map[bool]string{true: " [", false: " "}[n == 0], step.At, word)
	}
	if len(i.Timeline) > 0 {
		s += "]"
	}
	for _, name := range slices.Sorted(maps.Keys(i.Measures)) {
		m := i.Measures[name]
		mean, _ := m.Mean()
		s += fmt.Sprintf(" %s n=%d %g..%g mean=%g over %d", name, m.Count, m.Min, m.Max, mean, m.Weight)
	}
	return s
}

// catalogue is that of one press with a role for one signal.
func catalogue(signals map[string]record.Signal, press record.Machine) record.Catalogue {
	return catalogueOf(signals, map[string]record.Machine{"press": press})
}

func catalogueOf(signals map[string]record.Signal, machines map[string]record.Machine) record.Catalogue {
	for name, s := range signals {
		s.Device, _, _ = strings.Cut(name, ".")
		signals[name] = s
	}
	return record.Catalogue{
		Gateway: "huu-lung-01", Site: "tan-thinh-phat", Timezone: "Asia/Ho_Chi_Minh",
		Signals: signals, Lines: map[string]record.Line{"block-line": {Machines: machines}},
	}
}

func seconds(n int) record.Duration { return record.Duration(time.Duration(n) * time.Second) }

// lines is a table's expectation: one interval a line, trimmed.
func lines(text ...string) string { return strings.Join(text, "\n") }
