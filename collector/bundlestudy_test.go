//go:build !race

package collector

import (
	"crypto/ed25519"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/evidence/audit"
	"github.com/lineproof/lineproof/record"
)

// clerk seals what people say as the office does, and whatever else somebody wants who has its key.
type clerk struct {
	*bench
	line string
	seq  uint64
	prev record.Hash
}

func (k *clerk) seals(said time.Time, id string, kind record.StatementKind, body any) {
	k.t.Helper()
	key, err := k.ledger.DeriveKey(record.Office)
	if err != nil {
		k.t.Fatal(err)
	}
	k.chain.keys.Add(record.Office, key.Public().(ed25519.PublicKey))
	s, err := record.NewStatement(id, kind, "Lan", body)
	if err != nil {
		k.t.Fatal(err)
	}
	s.Line, s.About, s.Said = k.line, studyStart, said
	catalogue, err := record.Catalogue{Gateway: record.Office, Site: record.Office, Timezone: "UTC"}.Encode()
	if err != nil {
		k.t.Fatal(err)
	}
	k.seq++
	sealed, err := record.Seal(record.Batch{Gateway: record.Office, Seq: k.seq, Prev: k.prev, SealedAt: said, CatalogueHash: record.HashOf(catalogue), Catalogue: catalogue, Statements: []record.Statement{s}}, key)
	if err != nil {
		k.t.Fatal(err)
	}
	k.prev = record.HashOf(sealed)
	k.sends(record.Office, sealed)
}

// The study's reporting period begins on the third day of four, and ends with the fourth.
var (
	studyStart = collectortest.Morning.Add(48*time.Hour - 6*time.Hour)
	studyEnd   = studyStart.Add(48 * time.Hour)
)

func studyProtocol(atLeast float64, replaces string) record.StudyProtocol {
	return record.StudyProtocol{
		Study: "press-quality", Metric: "quality_ratio", Secondary: []string{"output_per_hour"}, Comparator: "own-before", Confidence: .95, Method: "auto",
		Target: record.StudyTarget{Kind: "level", AtLeast: &atLeast}, Replaces: replaces,
		Before: &record.StudySide{Source: record.StudyMetered, From: studyStart.Add(-48 * time.Hour), To: studyStart},
		After:  record.StudySide{Source: record.StudyMetered, From: studyStart, To: studyEnd},
	}
}

// ofStudy is a collector whose press works for four days, and what people say of its study.
func ofStudy(t *testing.T, say func(k *clerk, end time.Time)) (*Collector, *collectortest.Gateway) {
	t.Helper()
	g, other := collectortest.NewGateway("huu-lung-01", collectortest.Morning.Add(-6*time.Hour)), collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	return hold(t, g, other, func(b *bench) {
		var sealed [][]byte
		for n := range 4*24 + 7 {
			sealed = append(sealed, g.Work(t, time.Hour, collectortest.Execute, 200, uint64(n*7%5*10)))
		}
		b.sends(g.Name, sealed...)
		say(&clerk{bench: b, line: collectortest.Line(g.Name)}, g.At)
	}), g
}

// TestABundleHoldsStudies lets the office of a collector say what its people did, or what they did not.
func TestABundleHoldsStudies(t *testing.T) {
	t.Parallel()
	before := studyStart.Add(-time.Hour)
	registered := func(k *clerk, _ time.Time) { k.seals(before, "v1", record.StatementStudy, studyProtocol(.97, "")) }
	changed := func(k *clerk, end time.Time) {
		registered(k, end)
		k.seals(studyStart.Add(time.Hour), "v2", record.StatementStudy, studyProtocol(.5, "v1"))
	}
	late := func(k *clerk, _ time.Time) {
		k.seals(studyStart.Add(time.Hour), "v1", record.StatementStudy, studyProtocol(.97, ""))
	}
	withdrawn := func(by time.Duration, of float64) func(*clerk, time.Time) {
		return func(k *clerk, end time.Time) {
			registered(k, end)
			k.seals(studyStart.Add(by), "taken", record.StatementWithdrawal, record.StudyWithdrawal{Study: "press-quality", Protocol: record.HashOf([]byte(asText(t, studyProtocol(of, "")))), Why: "no money"})
		}
	}
	results := map[string]string{} // of protocols that nobody has concluded
	for name, say := range map[string]func(*clerk, time.Time){"registered": registered, "late": late, "changed": changed} {
		c, _ := ofStudy(t, say)
		detail, err := c.board.StudyDetail(t.Context(), "press-quality")
		if err != nil {
			t.Fatal(err)
		}
		results[name] = asText(t, detail.Report)
	}
	for _, tt := range []struct {
		name     string
		of       string
		say      func(*clerk, time.Time)
		protocol record.StudyProtocol // that is concluded
		from, to string               // what the office changes in the verdict that came out
		holds    bool
		want     string
	}{
		{"as it was", "registered", registered, studyProtocol(.97, ""), "", "", true, "study press-quality: the verdict verdict, which Lan sealed at 2026-03-06 00:00 UTC, came out again"},
		{"registered late", "late", late, studyProtocol(.97, ""), "", "", true, "registered the protocol v1 at 2026-03-03 18:00 UTC, when its reporting period had begun at 2026-03-03 17:00 UTC"},
		{"changed after its start", "changed", changed, studyProtocol(.5, "v1"), "", "", false, "the protocol was changed when its reporting period had begun, by Lan at 2026-03-03 18:00 UTC, with the version v2"},
		{"another verdict", "registered", registered, studyProtocol(.97, ""), `"verdict":"not_enough_data"`, `"verdict":"achieved"`, false, `verdict verdict of Lan, verdict: sealed is "achieved", the readings give "not_enough_data"`},
		{"a better value after", "registered", registered, studyProtocol(.97, ""), `"after":{"value":0.`, `"after":{"value":0.9`, false, "verdict verdict of Lan, after.value: sealed is 0.99"},
		{"a verdict on nothing", "registered", registered, studyProtocol(.96, ""), "", "", false, "the verdict verdict, by Lan at 2026-03-06 00:00 UTC, answers no registered protocol"},
		{"withdrawn after its start, and concluded", "registered", withdrawn(time.Hour, .97), studyProtocol(.97, ""), "", "", false, "AFTER its reporting period had begun, when the answer may have been in sight: no money"},
		{"answered after it was withdrawn", "registered", withdrawn(-time.Hour, .97), studyProtocol(.97, ""), "", "", false, "the version v1 was said or answered after the study had been withdrawn"},
		{"a withdrawal of nothing", "registered", withdrawn(-time.Hour, .5), studyProtocol(.97, ""), "", "", false, "the withdrawal taken, by Lan at 2026-03-03 16:00 UTC, is not by the author"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			result := results[tt.of]
			if !strings.Contains(result, tt.from) {
				t.Fatalf("no %s in %s", tt.from, result)
			}
			c, g := ofStudy(t, func(k *clerk, end time.Time) {
				tt.say(k, end)
				k.seals(end, "verdict", record.StatementVerdict, record.StudyVerdict{
					Study: "press-quality", Protocol: record.HashOf([]byte(asText(t, tt.protocol))), Until: end, Result: json.RawMessage(strings.Replace(result, tt.from, tt.to, 1)),
				})
			})
			r, text := verified(t, c, g, bundleOf(t, c, collectortest.Line(g.Name), studyStart.Add(-48*time.Hour), studyEnd))
			if r.OK() != tt.holds || r.Check(audit.KPI).State != audit.Holds || (r.Check(audit.Studies).State == audit.Holds) != tt.holds || !strings.Contains(text, tt.want) {
				t.Errorf("want %q in:\n%s", tt.want, text)
			}
		})
	}
}

func asText(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
