package protocol_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/record"
)

var (
	hanoi  = time.FixedZone("Asia/Ho_Chi_Minh", 7*3600)
	before = time.Date(2026, 3, 2, 0, 0, 0, 0, hanoi) // a Monday
	after  = before.AddDate(0, 0, 28)
	end    = after.AddDate(0, 0, 28)
)

func of[T any](v T) *T { return &v }

// good is a protocol without a mistake.
func good() record.StudyProtocol {
	return record.StudyProtocol{
		Study: "block-quality", Title: record.Names{"vi": "Tỷ lệ đạt", "en": "Quality"}, Metric: "quality_ratio", Secondary: []string{"output_per_hour"},
		Target: record.StudyTarget{Kind: "level", AtLeast: of(.97)}, Comparator: "own-before", Confidence: .95, Method: "auto",
		Before: &record.StudySide{Source: record.StudyMetered, From: before, To: after},
		After:  record.StudySide{Source: record.StudyMetered, From: after, To: end},
	}
}

// with is the protocol with changes.
func with(change ...func(*record.StudyProtocol)) record.StudyProtocol {
	p := good()
	for _, c := range change {
		c(&p)
	}
	return p
}

// word is a statement said at a time, the n-th of the ledger.
func word(t *testing.T, n uint64, kind record.StatementKind, said time.Time, body any) entries.Statement {
	t.Helper()
	s, err := record.NewStatement(string(kind)+said.Format(time.RFC3339), kind, "Lan", body)
	if err != nil {
		t.Fatal(err)
	}
	s.Line, s.About, s.Said = "block-line", after, said
	return entries.Statement{Statement: s, Ledger: n}
}

func said(t *testing.T, all ...entries.Statement) protocol.Study {
	t.Helper()
	studies, err := protocol.Of(slices.Values(all))
	if err != nil || len(studies) != 1 {
		t.Fatalf("%d studies, %v", len(studies), err)
	}
	return studies[0]
}

// life is what a test looks at of a study's versions.
func life(s protocol.Study, now time.Time) string {
	var all []string
	for _, v := range s.Versions {
		text := string(v.Status(now))
		if v.Late {
			text += " late"
		}
		if v.Changed {
			text += " changed"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func TestALife(t *testing.T) {
	draft := with(func(p *record.StudyProtocol) { p.Draft = true })
	other := with(func(p *record.StudyProtocol) { p.Target.AtLeast = of(.95) })
	later := with(func(p *record.StudyProtocol) { p.After.From, p.After.To = end, end.AddDate(0, 0, 28) })
	d := func(days int) time.Time { return after.AddDate(0, 0, days) }
	for _, tt := range []struct {
		name string
		said []entries.Statement
		now  time.Time
		want string
	}{
		{"a draft", []entries.Statement{word(t, 1, record.StatementStudy, d(-9), draft)}, d(1), "draft"},
		{"registered in time", []entries.Statement{word(t, 1, record.StatementStudy, d(-9), draft), word(t, 2, record.StatementStudy, d(-8), good())}, d(-1), "superseded, registered"},
		{"its period has begun", []entries.Statement{word(t, 2, record.StatementStudy, d(-8), good())}, d(0), "measuring"},
		{"registered at the moment it begins", []entries.Statement{word(t, 2, record.StatementStudy, d(0), good())}, d(0), "measuring late"},
		{"changed in time", []entries.Statement{word(t, 1, record.StatementStudy, d(-9), good()), word(t, 2, record.StatementStudy, d(-8), other)}, d(1), "superseded, measuring"},
		{"changed afterwards", []entries.Statement{word(t, 1, record.StatementStudy, d(-9), good()), word(t, 2, record.StatementStudy, d(8), other)}, d(9), "superseded, measuring late changed"},
		{"put off once it had begun", []entries.Statement{word(t, 1, record.StatementStudy, d(-9), good()), word(t, 2, record.StatementStudy, d(8), later), word(t, 3, record.StatementStudy, d(9), later)}, d(10), "superseded, superseded changed, registered changed"},
		{"a draft replaces nothing that is registered", []entries.Statement{word(t, 1, record.StatementStudy, d(-9), good()), word(t, 2, record.StatementStudy, d(8), draft)}, d(9), "measuring, draft"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := life(said(t, tt.said...), tt.now); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestAStudyIsWithdrawn by its author alone, before it is concluded, and for ever.
func TestAStudyIsWithdrawn(t *testing.T) {
	d := func(days int) time.Time { return after.AddDate(0, 0, days) }
	first := word(t, 1, record.StatementStudy, d(-9), good())
	draft := word(t, 1, record.StatementStudy, d(-9), with(func(p *record.StudyProtocol) { p.Draft = true }))
	answer := word(t, 2, record.StatementVerdict, end, record.StudyVerdict{Study: "block-quality", Protocol: record.HashOf(first.Body), Until: end, Result: json.RawMessage(`{}`)})
	takes := func(n uint64, said time.Time, of entries.Statement, by string) entries.Statement {
		w := word(t, n, record.StatementWithdrawal, said, record.StudyWithdrawal{Study: "block-quality", Protocol: record.HashOf(of.Body), Why: "no money"})
		w.By = by
		return w
	}
	again := word(t, 4, record.StatementStudy, d(9), with(func(p *record.StudyProtocol) { p.Target.AtLeast = of(.9) }))
	for _, tt := range []struct {
		name  string
		said  []entries.Statement
		want  string
		begun bool
	}{
		{"a draft", []entries.Statement{draft, takes(2, d(1), draft, "Lan")}, "withdrawn", false},
		{"before its period", []entries.Statement{first, takes(2, d(-1), first, "Lan")}, "withdrawn", false},
		{"when its period begins", []entries.Statement{first, takes(2, d(0), first, "Lan")}, "withdrawn", true},
		{"by somebody else", []entries.Statement{first, takes(2, d(-1), first, "Minh")}, "measuring", false},
		{"another version", []entries.Statement{first, takes(2, d(-1), draft, "Lan")}, "measuring", false},
		{"before it was said", []entries.Statement{takes(2, d(-1), first, "Lan"), first}, "measuring", false},
		{"when it was concluded", []entries.Statement{first, answer, takes(3, end, first, "Lan")}, "concluded", false},
		{"put off once it had begun, then withdrawn", []entries.Statement{first, again, takes(5, d(10), again, "Lan")}, "superseded, withdrawn late changed", true},
		{"and said again", []entries.Statement{first, takes(2, d(-1), first, "Lan"), again}, "withdrawn, withdrawn late changed", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := said(t, tt.said...)
			if got := life(s, end); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if w := s.Withdrawn(); (w != nil) != strings.Contains(tt.want, "withdrawn") || w != nil && (w.Begun != tt.begun || w.Why != "no money" || w.By != "Lan") {
				t.Errorf("%+v", w)
			}
		})
	}
}

func TestVerdictsAnswerTheirVersion(t *testing.T) {
	first := word(t, 1, record.StatementStudy, after.AddDate(0, 0, -9), good())
	answer := word(t, 2, record.StatementVerdict, end, record.StudyVerdict{Study: "block-quality", Protocol: record.HashOf(first.Body), Until: end, Result: json.RawMessage(`{}`)})
	changed := word(t, 3, record.StatementStudy, end.Add(time.Hour), with(func(p *record.StudyProtocol) { p.Target.AtLeast = of(.9) }))
	foreign := word(t, 4, record.StatementVerdict, end.Add(2*time.Hour), record.StudyVerdict{Study: "block-quality", Protocol: record.Hash{1}, Result: json.RawMessage(`{}`)})
	s := said(t, first, answer, answer, changed, foreign)
	if got, want := life(s, end.AddDate(0, 1, 0)), "concluded, measuring late changed"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if v := s.Versions[0].Verdicts; len(v) != 1 || v[0].By != "Lan" || v[0].Ledger != 2 {
		t.Errorf("%+v", v)
	}
	if owed := s.Owed(); len(owed) != 2 || owed[0].ID != first.ID {
		t.Errorf("answers are owed to %+v", owed)
	}
	if v := s.Current(); v.ID != changed.ID || len(v.Verdicts) != 0 || s.Versions[0].ReplacedBy != v.ID {
		t.Errorf("current: %+v", v)
	}
}

// mistake is what a test looks at of one.
func mistake(all []protocol.Mistake) string {
	var text []string
	for _, m := range all {
		text = append(text, strings.Join(m.Path, ".")+" "+string(m.Code))
	}
	return strings.Join(text, ", ")
}

func TestMistakes(t *testing.T) {
	type p = *record.StudyProtocol
	for _, tt := range []struct {
		name string
		do   func(p)
		want string
	}{
		{"none", func(p) {}, ""},
		{"a level without a before", func(p p) { p.Before, p.Secondary = nil, nil }, ""},
		{"a change without a before", func(p p) { p.Before, p.Target = nil, record.StudyTarget{Kind: "change", AtLeast: of(.1)} }, "before needs_before"},
		{"a declared design value", func(p p) {
			p.Before, p.Comparator, p.Secondary = &record.StudySide{Source: "declared", Value: of(.9)}, "declared", nil
		}, ""},
		{"a declared value without one", func(p p) {
			p.Before, p.Comparator, p.Secondary = &record.StudySide{Source: "declared"}, "declared", nil
		}, "before.value not_a_value"},
		{"a declared value that is measured", func(p p) { p.Comparator = "declared" }, "before.source unused"},
		{"a peer that is the line itself", func(p p) { p.Comparator, p.Before.Line = "local-peer", "block-line" }, "before.line other_line"},
		{"a peer at the same time", func(p p) {
			p.Comparator, p.Before.Line, p.Before.From, p.Before.To = "local-peer", "hand-press", after, end
		}, ""},
		{"a foreign before", func(p p) { p.Before.Line = "hand-press" }, "before.line own_line"},
		{"after is declared", func(p p) { p.After = record.StudySide{Source: "declared", Value: of(1.)} }, "after.source not_a_value"},
		{"periods that meet", func(p p) { p.Before.To = after.Add(time.Minute) }, "after.from periods_meet"},
		{"a period backwards", func(p p) { p.After.To = after }, "after.to reversed"},
		{"no period", func(p p) { p.After.From = time.Time{} }, "after.from missing"},
		{"a lifetime", func(p p) { p.After.To = after.AddDate(9, 0, 0) }, "after.to too_long_a_time"},
		{"no source", func(p p) { p.After.Source = "" }, "after.source missing"},
		{"a file that is none", func(p p) { p.After.Source = "records" }, "after.file no_file"},
		{"what it asks", func(p p) { p.Study, p.Metric, p.Secondary, p.Method, p.Confidence = "A b", "good", nil, "guess", 95 },
			"study bad_name, metric unknown, method unknown, confidence not_a_part"},
		{"oee without a cycle", func(p p) { p.Secondary = []string{"oee", "quality_ratio"} }, "secondary.0 planned_cycle, secondary.1 twice"},
		{"97", func(p p) { p.Target.AtLeast = of(97.) }, "target.at_least not_a_level"},
		{"a rise of energy", func(p p) { p.Metric = "energy_per_unit" }, "target lower_is_better"},
		{"exclusions", func(p p) {
			p.Exclude = []record.StudyExclusion{{Why: "x"}, {From: record.Date{Year: 2026, Month: 3, Day: 9}, To: record.Date{Year: 2026, Month: 3, Day: 8}}}
		}, "exclude.0 missing, exclude.1.to reversed, exclude.1 missing"},
		{"indicators", func(p p) { p.Declared = []record.StudyIndicator{{Name: "jobs"}, {Name: " "}, {Name: "jobs"}} }, "declared.1.name missing, declared.2.name twice"},
		{"a long comment", func(p p) { p.Comment = strings.Repeat("ư", 1001) }, "comment too_long"},
		{"energy saved", func(p p) {
			p.Metric, p.Secondary, p.Target = "avoided_energy", nil, record.StudyTarget{Kind: "change", AtLeast: of(.1)}
		}, ""},
		{"energy saved at a temperature", func(p p) {
			p.Metric, p.Target, p.Covariate = "avoided_energy", record.StudyTarget{Kind: "change", AtLeast: of(.1)}, &record.StudyCovariate{Column: "temperature", Machine: "oven", Measure: "air"}
		}, ""},
		{"a temperature that nobody measures", func(p p) {
			p.Metric, p.Target, p.Covariate = "avoided_energy", record.StudyTarget{Kind: "change", AtLeast: of(.1)}, &record.StudyCovariate{Column: "temperature"}
		}, "covariate.measure missing"},
		{"energy saved by humidity", func(p p) {
			p.Metric, p.Target, p.Covariate = "avoided_energy", record.StudyTarget{Kind: "change", AtLeast: of(.1)}, &record.StudyCovariate{Column: "humidity", Machine: "oven", Measure: "air"}
		}, "covariate unknown"},
		{"quality at a temperature", func(p p) {
			p.Covariate = &record.StudyCovariate{Column: "temperature", Machine: "oven", Measure: "air"}
		}, "covariate unused"},
		{"energy saved against a neighbour", func(p p) {
			p.Metric, p.Target, p.Comparator, p.Before.Line = "avoided_energy", record.StudyTarget{Kind: "change", AtLeast: of(.1)}, "local-peer", "hand-press"
		}, "comparator own_baseline"},
		{"energy saved as a level", func(p p) { p.Metric, p.Target = "avoided_energy", record.StudyTarget{Kind: "level", AtMost: of(.1)} }, "target.kind own_baseline"},
		{"energy saved beside", func(p p) { p.Secondary = []string{"avoided_energy"} }, "secondary.0 own_baseline"},
		{"a draft has holes", func(p p) { p.Draft, p.Metric, p.After = true, "", record.StudySide{} }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := mistake(protocol.Mistakes(with(tt.do), "block-line")); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDifferences(t *testing.T) {
	sealed := protocol.Report{Metric: "quality_ratio", Verdict: outcome.Achieved, After: outcome.Side{Value: of(.972), Shifts: 40}, Reasons: protocol.Say(nil),
		Warnings: []protocol.Said{{Key: "study.late", Text: record.Names{"vi": "muộn"}}}}
	text, err := json.Marshal(sealed)
	if err != nil {
		t.Fatal(err)
	}
	again := sealed
	again.After.Value = of(.972 * (1 + 1e-12))
	again.Warnings = []protocol.Said{{Key: "study.late", Text: record.Names{"vi": "trễ"}}}
	if d, err := protocol.Differences(text, again); err != nil || len(d) != 0 {
		t.Errorf("the last digits and other words: %v, %v", d, err)
	}
	again.After.Value, again.Verdict, again.Warnings, again.Before = of(.9721), outcome.NotAchieved, nil, &outcome.Side{}
	d, err := protocol.Differences(text, again)
	var members []string
	for _, one := range d {
		members = append(members, one.Member+" "+one.Sealed)
	}
	if got, want := strings.Join(members, ", "), `after.value 0.972, before null, verdict "achieved", warnings [{"key":"study.late","text":{"vi":"muộn"}}]`; got != want || err != nil {
		t.Errorf("got %s, want %s; %v", got, want, err)
	}
	if _, err := protocol.Differences(json.RawMessage(`{`), again); err == nil {
		t.Error("a result that is no JSON")
	}
}
