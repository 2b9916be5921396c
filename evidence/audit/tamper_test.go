package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"google.golang.org/protobuf/proto"

	"github.com/lineproof/lineproof/collector/plausible"
	"github.com/lineproof/lineproof/evidence/audit"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
	"github.com/lineproof/lineproof/record/recordpb"
)

func TestAGoodBundleHolds(t *testing.T) {
	h := good(t)
	if r := h.check(t, h.bundle); !r.OK() {
		t.Error(r.Text(english(t)))
	}
	if r := h.check(t, forge(t, h).file()); !r.OK() { // the forger's craft is good
		t.Error(r.Text(english(t)))
	}
}

// at is the index of a batch of the main gateway in the middle of the period.
const at = 61

// tampering is something that is done to a bundle.
type tampering struct {
	name  string
	do    func(t *testing.T, f *forger)
	check audit.Name
	want  string // in the report
}

// tamperings are done as somebody would who knows the format.
func tamperings(t *testing.T, h *history) []tampering {
	n := forge(t, h).open(h, at).Seq
	attacker := ed25519.NewKeyFromSeed(slices.Repeat([]byte{9}, ed25519.SeedSize))
	return []tampering{
		{"a changed reading", func(t *testing.T, f *forger) { f.batches[at] = unsigned(t, f.batches[at], f.open(h, at)) },
			audit.Signatures, fmt.Sprintf("the batch at index %d of the ledger: key", at)},
		{"a dropped batch", func(_ *testing.T, f *forger) { delete(f.batches, at) },
			audit.Chain, fmt.Sprintf("batches %d to %d of huu-lung-01 are missing", n, n)},
		{"a doubled batch", func(_ *testing.T, f *forger) { f.batches[at+1] = f.batches[at] },
			audit.Inclusion, fmt.Sprintf("batch %d of huu-lung-01 is there again at index %d", n, at+1)},
		{"two batches that changed places", func(_ *testing.T, f *forger) { f.batches[at], f.batches[at+2] = f.batches[at+2], f.batches[at] },
			audit.Inclusion, fmt.Sprintf("batch %d of huu-lung-01 at index %d of the ledger comes right after batch %d", n+1, at, n-1)},
		{"a batch re-signed with another key", func(_ *testing.T, f *forger) {
			edit(f, "keys.json", func(keys *[]bundle.Key) {
				*keys = append(*keys, bundle.NewKey(h.main, attacker.Public().(ed25519.PublicKey)))
			})
			last := uint64(0)
			for index := range f.batches {
				if f.open(h, index).Gateway == h.main {
					last = max(last, index)
				}
			}
			f.reseal(h, last, attacker, func(*record.Batch) {})
		}, audit.Keys, "of huu-lung-01 is sealed with the key " + record.KeyIDOf(attacker.Public().(ed25519.PublicKey)).String()},
		{"a back-dated batch, by who has the gateway's key", func(_ *testing.T, f *forger) {
			f.reseal(h, at, h.sealer, func(b *record.Batch) { b.SealedAt = b.SealedAt.Add(-24 * time.Hour) })
		}, audit.Dates, fmt.Sprintf("batch %d of huu-lung-01 says that it was sealed at", n)},
		{"a reading of the future, by who has the gateway's key", func(_ *testing.T, f *forger) {
			f.reseal(h, at, h.sealer, func(b *record.Batch) { b.Readings[len(b.Readings)-1].Time = b.SealedAt.Add(time.Minute) })
		}, audit.Dates, fmt.Sprintf("batch %d of huu-lung-01 holds a reading of press.", n)},
		{"a changed count, by who has the gateway's key", func(_ *testing.T, f *forger) {
			f.reseal(h, at, h.sealer, func(b *record.Batch) {
				b.Readings = slices.DeleteFunc(b.Readings, func(r record.Reading) bool { return r.Signal == "press.rejects" })
			})
		}, audit.Inclusion, "the tree of the bundle has another root than the signed one"},
		{"another planned cycle in the catalogue", func(_ *testing.T, f *forger) {
			f.replace(f.catalogue(), `"planned_cycle":"14s"`, `"planned_cycle":"15s"`)
		},
			audit.Catalogues, "was changed: its SHA-256 is"},
		{"other units per cycle in the catalogue", func(_ *testing.T, f *forger) {
			f.replace(f.catalogue(), `"units_per_cycle":12`, `"units_per_cycle":13`)
		},
			audit.Catalogues, "was changed: its SHA-256 is"},
		{"other units per cycle in a minute", func(_ *testing.T, f *forger) {
			f.replace("results/intervals.ndjson", `"UnitsPerCycle":12`, `"UnitsPerCycle":13`)
		},
			audit.Intervals, "UnitsPerCycle: the bundle says 13, the readings say 12"},
		{"more good units in a minute", func(_ *testing.T, f *forger) { f.replace("results/intervals.ndjson", `"Good":200,`, `"Good":201,`) },
			audit.Intervals, "press, 2026-03-02 01:04 UTC, Good: the bundle says 201, the readings say 200"},
		{"a minute left out", func(_ *testing.T, f *forger) {
			_, rest, _ := bytes.Cut(f.entries["results/intervals.ndjson"], []byte("\n"))
			f.entries["results/intervals.ndjson"] = rest
		}, audit.Intervals, "press, 2026-03-02 01:00 UTC: the readings tell of a minute that the bundle lacks"},
		{"a minute twice", func(_ *testing.T, f *forger) {
			first, _, _ := bytes.Cut(f.entries["results/intervals.ndjson"], []byte("\n"))
			f.entries["results/intervals.ndjson"] = slices.Concat(first, []byte("\n"), f.entries["results/intervals.ndjson"])
		}, audit.Intervals, "the minute of press at 2026-03-02 01:00 UTC is out of order or there twice"},
		{"a better quality ratio", func(_ *testing.T, f *forger) {
			f.replace("results/kpi.json", `"quality_ratio": 0.`, `"quality_ratio": 0.9`)
		},
			audit.KPI, "by day, row 1, quality_ratio: the bundle says 0.9997"},
		{"a row of the figures left out", func(_ *testing.T, f *forger) {
			edit(f, "results/kpi.json", func(k *bundle.KPIs) { (*k)["shift"] = nil })
		}, audit.KPI, "by shift: the bundle has 0 rows, the minutes give 1"},
		{"a finding left out", func(_ *testing.T, f *forger) {
			edit(f, "results/findings.json", func(all *[]plausible.Finding) { *all = (*all)[1:] })
		}, audit.Findings, "the bundle names 1 findings, the minutes give 2"},
		{"a finding made less", func(_ *testing.T, f *forger) {
			edit(f, "results/findings.json", func(all *[]plausible.Finding) { (*all)[0].Observed = 1 })
		}, audit.Findings, "finding 1, observed: the bundle says 1, the minutes say"},
		{"a study that was registered in time", func(_ *testing.T, f *forger) { f.replace("results/studies.json", `"late": true`, `"late": false`) },
			audit.Studies, "study press-quality, versions.0.late: the bundle says false, people said true"},
		{"a study left out", func(_ *testing.T, f *forger) { f.entries["results/studies.json"] = []byte("[]") },
			audit.Studies, "the bundle has 0 studies, people spoke of 1"},
		{"a correction in the shift log left out", func(_ *testing.T, f *forger) {
			indexes := slices.Sorted(maps.Keys(f.batches))
			for _, index := range indexes[len(indexes)-2:] {
				if f.open(h, index).Gateway != record.Office {
					t.Fatal("the office's batches are not the last")
				}
				delete(f.batches, index)
			}
			edit(f, "manifest.json", func(m *bundle.Manifest) {
				m.Batches -= 2
				m.Gateways[slices.IndexFunc(m.Gateways, func(c bundle.Chain) bool { return c.Gateway == record.Office })].Last -= 2
			})
			f.names = slices.DeleteFunc(f.names, func(n string) bool { return strings.HasPrefix(n, "proofs/office-3") })
		}, audit.KPI, "by day, row 1, attended_hours: the bundle says 9, the minutes say 10"},
		{"a proof of another batch", func(_ *testing.T, f *forger) {
			var proofs []string
			for _, name := range f.names {
				if strings.HasPrefix(name, "proofs/"+h.main) {
					proofs = append(proofs, name)
				}
			}
			f.entries[proofs[0]], f.entries[proofs[1]] = f.entries[proofs[1]], f.entries[proofs[0]]
		}, audit.Inclusion, "it is of another entry of the ledger"},
		{"the end cut off, and the table of contents with it", func(_ *testing.T, f *forger) {
			last := uint64(0)
			for index := range f.batches {
				if f.open(h, index).Gateway == h.main {
					last = max(last, index)
				}
			}
			delete(f.batches, last)
			edit(f, "manifest.json", func(m *bundle.Manifest) { m.Batches--; m.Gateways[0].Last-- })
			for name := range f.entries {
				if strings.HasSuffix(name, fmt.Sprintf("-%d.tlog-proof", f.open(h, last).Seq)) {
					f.names = slices.DeleteFunc(f.names, func(n string) bool { return n == name })
				}
			}
		}, audit.Intervals, "press, 2026-03-02 01:59 UTC, Stops: the bundle says 1, the readings say 0"},
	}
}

func TestWhatIsChangedIsFoundAndNamed(t *testing.T) {
	h := good(t)
	for _, tt := range tamperings(t, h) {
		t.Run(tt.name, func(t *testing.T) {
			f := forge(t, h)
			tt.do(t, f)
			fails(t, h.check(t, f.file()), tt.check, tt.want)
		})
	}
}

// TestABundleOfTheFirstFormHolds is of one from before findings and studies were in the results.
func TestABundleOfTheFirstFormHolds(t *testing.T) {
	h := good(t)
	f := forge(t, h)
	edit(f, "manifest.json", func(m *bundle.Manifest) { m.Format = 1 })
	fails(t, h.check(t, f.file()), audit.File, "results/findings.json: there true, in a bundle of format 1")
	f.names = slices.DeleteFunc(f.names, func(n string) bool { return n == "results/findings.json" || n == "results/studies.json" })
	if r := h.check(t, f.file()); !r.OK() || r.Check(audit.Findings).State != audit.Unasked || r.Check(audit.Studies).State != audit.Holds {
		t.Error(r.Text(english(t)))
	}
}

func TestAPeriodOfTwoThousandYearsIsRefused(t *testing.T) {
	h := good(t)
	f := forge(t, h)
	edit(f, "manifest.json", func(m *bundle.Manifest) { m.From = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC) })
	fails(t, h.check(t, f.file()), audit.File, "it must end after it begins, and be of 20 years at most")
}

// catalogue is the entry of the one with the new planned cycle.
func (f *forger) catalogue() string {
	f.t.Helper()
	for name, text := range f.entries {
		if strings.HasPrefix(name, "catalogues/") && bytes.Contains(text, []byte(`"14s"`)) {
			return name
		}
	}
	f.t.Fatal("no catalogue names 14s")
	return ""
}

// unsigned changes a reading and leaves the signature what it was.
func unsigned(t *testing.T, sealed []byte, b record.Batch) []byte {
	t.Helper()
	b.Readings[0].Value = record.UintValue(123456)
	plain, err := record.EncodePlain(b)
	if err != nil {
		t.Fatal(err)
	}
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var wire recordpb.Sealed
	if err := proto.Unmarshal(sealed, &wire); err != nil {
		t.Fatal(err)
	}
	wire.Body = w.EncodeAll(plain, nil)
	again, err := proto.MarshalOptions{Deterministic: true}.Marshal(&wire)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// TestARewrittenLedgerIsFound gives a forged tree a fresh checkpoint: by somebody else, who has to use a key of their
// own, and by the ledger's owner, whom only a witness can contradict.
func TestARewrittenLedgerIsFound(t *testing.T) {
	h := good(t)
	rewritten := func(signer note.Signer) *forger {
		f := forge(t, h)
		f.reseal(h, at, h.sealer, func(b *record.Batch) { b.Readings[0].Value = record.UintValue(99) })
		for index, sealed := range f.batches {
			f.leaves[index] = sealed
		}
		f.checkpoint(signer)
		return f
	}
	secret, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	f := rewritten(signer(t, secret))
	edit(f, "manifest.json", func(m *bundle.Manifest) { m.LedgerKey = public })
	file := f.file()
	fails(t, h.check(t, file), audit.Checkpoint, "the head is not signed with the key "+origin)
	r, err := audit.Run(bytes.NewReader(file), int64(len(file)), audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Check(audit.Checkpoint); c.State != audit.Holds || !strings.Contains(english(t).Text(c.Notes[0]), "came with the bundle") {
		t.Errorf("without a key to trust: %s, %v; it must be said what that proves", c.State, c.Notes)
	}

	secret, public, err = note.GenerateKey(rand.Reader, "witness.example")
	if err != nil {
		t.Fatal(err)
	}
	witness, err := cosign.NewSignerForCosignatureV1(secret)
	if err != nil {
		t.Fatal(err)
	}
	f = forge(t, h)
	f.checkpoint(signer(t, h.secret), witness)
	for name := range f.entries { // they quote the checkpoint without the witness
		f.names = slices.DeleteFunc(f.names, func(n string) bool { return n == name && strings.HasPrefix(name, "proofs/") })
	}
	if r := h.check(t, f.file(), public); !r.OK() || r.Check(audit.Cosignatures).State != audit.Holds {
		t.Errorf("seen by a witness:\n%s", r.Text(english(t)))
	}
	fails(t, h.check(t, rewritten(signer(t, h.secret)).file(), public), audit.Cosignatures, "the witness witness.example has not signed this head")

	f = forge(t, h)
	f.reseal(h, at, h.sealer, func(b *record.Batch) { b.SealedAt = b.SealedAt.AddDate(20, 0, 0) })
	for index, sealed := range f.batches {
		f.leaves[index] = sealed
	}
	f.checkpoint(signer(t, h.secret), witness)
	fails(t, h.check(t, f.file(), public), audit.Dates, "but a witness saw the ledger that holds it at")
}

func signer(t *testing.T, secret string) note.Signer {
	t.Helper()
	s, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fails wants a check to fail, and to say so.
func fails(t *testing.T, r *audit.Report, check audit.Name, want string) {
	t.Helper()
	c := r.Check(check)
	said := slices.ContainsFunc(c.Found, func(m tongue.Message) bool { return strings.Contains(english(t).Text(m), want) })
	if r.OK() || c.State != audit.Fails || !said {
		t.Errorf("want %q under %s in:\n%s", want, check, r.Text(english(t)))
	}
}

// flips is how many bits are turned, one after the other: LINEPROOF_FLIPS, or 300.
func flips(t *testing.T) int {
	t.Helper()
	text := os.Getenv("LINEPROOF_FLIPS")
	if text == "" {
		return 300
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestNoDamagePasses turns bits and cuts the file off, and makes the hash at its end right again every other time, so
// that the rest has to find it: no damage is a pass, and none a panic.
func TestNoDamagePasses(t *testing.T) {
	h := good(t)
	rng := mathrand.New(mathrand.NewPCG(1, 2))
	for n := range flips(t) {
		file := slices.Clone(h.bundle)
		bit := rng.IntN(8 * len(file))
		file[bit/8] ^= 1 << (bit % 8)
		if r := h.check(t, file); r.OK() {
			t.Errorf("bit %d turned: passes", bit)
		}
		if n%2 == 0 {
			h.check(t, resealed(file)) // a date in the archive may be turned so, and mean nothing
		}
	}
	for range flips(t) / 10 {
		if size := rng.IntN(len(h.bundle)); h.check(t, h.bundle[:size]).OK() {
			t.Errorf("cut off at %d bytes: passes", size)
		}
	}
}
