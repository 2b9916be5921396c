package audit

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/internal/tongue"
)

// longestMinute is what one line of the results may be, in bytes.
const longestMinute = 1 << 20

// minutes holds what the readings add up to against what the results say. Both come in about the same order, so that
// only what is between them is held in memory.
type minutes struct {
	report   *Report
	from, to time.Time
	line     string
	results  *results
	said     map[account.Key][]byte // read, not yet computed
	computed map[account.Key][]byte // not yet read
	same     uint64
	days     *days  // what figures are computed from
	text     []byte // of the last that was computed
	final    chan []account.Interval
	ended    chan struct{}
}

// results are the minutes of the bundle, in order of time.
type results struct {
	src  io.ReadCloser
	scan *bufio.Scanner
	read bool // the scanner's text was not given yet
	last named
	err  error // why there are no more; io.EOF at the end
}

// named is what of a minute says which one it is. The rest is not decoded: what is right is right byte for byte.
type named struct {
	Site, Line, Machine, Product, Order string
	Start                               time.Time
}

func (n named) key() account.Key {
	return account.Key{Site: n.Site, Line: n.Line, Machine: n.Machine, Product: n.Product, Order: n.Order, Start: n.Start.UnixMilli()}
}

// peek is the text of the next minute, good until it was given; nil: there is none.
func (r *results) peek() []byte {
	if !r.read && r.err == nil {
		if r.read = r.scan.Scan(); !r.read {
			r.err = cmp.Or(r.scan.Err(), io.EOF)
		}
	}
	if r.err != nil {
		return nil
	}
	return r.scan.Bytes()
}

// pass passes the next minute if it is this one, byte for byte and behind the last.
func (r *results) pass(n named, text []byte) bool {
	if !bytes.Equal(r.peek(), text) || inOrder(r.last, n) >= 0 {
		return false
	}
	r.last, r.read = n, false
	return true
}

func newResults(src io.ReadCloser) *results {
	r := &results{src: src, scan: bufio.NewScanner(src)}
	r.scan.Buffer(make([]byte, 1<<16), longestMinute)
	return r
}

// errOrder is of a minute that is not behind the one before.
var errOrder = errors.New("out of order")

// next reads which minute is next; with errOrder there is one all the same. The text is good until the next call.
func (r *results) next() (n named, text []byte, err error) {
	if text = r.peek(); r.err != nil {
		return n, nil, r.err
	}
	r.read = false
	if !n.quick(text) {
		if r.err = json.Unmarshal(text, &n); r.err != nil {
			return n, nil, r.err
		}
	}
	before := r.last
	if r.last = n; inOrder(before, n) >= 0 {
		err = errOrder
	}
	return n, text, err
}

// quick reads the form in which the collector writes minutes. What it passes over is compared byte by byte later.
func (n *named) quick(text []byte) bool {
	at := text
	word := func(before string) string {
		rest, ok := bytes.CutPrefix(at, []byte(before))
		end := bytes.IndexByte(rest, '"')
		if !ok || end < 0 || bytes.IndexByte(rest[:end], '\\') >= 0 {
			at = nil
			return ""
		}
		at = rest[end:]
		return string(rest[:end])
	}
	q := named{Site: word(`{"Site":"`), Line: word(`","Line":"`), Machine: word(`","Machine":"`), Product: word(`","Product":"`), Order: word(`","Order":"`)}
	start := word(`","Start":"`)
	var err error
	if q.Start, err = time.Parse(time.RFC3339Nano, start); at == nil || err != nil {
		return false
	}
	*n = q
	return true
}

func inOrder(a, b named) int {
	return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Order, b.Order), cmp.Compare(a.Site, b.Site))
}

// newMinutes opens the results.
func (a *auditor) newMinutes() error {
	src, err := a.bundle.Intervals()
	if err != nil {
		return err
	}
	m := a.bundle.Manifest
	a.minutes = &minutes{
		report: a.report, from: m.From, to: m.To, line: m.Line, results: newResults(src),
		said: map[account.Key][]byte{}, computed: map[account.Key][]byte{}, days: newDays(),
		final: make(chan []account.Interval, 64), ended: make(chan struct{}),
	}
	go a.minutes.run()
	return nil
}

// within tells whether the results are of an interval.
func (m *minutes) within(line string, start time.Time) bool {
	return line == m.line && !start.Before(m.from) && start.Before(m.to)
}

// run takes intervals that can no longer grow, beside the account that they are from.
func (m *minutes) run() {
	defer close(m.ended)
	for some := range m.final {
		for n := range some {
			m.take(&some[n])
		}
	}
}

func (m *minutes) take(i *account.Interval) {
	if !m.within(i.Line, i.Start) {
		return
	}
	m.days.add(i)
	m.text = i.AppendJSON(m.text[:0])
	if m.results.pass(named{i.Site, i.Line, i.Machine, i.Product, i.Order, i.Start}, m.text) {
		m.same++
		return
	}
	m.read(i.Start)
	key := i.Key()
	said, ok := m.said[key]
	if !ok {
		m.computed[key] = bytes.Clone(m.text)
		return
	}
	delete(m.said, key)
	m.compare(key, said, m.text)
}

// read reads the results up to a minute.
func (m *minutes) read(until time.Time) {
	for m.results.err == nil && !m.results.last.Start.After(until) {
		n, text, err := m.results.next()
		if errors.Is(err, errOrder) || err == nil && !m.within(n.Line, n.Start) {
			m.report.fails(Intervals, tongue.M("verify.interval_order", "machine", n.Machine, "minute", n.Start))
			continue
		}
		if err != nil {
			return
		}
		key := n.key()
		computed, ok := m.computed[key]
		if !ok {
			m.said[key] = bytes.Clone(text)
			continue
		}
		delete(m.computed, key)
		m.compare(key, text, computed)
	}
}

func (m *minutes) compare(key account.Key, said, computed []byte) {
	m.same++
	if bytes.Equal(said, computed) {
		return
	}
	for _, d := range differences(said, computed) {
		m.report.fails(Intervals, tongue.M("verify.interval_cell", "machine", key.Machine, "minute", minute(key), "cell", d.cell, "said", d.said, "computed", d.computed))
	}
}

func minute(k account.Key) time.Time { return time.UnixMilli(k.Start).UTC() }

// end finds what only one side has.
func (m *minutes) end() {
	close(m.final)
	<-m.ended
	m.read(time.UnixMilli(1 << 52))
	if err := m.results.err; !errors.Is(err, io.EOF) {
		m.report.fails(Intervals, tongue.M("verify.intervals_unreadable", "error", err))
	}
	if err := m.results.src.Close(); err != nil {
		m.report.fails(Intervals, tongue.M("verify.intervals_unreadable", "error", err))
	}
	for _, key := range sorted(m.computed) {
		m.report.fails(Intervals, tongue.M("verify.interval_missing", "machine", key.Machine, "minute", minute(key)))
	}
	for _, key := range sorted(m.said) {
		m.report.fails(Intervals, tongue.M("verify.interval_extra", "machine", key.Machine, "minute", minute(key)))
	}
	m.report.holds(Intervals, tongue.M("verify.intervals_same", "minutes", m.same))
}

func sorted(all map[account.Key][]byte) []account.Key {
	return slices.SortedFunc(maps.Keys(all), func(a, b account.Key) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Order, b.Order))
	})
}

// difference is a cell in which two JSON objects differ.
type difference struct{ cell, said, computed string }

// differences compares two JSON objects member by member.
func differences(said, computed []byte) (all []difference) {
	var a, b map[string]json.RawMessage
	if json.Unmarshal(said, &a) != nil || json.Unmarshal(computed, &b) != nil {
		return []difference{{"", string(said), string(computed)}}
	}
	cells := map[string]bool{}
	for cell := range maps.All(a) {
		cells[cell] = true
	}
	for cell := range maps.All(b) {
		cells[cell] = true
	}
	for _, cell := range slices.Sorted(maps.Keys(cells)) {
		if x, y := plain(a[cell]), plain(b[cell]); x != y {
			all = append(all, difference{cell, x, y})
		}
	}
	if len(all) == 0 { // the same in another way of writing
		all = append(all, difference{"", string(said), string(computed)})
	}
	return all
}

// plain is a value without white space; that of a member that is missing is null.
func plain(v json.RawMessage) string {
	if v == nil {
		return "null"
	}
	var b bytes.Buffer
	if err := json.Compact(&b, v); err != nil {
		return fmt.Sprintf("%q", v)
	}
	return b.String()
}
