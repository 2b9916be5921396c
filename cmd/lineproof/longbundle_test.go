package main

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/plausible"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/record"
)

// longBundle writes the bundle of a long period, in which what a real agent sealed happens again and again: the times
// go on and so do the counters. A collector would need hours to make one of a year; every figure in it is computed by the
// collector's own rooms.
type longBundle struct {
	t       *testing.T
	line    string
	tape    []record.Batch // sealed one after the other
	length  time.Duration  // of the tape
	cat     record.Catalogue
	rises   map[string]record.Value // of counters, over the tape
	signer  note.Signer
	ledger  string // verifier key
	key     ed25519.PrivateKey
	from    time.Time
	batches uint64

	tree      *compact.Range
	account   *account.State
	open      []account.Interval // final, and not yet in their order
	intervals *json.Encoder
	feeds     []chan account.Interval
	checks    *plausible.Lines
}

func newLongBundle(t *testing.T, line string, tape []record.Batch, cat record.Catalogue, from time.Time, length time.Duration) *longBundle {
	t.Helper()
	seed := sha256.Sum256([]byte(cat.Gateway))
	l := &longBundle{t: t, line: line, tape: tape, length: length, cat: cat, from: from, key: ed25519.NewKeyFromSeed(seed[:]),
		tree: (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0), account: account.NewState()}
	secret, public, err := note.GenerateKey(rand.Reader, "collector.example/year")
	if err == nil {
		l.ledger = public
		l.signer, err = note.NewSigner(secret)
	}
	l.want(err)
	first, last := map[string]record.Value{}, map[string]record.Value{}
	for _, b := range tape {
		for _, r := range b.Readings {
			if _, seen := first[r.Signal]; !seen {
				first[r.Signal] = r.Value
			}
			last[r.Signal] = r.Value
		}
	}
	l.rises = map[string]record.Value{}
	for signal, s := range cat.Signals {
		if s.Counter {
			l.rises[signal] = plus(s, last[signal], first[signal], -1)
		}
	}
	return l
}

func (l *longBundle) want(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// plus adds n times a rise to a counter's reading.
func plus(s record.Signal, v, rise record.Value, n int64) record.Value {
	if v.Kind() == record.Float {
		return record.FloatValue(v.Float() + float64(n)*rise.Float())
	}
	sum := v.Uint() + uint64(n)*rise.Uint()
	if s.Width > 0 && s.Width < 64 {
		sum &= 1<<s.Width - 1
	}
	return record.UintValue(sum)
}

// again is a batch of the tape in its nth repetition.
func (l *longBundle) again(b record.Batch, n int64) record.Batch {
	later := time.Duration(n) * l.length
	b.SealedAt = b.SealedAt.Add(later)
	b.Readings = slices.Clone(b.Readings)
	for i := range b.Readings {
		r := &b.Readings[i]
		r.Time = r.Time.Add(later)
		if s := l.cat.Signals[r.Signal]; s.Counter && !r.Value.IsNone() {
			r.Value = plus(s, r.Value, l.rises[r.Signal], n)
		}
	}
	b.Observed = slices.Clone(b.Observed)
	for i := range b.Observed {
		b.Observed[i].Spans = slices.Clone(b.Observed[i].Spans)
		for k := range b.Observed[i].Spans {
			s := &b.Observed[i].Spans[k]
			s.From, s.To = s.From.Add(later), s.To.Add(later)
		}
	}
	return b
}

// one is a batch that was sealed.
type one struct {
	record.Batch
	sealed []byte
}

// seal seals all batches of a period.
func (l *longBundle) seal(to time.Time, sealed chan<- one) {
	defer close(sealed)
	text, err := l.cat.Encode()
	l.want(err)
	var prev record.Hash
	for n := int64(0); ; n++ {
		for _, b := range l.tape {
			b = l.again(b, n)
			if b.SealedAt.After(to) {
				return
			}
			l.batches++
			b.Seq, b.Prev, b.CatalogueHash, b.Catalogue, b.Gaps, b.Dated, b.Successor = l.batches, prev, record.HashOf(text), nil, nil, nil, nil
			if b.Seq == 1 {
				b.Catalogue = text
			}
			msg, err := record.Seal(b, l.key)
			l.want(err)
			prev = record.HashOf(msg)
			sealed <- one{b, msg}
		}
	}
}

// write leaves the bundle of the period in a file.
func (l *longBundle) write(to time.Time, file string) {
	l.t.Helper()
	batches, minutes := l.temporary("batches"), l.temporary("minutes")
	packed, lines := bufio.NewWriterSize(batches, 1<<20), bufio.NewWriterSize(minutes, 1<<20)
	l.intervals = json.NewEncoder(lines)
	sealed := make(chan one, 1024)
	go l.seal(to, sealed)
	figures := l.figures(to)
	for b := range sealed {
		l.want(l.tree.Append(rfc6962.DefaultHasher.HashLeaf(b.sealed), nil))
		_, err := packed.Write(append(binary.AppendUvarint(nil, uint64(len(b.sealed))), b.sealed...))
		l.want(err)
		l.account.Fold(b.Batch, l.cat)
		l.open = append(l.open, l.account.Finished()...)
		if len(l.open) > 256 {
			l.flush(b.SealedAt.Add(-20*time.Minute), to)
		}
	}
	l.open = append(l.open, l.account.Unfinished()...)
	l.flush(to, to)
	for _, feed := range l.feeds {
		close(feed)
	}
	l.want(packed.Flush())
	l.want(lines.Flush())
	l.put(file, to, batches, minutes, figures())
}

func (l *longBundle) temporary(name string) *os.File {
	f, err := os.Create(filepath.Join(l.t.TempDir(), name))
	l.want(err)
	l.t.Cleanup(func() { f.Close() })
	return f
}

// flush writes the minutes before a time in their order.
func (l *longBundle) flush(before, to time.Time) {
	slices.SortFunc(l.open, func(a, b account.Interval) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Order, b.Order))
	})
	n := 0
	for ; n < len(l.open) && l.open[n].Start.Before(before); n++ {
		if i := l.open[n]; !i.Start.Before(l.from) && i.Start.Before(to) {
			l.want(l.intervals.Encode(i))
			l.checks.Add(i)
			for _, feed := range l.feeds {
				feed <- i
			}
		}
	}
	l.open = slices.Clone(l.open[n:])
}

// figures computes them while minutes are fed; what it gives waits for them.
func (l *longBundle) figures(to time.Time) func() bundle.KPIs {
	zone, err := time.LoadLocation(l.cat.Timezone)
	l.want(err)
	plan, err := said.Sealed(l.line, l.cat.Lines[l.line], zone, said.CalendarsOf(record.Catalogue{}, l.cat, l.again(l.tape[0], 0), 0), nil)
	l.want(err)
	model := kpi.ModelOf(l.cat.Lines[l.line], plan)
	window := record.Span{From: l.from.UTC(), To: to.UTC()}
	l.checks = plausible.New(plausible.ModelOf(l.cat.Lines[l.line], l.cat.Signals, kpi.Planned(plan, window)))
	all, mu := bundle.KPIs{}, sync.Mutex{}
	var work sync.WaitGroup
	for _, g := range bundle.Groupings() {
		by := kpi.By(g)
		if g == bundle.Whole {
			by = kpi.Whole
		}
		feed := make(chan account.Interval, 1024)
		l.feeds = append(l.feeds, feed)
		work.Go(func() {
			rows, err := kpi.Compute(func(yield func(account.Interval, error) bool) {
				for i := range feed {
					yield(i, nil)
				}
			}, model, window, by)
			mu.Lock()
			defer mu.Unlock()
			for _, r := range rows {
				r.Explain, r.Losses = nil, nil
				text, failed := json.Marshal(r)
				err = cmp.Or(err, failed)
				all[g] = append(all[g], text)
			}
			if err != nil {
				l.t.Error(err)
			}
		})
	}
	return func() bundle.KPIs {
		work.Wait()
		return all
	}
}

// put puts the parts together.
func (l *longBundle) put(file string, to time.Time, batches, minutes *os.File, figures bundle.KPIs) {
	root, err := l.tree.GetRootHash(nil)
	l.want(err)
	signed, err := note.Sign(&note.Note{Text: string(log.Checkpoint{Origin: l.signer.Name(), Size: l.batches, Hash: root}.Marshal())}, l.signer)
	l.want(err)
	out, err := os.Create(file)
	l.want(err)
	defer out.Close()
	buffered := bufio.NewWriterSize(out, 1<<20)
	w, err := bundle.NewWriter(buffered, bundle.Manifest{
		Format: bundle.Format, Made: to, Version: "test", Origin: l.signer.Name(), LedgerKey: l.ledger, Line: l.line, From: l.from, To: to,
		Batches: l.batches, Gateways: []bundle.Chain{{Gateway: l.cat.Gateway, First: 1, Last: l.batches}},
	}, []bundle.Key{bundle.NewKey(l.cat.Gateway, l.key.Public().(ed25519.PublicKey))}, signed)
	l.want(err)
	text, err := l.cat.Encode()
	l.want(err)
	l.want(w.Catalogues(map[record.Hash][]byte{record.HashOf(text): text}))
	l.want(w.BeginBatches(nil))
	_, err = batches.Seek(0, io.SeekStart)
	l.want(err)
	src := bufio.NewReaderSize(batches, 1<<20)
	var msg bytes.Buffer
	for index := range l.batches {
		length, err := binary.ReadUvarint(src)
		l.want(err)
		msg.Reset()
		_, err = io.CopyN(&msg, src, int64(length))
		l.want(err)
		l.want(w.Batch(index, msg.Bytes()))
	}
	l.want(w.EndBatches(l.batches))
	_, err = minutes.Seek(0, io.SeekStart)
	l.want(err)
	results, err := w.BeginIntervals()
	l.want(err)
	_, err = io.Copy(results, bufio.NewReaderSize(minutes, 1<<20))
	l.want(err)
	found, _ := l.checks.Findings()
	var findings []json.RawMessage
	for _, f := range found {
		text, err := json.Marshal(f)
		l.want(err)
		findings = append(findings, text)
	}
	l.want(w.Close(bundle.Results{KPIs: figures, Findings: findings}))
	l.want(buffered.Flush())
}
