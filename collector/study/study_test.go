package study_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/study"
	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
)

// folder writes files and gives the path of the study among them.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "study.yaml")
}

// log is a shift log of n days with what cells says of each.
func log(from string, n int, columns string, cells func(i int) string) string {
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		panic(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "shift_start,shift_end,%s\n", columns)
	for i := range n {
		on := day.AddDate(0, 0, i).Format(time.DateOnly)
		fmt.Fprintf(&b, "%sT06:00:00+07:00,%sT14:00:00+07:00,%s\n", on, on, cells(i))
	}
	return b.String()
}

func read(t *testing.T, text string, before, after string) study.Study {
	t.Helper()
	s, err := study.Read(folder(t, map[string]string{"study.yaml": text, "before.csv": before, "after.csv": after}))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const oee = `
study: press-oee
metric: oee
planned_cycle: 2s
target: {kind: difference, at_least: 0.05}
before: {source: before.csv, grade: C}
after: {source: after.csv, grade: B}
`

// TestRowsOfOneShift: hours count once, whatever the machines; coverage is the least that is said.
func TestRowsOfOneShift(t *testing.T) {
	columns := "machine,good,coverage"
	two := func(n int) string {
		var b strings.Builder
		for i, line := range strings.SplitAfter(log("2024-01-01", n, columns, func(i int) string { return fmt.Sprintf("a,%d,0.98", 4000+i) }), "\n") {
			b.WriteString(line)
			if i > 0 {
				b.WriteString(strings.Replace(strings.Replace(line, ",a,", ",b,", 1), "0.98", "0.95", 1))
			}
		}
		return b.String()
	}
	s := read(t, oee, two(20), log("2024-03-01", 20, columns, func(i int) string { return fmt.Sprintf("a,%d,1", 9000+i) }))
	r := outcome.Evaluate(s.Study)
	if r.Before.Shifts != 20 || *r.Before.Coverage != .95 {
		t.Errorf("before: %d shifts, coverage %v, want 20 and 0.95", r.Before.Shifts, *r.Before.Coverage)
	}
	if want := 2 * (20*4000. + 190) * 2 / (20 * 8 * 3600 * .95); math.Abs(*r.Before.Value-want) > 1e-12 {
		t.Errorf("OEE before %v, want %v", *r.Before.Value, want)
	}
	if r.Grade != outcome.Typed {
		t.Errorf("grade %s", r.Grade)
	}
}

// TestWhatIsNotKnown makes its shift unknown, and is in no sum.
func TestWhatIsNotKnown(t *testing.T) {
	quality := strings.NewReplacer("oee", "quality_ratio", "planned_cycle: 2s\n", "").Replace(oee)
	cells := func(i int) string {
		if i%20 == 7 {
			return "6000,"
		}
		return fmt.Sprintf("6000,%d", 5500+i)
	}
	s := read(t, quality, log("2024-01-01", 40, "produced,good", cells), log("2024-03-01", 40, "produced,good", cells))
	r := outcome.Evaluate(s.Study)
	if r.Before.Shifts != 38 || *r.Before.Coverage != .95 || math.Abs(*r.Before.Value-(38*5500.+780-7-27)/(38*6000)) > 1e-12 {
		t.Errorf("%d shifts, coverage %v, %v good", r.Before.Shifts, *r.Before.Coverage, *r.Before.Value)
	}
}

// TestReportIsWhatProgramsRead: the members that others rely on, null where nothing is known.
func TestReportIsWhatProgramsRead(t *testing.T) {
	quality := strings.NewReplacer("oee", "quality_ratio", "planned_cycle: 2s\n", "").Replace(oee)
	one := log("2024-01-01", 1, "produced,good", func(int) string { return "6000,5500" })
	s := read(t, quality, one, strings.ReplaceAll(one, "2024", "2025"))
	speak, err := spoken.New("vi")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(s.Report(outcome.Evaluate(s.Study), speak))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for _, member := range []string{"study", "metric", "before", "after", "difference", "relative_change", "p_value", "verdict", "grade", "method", "warnings"} {
		if _, ok := got[member]; !ok {
			t.Errorf("no %s in %s", member, text)
		}
	}
	before := got["before"].(map[string]any)
	if before["se"] != nil || before["value"] == nil || before["shifts"] != 1. || got["verdict"] != "not_enough_data" || got["difference"] != nil {
		t.Errorf("one shift a side: %s", text)
	}
	var page strings.Builder
	if err := s.Write(&page, outcome.Evaluate(s.Study), speak); err != nil || !strings.Contains(page.String(), "CHƯA ĐỦ DỮ LIỆU") {
		t.Errorf("%v, %s", err, page.String())
	}
}

// TestSecondary: further metrics of the same shifts, each corrected for their number.
func TestSecondary(t *testing.T) {
	text := strings.NewReplacer("metric: oee", "metric: quality_ratio\nsecondary: [scrap_ratio, output_per_hour, energy_per_unit]", "planned_cycle: 2s\n", "").Replace(oee)
	cells := func(good int) func(int) string {
		return func(i int) string { return fmt.Sprintf("6000,%d,%d,", good+i%7, 6000-good-i%7) }
	}
	before, after := log("2024-01-01", 40, "produced,good,scrap,energy_kwh", cells(5500)), log("2024-03-01", 40, "produced,good,scrap,energy_kwh", cells(5501))
	s := read(t, text, before, after)
	got := outcome.Secondary(s.Secondary)
	if len(got) != 3 {
		t.Fatalf("%d metrics", len(got))
	}
	scrap, output, energy := got[0], got[1], got[2]
	if !(*scrap.RelativeChange.Estimate < 0) || !(*output.RelativeChange.Estimate > 0) {
		t.Errorf("scrap %+v, output %+v", scrap.RelativeChange, output.RelativeChange)
	}
	if math.Abs(*scrap.PValue-*output.PValue) > 1e-9 || math.Abs(*scrap.Adjusted-2**scrap.PValue) > 1e-9 {
		t.Errorf("p %v and %v, corrected %v: both say the same, and there are two", *scrap.PValue, *output.PValue, *scrap.Adjusted)
	}
	if energy.Metric != "energy_per_unit" || energy.PValue != nil || energy.Before.Value != nil || *energy.Before.Coverage != 0 {
		t.Errorf("energy that nobody wrote down: %+v", energy)
	}
	speak, err := spoken.New("en")
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := s.Write(&page, outcome.Evaluate(s.Study), speak); err != nil || !strings.Contains(page.String(), "corrected by Holm") {
		t.Errorf("%v, %s", err, page.String())
	}

	_, err = study.Read(folder(t, map[string]string{
		"study.yaml": strings.Replace(text, "[scrap_ratio, output_per_hour, energy_per_unit]", "[quality_ratio, scrap, oee]\nsite: Tân Thịnh Phát", 1), "before.csv": before, "after.csv": after,
	}))
	for _, want := range []string{"quality_ratio is in the study already", `there is no metric "scrap"`, "oee needs `planned_cycle`", `name "Tân Thịnh Phát"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestTimesWithoutAnOffset are those of the study's time zone, and so are the days that are left out.
func TestTimesWithoutAnOffset(t *testing.T) {
	quality := strings.NewReplacer("oee", "quality_ratio", "planned_cycle: 2s\n", "").Replace(oee) + "exclude: [{from: 2024-01-03, to: 2024-01-04, why: repair}]\n"
	night := "shift_start,shift_end,produced,good\n"
	for day := 1; day <= 25; day++ {
		night += fmt.Sprintf("2024-01-%02d 00:30,2024-01-%02d 06:00,6000,%d\n", day, day, 5500+day)
	}
	s := read(t, quality, night, strings.ReplaceAll(night, "2024", "2025"))
	if got := len(s.Before.Shifts); got != 23 {
		t.Errorf("%d shifts before, want 23", got)
	}
	if at := s.Before.Shifts[0].Start.UTC(); !at.Equal(time.Date(2023, 12, 31, 17, 30, 0, 0, time.UTC)) {
		t.Errorf("the first shift began at %s", at)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(oee, "shift_start,shift_end,good\n2024-01-01 06:00,2024-01-01 14:00,5\n")
	f.Add("study: x\nmetric: scrap_ratio\ntarget: {kind: change, at_most: -.1}\nafter: {source: log.csv, grade: D}\nexclude: [{}]", "shift_start,shift_end,scrap,produced\n")
	f.Add("target: {kind: level, at_least: 1, at_most: 2}\nbefore: {value: 3}\ncomparator: declared\nconfidence: .9999", "a,b\n")
	f.Fuzz(func(t *testing.T, text, rows string) {
		dir := t.TempDir()
		file := filepath.Join(dir, "study.yaml")
		text = strings.NewReplacer("before.csv", "log.csv", "after.csv", "log.csv").Replace(text)
		for name, content := range map[string]string{"study.yaml": text, "log.csv": rows} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, err := study.Read(file)
		var mistakes *strictyaml.Error
		if errors.As(err, &mistakes) && len(mistakes.Mistakes) == 0 {
			t.Error("an error without a mistake")
		}
		if err != nil {
			return
		}
		speak, err := spoken.New("en")
		if err != nil {
			t.Fatal(err)
		}
		r := outcome.Evaluate(s.Study)
		if _, err := json.Marshal(s.Report(r, speak)); err != nil {
			t.Error(err)
		}
		if err := s.Write(&strings.Builder{}, r, speak); err != nil {
			t.Error(err)
		}
	})
}

// TestSteelPlantProvesNothing takes the year of the plant that is known to have done nothing through a study's file: half a year
// against half a year it "saves" 16.65 % ± 12.26 points, and nothing of it is proven, for nobody knows its output.
func TestSteelPlantProvesNothing(t *testing.T) {
	src, err := os.ReadFile("../outcome/testdata/steel-daily.csv")
	if err != nil {
		t.Fatal(err)
	}
	logs := map[bool]string{}
	for _, row := range strings.Split(strings.TrimSpace(string(src)), "\n") {
		day, kWh, ok := strings.Cut(strings.TrimSpace(row), ",")
		if _, err := time.Parse(time.DateOnly, day); !ok || err != nil {
			continue
		}
		later := day >= "2018-07"
		logs[later] += day + "T00:00:00+07:00," + day + "T23:59:00+07:00," + kWh + "\n"
	}
	const head = "shift_start,shift_end,energy_kwh\n"
	s := read(t, "study: steel\nmetric: avoided_energy\ntarget: {kind: change, at_least: 0.02}\nconfidence: 0.90\nbefore: {source: before.csv, grade: B}\nafter: {source: after.csv, grade: B}\n", head+logs[false], head+logs[true])
	r := outcome.Evaluate(s.Study)
	saved := *r.RelativeChange.Estimate
	if r.Verdict != outcome.NotAchieved || math.Abs(saved+.1665) > 5e-5 || math.Abs(*r.RelativeChange.High-saved-.1226) > 5e-5 || *r.RelativeChange.High >= 0 {
		t.Errorf("%s, %+v", r.Verdict, r.RelativeChange)
	}
	var why []string
	for _, m := range r.Reasons {
		why = append(why, m.Key())
	}
	if got, want := strings.Join(why, " "), "study.no_production study.poor_fit study.no_step"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
