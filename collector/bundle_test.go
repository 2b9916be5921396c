package collector

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/cosign"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/evidence/audit"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
	"github.com/lineproof/lineproof/record"
	"github.com/lineproof/lineproof/witness"
)

// hourOfWork is the ledger of two gateways, whose batches of ten minutes come in turn, and of the office.
func hourOfWork(t *testing.T) (*Collector, *collectortest.Gateway) {
	t.Helper()
	g, other := collectortest.NewGateway("huu-lung-01", collectortest.Morning), collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	return hold(t, g, other, func(b *bench) {
		for n := range 40 {
			b.sends(g.Name, g.Work(t, 5*time.Minute, collectortest.Execute, 20, uint64(n%2)))
			b.sends(other.Name, other.Work(t, 5*time.Minute, collectortest.Execute, 19, 1))
		}
	}), g
}

// hold is a collector that holds what was sent to a bench, and does not run.
func hold(t *testing.T, g, other *collectortest.Gateway, send func(*bench)) *Collector {
	t.Helper()
	cfg := config(t, g)
	cfg.Gateways[other.Name] = Gateway{Key: PublicKey(other.Public())}
	b := openBench(t, cfg.Dir, collectortest.Keys(g, other))
	send(b)
	b.close()
	c := &Collector{cfg: cfg, opts: options()}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := c.openStores(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.openPipeline(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.pipeline.catchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func bundleOf(t *testing.T, c *Collector, line string, from, to time.Time) []byte {
	t.Helper()
	b, err := c.Bundle(t.Context(), line, from, to)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := b.Write(t.Context(), &out, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// verified audits a bundle as somebody who knows all keys.
func verified(t *testing.T, c *Collector, g *collectortest.Gateway, file []byte) (r *audit.Report, text string) {
	t.Helper()
	r, err := audit.Run(bytes.NewReader(file), int64(len(file)), audit.Options{Ledger: c.Verifier(), Gateways: collectortest.Keys(g)})
	if err != nil {
		t.Fatal(err)
	}
	en, err := spoken.New(tongue.English)
	if err != nil {
		t.Fatal(err)
	}
	return r, r.Text(en)
}

// TestABundleHolds also wants its figures to be those of the pages.
func TestABundleHolds(t *testing.T) {
	t.Parallel()
	c, g := hourOfWork(t)
	from, to := collectortest.Morning.Add(2*time.Hour), collectortest.Morning.Add(3*time.Hour)
	file := bundleOf(t, c, collectortest.Line(g.Name), from, to)
	if r, text := verified(t, c, g, file); !r.OK() {
		t.Error(text)
	}
	samePages(t, c, collectortest.Line(g.Name), file)
}

// samePages wants a bundle's figures to be those of the pages, and gives those by shift.
func samePages(t *testing.T, c *Collector, line string, file []byte) (shifts []kpi.Row) {
	t.Helper()
	b, err := bundle.Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.KPIs()
	if err != nil {
		t.Fatal(err)
	}
	for _, grouping := range bundle.Groupings() {
		rows, err := c.board.KPI(t.Context(), line, board.KPIQuery{From: b.Manifest.From, To: b.Manifest.To, By: by(grouping)})
		if err != nil {
			t.Fatal(err)
		}
		if grouping == "shift" {
			shifts = rows
		}
		var want []json.RawMessage
		for _, r := range rows {
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, text)
		}
		if diff := cmp.Diff(asJSON(t, want), asJSON(t, got[grouping])); diff != "" {
			t.Errorf("by %s (-pages +bundle):\n%s", grouping, diff)
		}
	}
	return shifts
}

func asJSON(t *testing.T, rows []json.RawMessage) (all []any) {
	t.Helper()
	for _, r := range rows {
		var v any
		if err := json.Unmarshal(r, &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// TestABundleOfChangedViewsFails is of results that somebody changed who has the collector's files.
func TestABundleOfChangedViewsFails(t *testing.T) {
	t.Parallel()
	g, other := collectortest.NewGateway("huu-lung-01", collectortest.Morning), collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	c := hold(t, g, other, func(b *bench) { b.sends(g.Name, work(t, g, 200)...) })
	embellish(t, filepath.Join(c.cfg.Dir, "series.db"))
	r, text := verified(t, c, g, bundleOf(t, c, collectortest.Line(g.Name), collectortest.Morning, collectortest.Morning.Add(3*time.Hour)))
	if r.Check(audit.Intervals).State != audit.Fails || r.Check(audit.Signatures).State != audit.Holds || !strings.Contains(text, "Scrap: the bundle says 0, the readings say") {
		t.Error(text)
	}
}

// TestABundleEndsWithTheLastFinalMinute wants no minute in it that may still grow, and an error where there is none.
func TestABundleEndsWithTheLastFinalMinute(t *testing.T) {
	t.Parallel()
	c, g := hourOfWork(t)
	end := collectortest.Morning.Add(200 * time.Minute)
	b, err := c.Bundle(t.Context(), collectortest.Line(g.Name), collectortest.Morning, end.Add(24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := b.Period().To, end.Add(-3*time.Minute); !got.Equal(want) {
		t.Errorf("ends at %s, want %s", got, want)
	}
	if r, text := verified(t, c, g, bundleOf(t, c, collectortest.Line(g.Name), collectortest.Morning, end.Add(24*time.Hour))); !r.OK() {
		t.Error(text)
	}
	if _, err := c.Bundle(t.Context(), collectortest.Line(g.Name), end, end.Add(time.Hour)); !errors.Is(err, board.ErrOpen) {
		t.Errorf("a period without a final minute: %v", err)
	}
	if _, err := c.Bundle(t.Context(), "oil", collectortest.Morning, end); !errors.Is(err, board.ErrNotFound) {
		t.Errorf("a line that there is not: %v", err)
	}
}

// planned gives a gateway's line one shift, by hours of the day.
func planned(g *collectortest.Gateway, name string, from, to int) *record.Calendar {
	c := &record.Calendar{Shifts: []record.Shift{{Name: name, From: record.ClockTime(from * 60), To: record.ClockTime(to * 60)}}}
	line := g.Catalogue.Lines[collectortest.Line(g.Name)]
	line.Calendar = c
	g.Catalogue.Lines[collectortest.Line(g.Name)] = line
	return c
}

// says lets the office of a bench seal that a person changes a calendar.
func (b *bench) says(line string, about, said time.Time, c *record.Calendar) {
	b.t.Helper()
	key, err := b.ledger.DeriveKey(record.Office)
	if err != nil {
		b.t.Fatal(err)
	}
	b.chain.keys.Add(record.Office, key.Public().(ed25519.PublicKey))
	s, err := record.NewStatement("c1", record.StatementCalendar, "Lan", record.CalendarChange{Calendar: c})
	if err != nil {
		b.t.Fatal(err)
	}
	s.Line, s.About, s.Said = line, about, said
	catalogue, err := record.Catalogue{Gateway: record.Office, Site: record.Office, Timezone: "UTC"}.Encode()
	if err != nil {
		b.t.Fatal(err)
	}
	sealed, err := record.Seal(record.Batch{Gateway: record.Office, Seq: 1, SealedAt: said, CatalogueHash: record.HashOf(catalogue), Catalogue: catalogue, Statements: []record.Statement{s}}, key)
	if err != nil {
		b.t.Fatal(err)
	}
	b.sends(record.Office, sealed)
}

// TestABundleKnowsEveryCalendar is of a line whose catalogue changes its calendar before the period, and a person in it:
// each shift is what it was when it began, in the bundle, on the pages and for the verifier.
func TestABundleKnowsEveryCalendar(t *testing.T) {
	t.Parallel()
	g, other := collectortest.NewGateway("huu-lung-01", collectortest.Morning), collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	hour := func(n int) time.Time { return collectortest.Morning.Add(time.Duration(n) * time.Hour) }
	line := collectortest.Line(g.Name)
	c := hold(t, g, other, func(b *bench) {
		for n := range 15 * 6 {
			switch n {
			case 6:
				planned(g, "long", 14, 18)
			case 9 * 6:
				b.says(line, hour(8), hour(9), &record.Calendar{Shifts: []record.Shift{{Name: "evening", From: 18 * 60, To: 22 * 60}}})
			}
			b.sends(g.Name, g.Work(t, 10*time.Minute, collectortest.Execute, 40, uint64(n%2)))
		}
	})
	file := bundleOf(t, c, line, hour(7), hour(14))
	r, text := verified(t, c, g, file)
	if !r.OK() || !strings.Contains(text, "Lan said at 2026-03-02 08:00 UTC, in the statement c1, that another calendar governs from 2026-03-02 07:00 UTC on") {
		t.Error(text)
	}
	var got []string
	for _, s := range samePages(t, c, line, file) {
		got = append(got, fmt.Sprint(s.Shift, " ", s.PlannedBusyTimeS/3600))
	}
	if diff := cmp.Diff([]string{"early 1", "long 4", "evening 2"}, got); diff != "" {
		t.Errorf("planned hours by shift (-want +got):\n%s", diff)
	}
}

// TestABundleOfALineThatMoved is of a line that one gateway read and then another, which says the same calendar after a
// person said another: only who knows the first one's word knows that the second's is none.
func TestABundleOfALineThatMoved(t *testing.T) {
	t.Parallel()
	g, other := collectortest.NewGateway("huu-lung-01", collectortest.Morning.Add(2*time.Hour)), collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	line := collectortest.Line(g.Name)
	other.Catalogue.Lines = map[string]record.Line{line: other.Catalogue.Lines[collectortest.Line(other.Name)]}
	c := hold(t, g, other, func(b *bench) {
		for range 12 {
			b.sends(other.Name, other.Work(t, 10*time.Minute, collectortest.Execute, 40, 1))
		}
		b.says(line, g.At, g.At, &record.Calendar{Shifts: []record.Shift{{Name: "late", From: 15 * 60, To: 22 * 60}}})
		for range 10 * 6 {
			b.sends(g.Name, g.Work(t, 10*time.Minute, collectortest.Execute, 40, 1))
		}
	})
	for _, from := range []time.Duration{time.Hour, 6 * time.Hour} {
		file := bundleOf(t, c, line, collectortest.Morning.Add(from), collectortest.Morning.Add(11*time.Hour))
		r, err := audit.Run(bytes.NewReader(file), int64(len(file)), audit.Options{Ledger: c.Verifier(), Gateways: collectortest.Keys(g, other)})
		if err != nil {
			t.Fatal(err)
		}
		if !r.OK() {
			t.Errorf("%+v", r)
		}
		if rows := samePages(t, c, line, file); len(rows) < 2 || rows[1].Shift != "late" || !rows[1].From.Equal(collectortest.Morning.Add(9*time.Hour)) {
			t.Errorf("from %s on: %+v", from, rows)
		}
	}
}

// TestABundleHasWhatWitnessesSaid lets a witness cosign the ledger, which then grows: the bundle goes back to what was
// cosigned.
func TestABundleHasWhatWitnessesSaid(t *testing.T) {
	t.Parallel()
	c, g := hourOfWork(t)
	dir := t.TempDir()
	public, err := witness.Init(dir, "witness.example/langson")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "witness.yaml"), []byte("dir: "+dir+"\nledgers: ["+c.Verifier()+"]\n"))
	settings, err := witness.Load(filepath.Join(dir, "witness.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	w, err := witness.Open(settings, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	machine := httptest.NewServer(w.Handler())
	defer machine.Close()
	c.cfg.Witnesses = &cosign.Policy{Quorum: 1, List: []cosign.Witness{{URL: machine.URL, Key: public}}}
	c.cfg.Witnesses.Validate(func(path []string, message, _ string) { t.Fatalf("%v: %s", path, message) })
	c.openWitnesses()
	c.witnesses.Ask(t.Context())
	later, err := c.pipeline.chain.check(g.Work(t, 5*time.Minute, collectortest.Execute, 20, 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ledger.Append(t.Context(), []verify.Verified{later}); err != nil {
		t.Fatal(err)
	}

	file := bundleOf(t, c, collectortest.Line(g.Name), collectortest.Morning.Add(2*time.Hour), collectortest.Morning.Add(3*time.Hour))
	witnessed := func(key string) *audit.Check {
		t.Helper()
		r, err := audit.Run(bytes.NewReader(file), int64(len(file)), audit.Options{Ledger: c.Verifier(), Gateways: collectortest.Keys(g), Witnesses: []string{key}})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []audit.Name{audit.Checkpoint, audit.Inclusion, audit.KPI} {
			if r.Check(n).State != audit.Holds {
				t.Errorf("%+v", r.Check(n))
			}
		}
		return r.Check(audit.Cosignatures)
	}
	if got := witnessed(public); got.State != audit.Holds {
		t.Errorf("%+v", got)
	}
	other, err := witness.Init(t.TempDir(), "witness.example/other")
	if err != nil {
		t.Fatal(err)
	}
	en, err := spoken.New(tongue.English)
	if err != nil {
		t.Fatal(err)
	}
	if got := witnessed(other); got.State != audit.Fails || en.Text(got.Found[0]) != "the witness witness.example/other has not signed this head" {
		t.Errorf("%+v", got)
	}
	b, err := bundle.Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(b.Checkpoint, []byte("test\n80\n")) {
		t.Errorf("the checkpoint is not the one that was cosigned: %s", b.Checkpoint)
	}

	// A collector that does not run asks them itself.
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := WriteBundle(t.Context(), c.cfg, options(), collectortest.Line(g.Name), b.Manifest.From, b.Manifest.To, &out, func(string, uint64, uint64) {}); err != nil {
		t.Fatal(err)
	}
	file = out.Bytes()
	if got := witnessed(public); got.State != audit.Holds {
		t.Errorf("%+v", got)
	}
}
