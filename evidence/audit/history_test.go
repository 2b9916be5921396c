package audit_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"k8s.io/klog/v2"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/evidence/audit"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
	"github.com/lineproof/lineproof/record"
)

func TestMain(m *testing.M) {
	klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

const origin = "collector.example/lineproof"

// history is a real ledger with the bundle that a collector made of it: two gateways in turn, of which the main one
// changes its planned cycle and its key in the course of the morning.
type history struct {
	main     string
	first    record.Keyring // the gateways' first keys
	keys     record.Keyring // all of them
	sealer   ed25519.PrivateKey
	clerk    ed25519.PrivateKey // the office's
	verifier string
	secret   string // the ledger's
	ledger   [][]byte
	bundle   []byte
	config   collector.Config
}

// period is what the bundle is of.
var period = record.Span{From: collectortest.Morning.Add(2 * time.Hour), To: collectortest.Morning.Add(3 * time.Hour)}

// told makes the history once for all tests.
var told = sync.OnceValues(func() (*history, error) {
	dir, err := os.MkdirTemp("", "lineproof-audit-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	return tell(dir)
})

func good(t *testing.T) *history {
	t.Helper()
	h, err := told()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// nobody is a testing.TB for what is made once.
type nobody struct{ testing.TB }

func (nobody) Helper()           {}
func (nobody) Fatal(args ...any) { panic(args) }

func tell(dir string) (*history, error) {
	var t nobody
	g, other := collectortest.NewGateway("huu-lung-01", collectortest.Morning), collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	h := &history{main: g.Name, first: collectortest.Keys(g, other), keys: collectortest.Keys(g, other)}
	seed := sha256.Sum256([]byte("the next key"))
	next := ed25519.NewKeyFromSeed(seed[:])
	h.keys.Add(g.Name, next.Public().(ed25519.PublicKey))
	weigh(g, "Lan", "2026-02-20")
	for n := range 40 {
		switch n {
		case 10: // before the bundle begins
			weigh(g, "Minh", "2026-02-27")
		case 5: // announced before the period, in use from then on
			b := g.Batch(t)
			b.Successor = record.NewSuccessor(g.Name, next)
			h.ledger = append(h.ledger, g.Seal(t, b))
			g.Key = next
		case 30:
			line := g.Catalogue.Lines[collectortest.Line(g.Name)]
			press := line.Machines["press"]
			press.Product = &record.Product{Code: "GB-390", UnitsPerCycle: 12, PlannedCycle: record.Duration(14 * time.Second)}
			line.Machines["press"] = press
			weigh(g, "Trung tâm Đo lường", "2026-03-02")
		}
		state := []int64{collectortest.Execute, collectortest.Execute, collectortest.Held}[n%3]
		h.ledger = append(h.ledger, g.Work(t, 5*time.Minute, state, 20, uint64(n%2)), other.Work(t, 5*time.Minute, collectortest.Execute, 19, 1))
	}
	h.sealer = next
	h.config = collector.Config{Dir: dir, Origin: origin, HTTP: "127.0.0.1:0", MQTT: &collector.MQTT{Listen: "127.0.0.1:0"}, Gateways: map[string]collector.Gateway{}}
	for _, k := range h.first {
		h.config.Gateways[k.Gateway] = collector.Gateway{Key: collector.PublicKey(k.Public)}
	}
	if err := h.append(dir); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err := collector.WriteBundle(context.Background(), h.config, options(), collectortest.Line(g.Name), period.From, period.To, &out, func(string, uint64, uint64) {})
	h.bundle = out.Bytes()
	return h, err
}

// weigh gives the press a scale that somebody calibrated on a day.
func weigh(g *collectortest.Gateway, by, day string) {
	g.Catalogue.Signals["scale.weight"] = record.Signal{Device: "scale", Driver: "hx711", Unit: "kg", Calibration: &record.Calibration{
		By: by, At: day, Points: []record.CalibrationPoint{{Raw: 12345, Value: 0}, {Raw: 98765, Value: 20}},
	}}
	line := g.Catalogue.Lines[collectortest.Line(g.Name)]
	press := line.Machines["press"]
	press.Measures = map[string]record.Measure{"weight": {From: "scale.weight"}}
	line.Machines["press"] = press
}

func options() collector.Options {
	return collector.Options{Version: "test", Clock: clock.NewVirtual(collectortest.Morning.Add(24*time.Hour), 1), Logger: slog.New(slog.DiscardHandler)}
}

// check audits a bundle as somebody who knows the ledger's key and the gateways' first ones.
func (h *history) check(t *testing.T, file []byte, witnesses ...string) *audit.Report {
	t.Helper()
	r, err := audit.Run(bytes.NewReader(file), int64(len(file)), audit.Options{Ledger: h.verifier, Gateways: h.first, Witnesses: witnesses})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func english(t *testing.T) tongue.Tongue {
	t.Helper()
	en, err := spoken.New(tongue.English)
	if err != nil {
		t.Fatal(err)
	}
	return en
}

// append brings the batches into a real ledger, and what the office was told.
func (h *history) append(dir string) error {
	l, err := ledger.Open(context.Background(), filepath.Join(dir, "ledger"), origin)
	if err != nil {
		return err
	}
	h.verifier = l.Verifier()
	if err = h.office(l); err == nil {
		_, err = l.Append(context.Background(), collectortest.Verify(nobody{}, h.keys, h.ledger...))
	}
	if err = errors.Join(err, l.Close()); err != nil {
		return err
	}
	secret, err := os.ReadFile(filepath.Join(dir, "ledger", "signer.key"))
	h.secret = string(secret)
	return err
}

// office seals who worked in the shift, what corrects it, and who agrees; and that somebody wants another calendar for the
// shift when it is over.
func (h *history) office(l *ledger.Ledger) error {
	key, err := l.DeriveKey(record.Office)
	if err != nil {
		return err
	}
	h.clerk = key
	h.keys.Add(record.Office, key.Public().(ed25519.PublicKey))
	catalogue, err := record.Catalogue{Gateway: record.Office, Site: record.Office, Timezone: "UTC"}.Encode()
	if err != nil {
		return err
	}
	hours := func(n float64) record.ShiftEntry {
		return record.ShiftEntry{ShiftEnd: collectortest.Morning.Add(8 * time.Hour), AttendedHours: &n}
	}
	second := hours(72)
	second.Replaces = "1"
	text, err := json.Marshal(second)
	if err != nil {
		return err
	}
	var prev record.Hash
	for n, s := range []struct {
		kind record.StatementKind
		by   string
		body any
	}{
		{record.StatementShift, "Lan", hours(80)},
		{record.StatementShift, "Lan", second},
		{record.StatementSignature, "Minh", record.Signature{Entry: "2", Hash: record.HashOf(text), Agrees: true}},
	} {
		said, err := record.NewStatement(strconv.Itoa(n+1), s.kind, s.by, s.body)
		if err != nil {
			return err
		}
		said.Line, said.About, said.Said = collectortest.Line(h.main), collectortest.Morning, collectortest.Morning.Add(9*time.Hour)
		statements := []record.Statement{said}
		if n == 0 {
			late, err := record.NewStatement("late", record.StatementCalendar, "Lan", record.CalendarChange{Calendar: &record.Calendar{Public: "vn"}})
			if err != nil {
				return err
			}
			study, err := record.NewStatement("study", record.StatementStudy, "Lan", protocolOf(period))
			if err != nil {
				return err
			}
			for _, s := range []record.Statement{late, study} {
				s.Line, s.About, s.Said = said.Line, said.About, said.Said
				statements = append(statements, s)
			}
		}
		sealed, err := record.Seal(record.Batch{
			Gateway: record.Office, Seq: uint64(n + 1), Prev: prev, SealedAt: said.Said, CatalogueHash: record.HashOf(catalogue), Catalogue: catalogue,
			Statements: statements,
		}, key)
		if err != nil {
			return err
		}
		h.ledger, prev = append(h.ledger, sealed), record.HashOf(sealed)
	}
	return nil
}

// protocolOf is a study of the time before and after the middle of a period, which somebody registers when all is over.
func protocolOf(period record.Span) record.StudyProtocol {
	middle, atLeast := period.From.Add(period.Duration()/2), .97
	return record.StudyProtocol{
		Study: "press-quality", Metric: "quality_ratio", Comparator: "own-before", Confidence: .95, Method: "auto",
		Target: record.StudyTarget{Kind: "level", AtLeast: &atLeast},
		Before: &record.StudySide{Source: record.StudyMetered, From: period.From, To: middle},
		After:  record.StudySide{Source: record.StudyMetered, From: middle, To: period.To},
	}
}
