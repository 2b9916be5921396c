package report_test

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/report"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
	"github.com/lineproof/lineproof/record"
)

// letters are all that Vietnamese is written with.
const letters = "aàảãáạăằẳẵắặâầẩẫấậ bcdđ eèẻẽéẹêềểễếệ ghiìỉĩíị klmn oòỏõóọôồổỗốộơờởỡớợ pqrst uùủũúụưừửữứự vxyỳỷỹýỵ " +
	"AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬ BCDĐ EÈẺẼÉẸÊỀỂỄẾỆ GHIÌỈĨÍỊ KLMN OÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢ PQRST UÙỦŨÚỤƯỪỬỮỨỰ VXYỲỶỸÝỴ"

var zone = time.FixedZone("+07", 7*3600)

// period is n shifts that make about so many good of 3,000.
func period(from time.Time, n int, quality float64, grade outcome.Grade) outcome.Period {
	p := outcome.Period{Grade: grade}
	coverage := .99
	for i := range n {
		x := 3000 + 40*math.Sin(float64(3*i))
		p.Shifts = append(p.Shifts, outcome.Shift{
			Start: from.Add(time.Duration(i) * 12 * time.Hour), Hours: 8, Known: i != 5, Coverage: &coverage,
			Pair: outcome.Pair{Y: math.Round(x * (quality + .006*math.Sin(float64(7*i)))), X: math.Round(x)},
		})
	}
	return p
}

// asked is a study that proves its target.
var asked = sync.OnceValue(func() protocol.Asked {
	least := .97
	m, _ := outcome.MetricNamed("quality_ratio")
	a := protocol.Asked{
		Version: protocol.Version{StudyProtocol: record.StudyProtocol{
			Study: "block-line-quality", Title: record.Names{"vi": "Tỷ lệ gạch đạt sau ép"}, Metric: m.Name, Confidence: .95,
		}},
		Study: outcome.Study{
			Metric: m, Target: outcome.Target{Kind: outcome.Level, AtLeast: &least}, Comparator: outcome.OwnBefore, Confidence: .95, Method: outcome.Auto,
			Before: period(time.Date(2024, 1, 8, 6, 0, 0, 0, zone), 50, .935, outcome.Typed),
			After:  period(time.Date(2024, 3, 4, 6, 0, 0, 0, zone), 60, .979, outcome.Metered),
		},
		Notes: []tongue.Message{tongue.M("study.excluded", "side", tongue.M("study.before"), "rows", 4, "from", "2024-02-08", "to", "2024-02-16", "why", "Tết")},
	}
	other := a.Study
	other.Metric, _ = outcome.MetricNamed("scrap_ratio")
	a.Secondary = []outcome.Study{other}
	return a
})

var result = sync.OnceValue(func() protocol.Report { return asked().Report() })

// good is its report.
func good(t *testing.T) report.Report {
	t.Helper()
	p, err := report.ReadParticulars("project.yaml", []byte(project))
	if err != nil {
		t.Fatal(err)
	}
	return report.Report{
		Particulars: p, Asked: asked(), Result: result(), Line: "block-line",
		Bundle: &report.Bundle{File: "evidence.zip", SHA256: digest, Line: "block-line", From: time.Date(2024, 1, 8, 0, 0, 0, 0, zone), To: time.Date(2024, 4, 4, 0, 0, 0, 0, zone),
			Origin: "lineproof.example.vn/ledger", Size: 123456, Root: "2OQ0AAYkHE8mBX7ouHlRkyyXYPwcEJC5DnzPqXHjg40="},
	}
}

const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

const project = `
office:
  above: Sở Công Thương tỉnh Lạng Sơn
  name: Trung tâm Khuyến công và Xúc tiến thương mại
  number: 12/BB-TTKC
  place: Lạng Sơn
  date: 2024-04-05
  position: Giám đốc
  signer: Nguyễn Văn Quỳnh
project:
  name: ` + letters + `
  contract: số 15/HĐ-TTKC ngày 02 tháng 01 năm 2024
a: {name: Trung tâm Khuyến công, people: [{name: Nguyễn Văn Quỳnh, position: Giám đốc}]}
b: {name: Công ty TNHH Tân Thịnh Phát LS, people: [{name: Đặng Thế Vượng, position: Giám đốc}]}
machines: [{name: Máy ép gạch bê tông thủy lực, model: "=QT10-15", origin: Việt Nam, year: "2023", quantity: 1, price: 980000000}]
money:
  - {source: Kinh phí khuyến công, planned: 300000000, spent: 300000000}
  - {source: Vốn đối ứng, planned: 1000000000}
declared: [{name: Lao động, unit: người, before: 8, after: 10}]
verify: https://lineproof.example.vn/verify
`

// document fills the program's own template.
func document(t *testing.T, r report.Report, kind report.Kind, lang string) report.Document {
	t.Helper()
	src, err := report.Default(kind, lang)
	if err != nil {
		t.Fatal(err)
	}
	template, err := report.Parse(string(kind), src)
	if err != nil {
		t.Fatal(err)
	}
	return template.Fill(r, speak(t, lang))
}

func speak(t *testing.T, lang string) tongue.Tongue {
	t.Helper()
	in, err := spoken.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// every is each document that the program has a template for.
func every(t *testing.T, try func(t *testing.T, kind report.Kind, lang string)) {
	t.Helper()
	for _, kind := range []report.Kind{report.Acceptance, report.Results} {
		for _, lang := range []string{"vi", "en"} {
			t.Run(string(kind)+" "+lang, func(t *testing.T) {
				t.Parallel()
				try(t, kind, lang)
			})
		}
	}
}
