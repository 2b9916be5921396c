package programme

import (
	"embed"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/record"
)

// Row is one row of a sheet of projects.
type Row struct {
	Number int // of the row in the person's program, counted from 1
	record.Project

	// As they stand in a cell.
	lines, studies, documents string
}

// RowOf is a project as a row. What a sheet does not hold, its ID, Replaces and Source, is left.
func RowOf(p record.Project) Row {
	documents := make([]string, 0, len(p.Documents))
	for _, d := range p.Documents {
		parts := []string{d.Name}
		for _, part := range []string{d.SHA256, d.Link} {
			if part != "" {
				parts = append(parts, part)
			}
		}
		documents = append(documents, strings.Join(parts, " | "))
	}
	return Row{Project: p, lines: strings.Join(p.Lines, "; "), studies: strings.Join(p.Studies, "; "), documents: strings.Join(documents, "\n")}
}

// split reads the cells that hold several things.
func (r *Row) split() {
	r.Lines, r.Studies, r.Documents = list(r.lines), list(r.studies), nil
	for line := range strings.Lines(r.documents) {
		if line = strings.TrimSpace(line); line != "" {
			r.Documents = append(r.Documents, document(line))
		}
	}
}

func list(cell string) (all []string) {
	for _, one := range strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == ',' || r == '\n' }) {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// document reads: name | SHA-256 | link, of which the last two may be absent.
func document(line string) (d record.Document) {
	for n, part := range strings.Split(line, "|") {
		switch part = strings.TrimSpace(part); {
		case n == 0:
			d.Name = part
		case strings.Contains(part, "://"):
			d.Link = part
		default:
			d.SHA256 = strings.ToLower(part)
		}
	}
	return d
}

//go:embed headings.yaml
var headings []byte

//go:embed vi.yaml en.yaml
var texts embed.FS

// Codes of mistakes that only a project can have.
const (
	sameCode     cells.Code = "same_code"
	badName      cells.Code = "bad_name"
	wrongOrder   cells.Code = "wrong_order"
	provinceGone cells.Code = "province_gone"
	badDocument  cells.Code = "bad_document"
	badYears     cells.Code = "bad_years"
)

var hints = map[cells.Code]string{
	cells.NoHeader:      "Name the columns in one row among the first 20, as the template does, such as code or Mã đề án.",
	cells.MissingColumn: "Each row needs the columns code, name and state: Mã đề án, Tên đề án, Tình trạng.",
	cells.UnitWrong:     "Write money in whole dong, such as 300000000, under Kinh phí hỗ trợ (đồng).",
	cells.Thousands:     "Write the figure without separators: 300000000.",
	sameCode:            "Each project has a code of its own.",
	badName:             "Use small letters, digits, - and _, as gateways, lines and studies are named on the pages.",
	wrongOrder:          "A project is approved, then contracted, installed and accepted.",
	provinceGone:        "Write the province as it was called on the day, or look at the day.",
	badDocument:         "Write one document in each line of the cell: its name | its SHA-256 or a link that begins with https://",
	badYears:            "Write 2019 or 2016-2020.",
}

// Form is a sheet of projects by the rules' lists.
func (r Rules) Form() cells.Form[Row] {
	return cells.Form[Row]{
		Noun: "list of projects", Columns: r.columns(), Headings: headings, Texts: texts, Required: []string{"code", "name", "state"},
		Check: func(row Row) []cells.Mistake { row.split(); return r.Check(row.Project) },
		Once:  cells.Once[Row]{Column: "code", Code: sameCode, Message: "Row %d has the same code.", Key: func(row Row) string { return Key(row.Code) }},
		Hints: hints,
		Place: func(row *Row, source string, number int) {
			row.Number, row.Source = number, source
			row.split()
		},
	}
}

// Fill gives a row of a sheet what is known of the project already, where the sheet does not have the column.
func Fill(t cells.Table[Row], row Row, known record.Project) record.Project {
	t.Fill(&row, RowOf(known))
	row.split()
	return row.Project
}

// Key is a code as it is compared.
func Key(code string) string { return strings.ToLower(strings.Join(strings.Fields(code), " ")) }

func (r Rules) columns() []cells.Column[Row] {
	text := func(name string, of func(*Row) *string) cells.Column[Row] {
		return cells.Column[Row]{Name: name, Text: of}
	}
	chosen := func(name string, choices []cells.Choice, of func(*Row) *string) cells.Column[Row] {
		return cells.Column[Row]{Name: name, Text: of, Choices: choices}
	}
	whole := func(name string, of func(*Row) **int64) cells.Column[Row] {
		return cells.Column[Row]{Name: name, Whole: of}
	}
	day := func(name string, of func(*Row) *record.Date) cells.Column[Row] {
		return cells.Column[Row]{Name: name, Day: of}
	}
	long := func(name string, of func(*Row) *string) cells.Column[Row] {
		return cells.Column[Row]{Name: name, Text: of, Long: true}
	}
	return []cells.Column[Row]{
		text("code", func(p *Row) *string { return &p.Code }),
		long("name", func(p *Row) *string { return &p.Name }),
		long("establishment", func(p *Row) *string { return &p.Establishment }),
		chosen("province", r.provinceChoices(), func(p *Row) *string { return &p.Province }),
		chosen("kind", choices(r.Kinds), func(p *Row) *string { return &p.Kind }),
		chosen("level", choices(r.Levels), func(p *Row) *string { return &p.Level }),
		chosen("state", r.stateChoices(), func(p *Row) *string { return &p.State }),
		whole("machines", func(p *Row) **int64 { return &p.Machines }),
		whole("support", func(p *Row) **int64 { return &p.Support }),
		whole("counterpart", func(p *Row) **int64 { return &p.Counterpart }),
		day("approved", func(p *Row) *record.Date { return &p.Approved }),
		day("contracted", func(p *Row) *record.Date { return &p.Contracted }),
		day("installed", func(p *Row) *record.Date { return &p.Installed }),
		day("accepted", func(p *Row) *record.Date { return &p.Accepted }),
		text("site", func(p *Row) *string { return &p.Site }),
		long("lines", func(p *Row) *string { return &p.lines }),
		long("studies", func(p *Row) *string { return &p.studies }),
		long("documents", func(p *Row) *string { return &p.documents }),
		long("note", func(p *Row) *string { return &p.Note }),
		whole("projects", func(p *Row) **int64 { return &p.Projects }),
		whole("establishments", func(p *Row) **int64 { return &p.Establishments }),
		text("years", func(p *Row) *string { return &p.Years }),
	}
}

func choices(words []Word) (all []cells.Choice) {
	for _, w := range words {
		all = append(all, cells.Choice{Value: w.ID, Names: w.Name, Also: w.Also})
	}
	return all
}

func (r Rules) stateChoices() (all []cells.Choice) {
	for _, s := range r.States {
		all = append(all, choices([]Word{s.Word})...)
	}
	return all
}

func (r Rules) provinceChoices() (all []cells.Choice) {
	for _, p := range r.Provinces {
		all = append(all, cells.Choice{Value: p.ID, Names: map[string]string{"vi": p.Name, "en": p.Name}, Also: p.Also})
	}
	return all
}

// ReadSheet reads a file of projects. The error is an *cells.Unreadable.
func (r Rules) ReadSheet(name string, data []byte) (cells.Table[Row], error) {
	return r.Form().Read(name, data, time.UTC)
}

// WriteSheet writes projects as csv or xlsx, in the language vi or en; none make a template.
func (r Rules) WriteSheet(w io.Writer, kind, lang string, all []record.Project) error {
	rows := make([]Row, 0, len(all))
	for _, p := range all {
		rows = append(rows, RowOf(p))
	}
	switch kind {
	case "csv":
		return r.Form().WriteCSV(w, rows, time.UTC)
	case "xlsx":
		return r.Form().WriteXLSX(w, rows, time.UTC, lang)
	}
	return fmt.Errorf("write projects: no kind of file %q", kind)
}
