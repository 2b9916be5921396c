package programme_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"

	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/collector/cells/cellstest"
	"github.com/lineproof/lineproof/collector/programme"
	"github.com/lineproof/lineproof/collector/programme/programmetest"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/record"
)

func rules(t testing.TB) programme.Rules {
	t.Helper()
	r, err := programme.Default()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// said are projects as they come out of the ledger, each with its code as ID.
func said(t testing.TB, all ...record.Project) []entries.Statement {
	t.Helper()
	var list []entries.Statement
	for n, p := range all {
		if p.ID == "" {
			p.ID = strings.ToLower(p.Code)
		}
		s, err := record.NewStatement(p.ID+string(rune('a'+n%20)), record.StatementProject, "Lan", p)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, entries.Statement{Statement: s, Ledger: uint64(n)})
	}
	return list
}

func standing(t testing.TB, all ...record.Project) []programme.Project {
	t.Helper()
	projects, err := programme.Of(slices.Values(said(t, all...)))
	if err != nil {
		t.Fatal(err)
	}
	return projects
}

func read(t testing.TB, name string, data []byte) (all []record.Project) {
	t.Helper()
	table, err := rules(t).ReadSheet(name, data)
	if err != nil || len(table.Problems) > 0 {
		t.Fatalf("%s: %v %+v", name, err, table.Problems)
	}
	for _, row := range table.Rows {
		all = append(all, row.Project)
	}
	return all
}

func TestWordsOfTheSheet(t *testing.T) { cellstest.Words(t, rules(t).Form()) }

// TestChoicesAreTold holds that no two values of a column can be written the same.
func TestChoicesAreTold(t *testing.T) {
	for _, c := range rules(t).Form().Columns {
		of := map[string]string{}
		for _, choice := range c.Choices {
			for _, way := range append([]string{choice.Value, choice.Names["vi"], choice.Names["en"]}, choice.Also...) {
				if other, there := of[cells.Fold(way)]; there && other != choice.Value {
					t.Errorf("%s: %q is %s and %s", c.Name, way, other, choice.Value)
				}
				of[cells.Fold(way)] = choice.Value
			}
		}
	}
}

func TestProvinces(t *testing.T) {
	r := rules(t)
	before, after := record.Date{Year: 2025, Month: 6, Day: 30}, record.Date{Year: 2025, Month: 7, Day: 1}
	then, now, merged := map[string]bool{}, map[string]bool{}, 0
	for _, p := range r.Provinces {
		then[r.On(p.ID, before)], now[r.On(p.ID, after)] = true, true
		if p.Into != "" {
			merged++
		}
	}
	if len(then) != 63 || len(now) != 34 || merged != 29 {
		t.Errorf("%d provinces before, %d after, %d merged; want 63, 34, 29", len(then), len(now), merged)
	}
	if got := r.On("bac-giang", after); got != "bac-ninh" {
		t.Errorf("Bắc Giang became %s", got)
	}
	if got := r.On("bac-giang", record.Date{}); got != "bac-giang" {
		t.Errorf("as written down: %s", got)
	}
}

func TestTargets(t *testing.T) {
	r := rules(t)
	got := map[string][]int64{}
	for _, p := range r.Periods {
		for _, target := range p.Targets {
			if target.Target != nil {
				got[p.Name] = append(got[p.Name], *target.Target)
			}
		}
	}
	if diff := cmp.Diff(map[string][]int64{"2021-2025": {340, 1600, 300, 300}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff) // and none of 2026-2030, which are not known
	}
}

func TestMistakesOfRulesAreNamedByTheirPlace(t *testing.T) {
	_, err := programme.Read(programme.Files{Targets: []programme.File{{Name: "own.yaml", Text: []byte("period: 2026-2030\nfrom: 2026-01-01\nto: 2030-12-31\nsource: x\ntargets:\n  - {kind: modle, count: projects, target: -1}\n  - {kind: machine, cuont: machines}\n")}}})
	if err == nil || !strings.Contains(err.Error(), "own.yaml:7:21: unknown key `cuont`") {
		t.Errorf("got %v", err)
	}
	_, err = programme.Read(programme.Files{Targets: []programme.File{{Name: "own.yaml", Text: []byte("period: 2026-2030\nfrom: 2026-01-01\nto: 2030-12-31\nsource: x\ntargets:\n  - {kind: modle, count: projects, target: -1}\n")}}})
	for _, want := range []string{`own.yaml:6:12: "modle" is none of the kinds`, "own.yaml:6:44: is less than nothing"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestSamplesAddUp(t *testing.T) {
	r := rules(t)
	for _, c := range []struct {
		name    string
		want    programme.Sums
		byLevel map[string][2]int64 // projects, support
	}{
		{"bac-giang-2016-2020", programme.Sums{Projects: 297, Aggregated: 297, Support: 30_720_000_000, Counterpart: 180_000_000_000, NoMachines: 297, NoCounterpart: 297},
			map[string][2]int64{"provincial": {132, 16_150_000_000}, "national": {17, 6_000_000_000}, "district": {148, 8_570_000_000}, "": {0, 0}}},
		{"lang-son", programme.Sums{Projects: 25, Aggregated: 25, Establishments: 25, Support: 4_700_000_000, NoMachines: 25, NoCounterpart: 25},
			map[string][2]int64{"": {25, 4_700_000_000}}},
	} {
		text, err := programme.Sample(c.name)
		if err != nil {
			t.Fatal(err)
		}
		money := r.Money(standing(t, read(t, c.name, text)...), record.Date{})
		if diff := cmp.Diff(c.want, money.Total); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		got := map[string][2]int64{}
		for _, g := range money.ByLevel {
			got[g.Key] = [2]int64{g.Projects, g.Support}
		}
		if diff := cmp.Diff(c.byLevel, got); diff != "" {
			t.Errorf("%s by level (-want +got):\n%s", c.name, diff)
		}
	}
}

// portfolio is 400 projects with 1,600 machines.
func portfolio(t testing.TB) programmetest.Portfolio {
	return programmetest.New(rules(t), 400, 1600, 7)
}

func TestAPortfolioAddsUp(t *testing.T) {
	r, f := rules(t), portfolio(t)
	all := standing(t, f.Projects...)
	money := r.Money(all, record.Date{Year: 2026, Month: 1, Day: 1})
	if money.Total.Projects != 400 || money.Total.Machines != 1600 || f.Machines != 1600 {
		t.Errorf("%d projects, %d machines, made with %d", money.Total.Projects, money.Total.Machines, f.Machines)
	}
	if money.Total.Support != f.Support || money.Total.Counterpart != f.Counterpart {
		t.Errorf("money %+v, made with %d and %d", money.Total, f.Support, f.Counterpart)
	}
	for name, groups := range map[string][]programme.Group{"kind": money.ByKind, "level": money.ByLevel, "province": money.ByProvince, "year": money.ByYear, "state": money.ByState} {
		var support, projects int64
		for _, g := range groups {
			support += g.Support
			projects += g.Projects
			if want, ok := f.ByKind[g.Key]; name == "kind" && (!ok || g.Support != want) {
				t.Errorf("%s: %d, made with %d", g.Key, g.Support, want)
			}
		}
		if support != f.Support || projects != 400 {
			t.Errorf("by %s: %d VND of %d projects", name, support, projects)
		}
	}
	for _, one := range r.Progress(r.Periods[0], all) {
		if one.Count == "projects" && one.Done != f.Done[one.Kind] {
			t.Errorf("%s: %d done, made with %d", one.Kind, one.Done, f.Done[one.Kind])
		}
	}
}

// TestASheetComesBack writes projects in every way and reads them.
func TestASheetComesBack(t *testing.T) {
	r := rules(t)
	hard := record.Project{
		Code: "12/QĐ-KC=1", Name: "=Hỗ trợ \"máy ép\"\nhai dòng", Establishment: "Tân Thịnh Phát", Site: "tan-thinh-phat", Lines: []string{"block-line", "hand-press"},
		Province: "lang-son", Kind: "model", Level: "national", State: "settled", Support: known(300_000_000), Counterpart: known(0),
		Approved: record.Date{Year: 2024, Month: 2, Day: 29}, Accepted: record.Date{Year: 2024, Month: 12, Day: 1}, Studies: []string{"block-line-quality"},
		Documents: []record.Document{{Name: "Biên bản", SHA256: strings.Repeat("0a", 32), Link: "https://example.vn/a?b=c"}, {Name: "Hợp đồng"}}, Note: "a\n\nb",
	}
	want := append(portfolio(t).Projects[:40], hard)
	for _, way := range [][2]string{{"csv", "vi"}, {"xlsx", "vi"}, {"xlsx", "en"}} {
		var out bytes.Buffer
		if err := r.WriteSheet(&out, way[0], way[1], want); err != nil {
			t.Fatal(err)
		}
		got := read(t, "list", out.Bytes())
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(record.Project{}, "Source"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%v (-want +got):\n%s", way, diff)
		}
	}
}

// TestTheTemplateOffersChoices opens it as another program does.
func TestTheTemplateOffersChoices(t *testing.T) {
	var out bytes.Buffer
	if err := rules(t).WriteSheet(&out, "xlsx", "vi", nil); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	offered, err := f.GetDataValidations("Danh mục đề án")
	if err != nil || len(offered) != 3 || !strings.Contains(offered[0].Formula1, "Dây chuyền công nghệ") {
		t.Errorf("%d columns with choices, want kind, level and state: %v", len(offered), err)
	}
}

func known(n int64) *int64 { return &n }

func TestEveryBadCellIsNamed(t *testing.T) {
	text := "Mã đề án;Tên đề án;Cơ sở CNNT;Tỉnh;Loại đề án;Tình trạng;Kinh phí hỗ trợ (đồng);Ngày phê duyệt;Ngày nghiệm thu;Dây chuyền\n" +
		"A;Máy ép;An;Bắc Giang;Mô hình;Đã nghiệm thu;300.000.000;31/03/2024;;\n" +
		"a;Máy nghiền;Bình;Bắc Giang;Xưởng;Đã duyệt;5;31/02/2024;;\n" +
		"C;Máy trộn;Chi;Bắc Giang;Mô hình;Đã phê duyệt;5;01/08/2025;;Máy 1\n" +
		"D;Máy sấy;;Hà Tây;Mô hình;Đã nghiệm thu;5;01/08/2024;01/07/2024;\n" +
		"Tổng cộng;;;;;;15;;;\n"
	table, err := rules(t).ReadSheet("list.csv", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range table.Problems {
		got = append(got, p.Cell+" "+string(p.Code))
	}
	want := []string{
		"G2 thousands", "I2 missing", "A3 same_code", "E3 not_a_choice", "F3 not_a_choice", "H3 not_a_day", "D4 province_gone", "J4 bad_name",
		"C5 missing", "D5 not_a_choice", "I5 wrong_order", "A6 ignored_total",
	}
	if diff := cmp.Diff(want, got); diff != "" || len(table.Rows) != 0 {
		t.Errorf("%d rows (-want +got):\n%s", len(table.Rows), diff)
	}
}

func TestVersions(t *testing.T) {
	first := record.Project{ID: "p", Code: "A", Name: "one", State: "approved"}
	list := said(t, first)
	second := first
	second.Name, second.Replaces = "two", list[0].ID
	list = append(list, said(t, first, second)[1])
	other := first
	other.Name, other.Replaces = "three", list[0].ID // of what the second one replaced already
	list = append(list, said(t, first, first, other)[2])
	all, err := programme.Of(slices.Values(list))
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	p := all[0]
	if p.Name != "two" || len(p.Versions) != 3 || !p.Versions[2].Astray || p.Versions[0].Name != "one" {
		t.Errorf("%+v", p)
	}
}
