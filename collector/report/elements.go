package report

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/lineproof/lineproof/collector/study/protocol"
)

// elements are what @name in a template places.
var elements = map[string]func(*filler, [][]run) []Block{
	"letterhead": func(f *filler, _ [][]run) []Block { return []Block{f.letterhead()} },
	"basis":      func(f *filler, _ [][]run) []Block { return f.list(Basis, f.Basis) },
	"people_a":   func(f *filler, _ [][]run) []Block { return f.people(f.A) },
	"people_b":   func(f *filler, _ [][]run) []Block { return f.people(f.B) },
	"machines":   func(f *filler, _ [][]run) []Block { return []Block{f.machines()} },
	"money":      func(f *filler, _ [][]run) []Block { return []Block{f.money()} },
	"protocol":   func(f *filler, _ [][]run) []Block { return []Block{f.protocol()} },
	"result":     func(f *filler, _ [][]run) []Block { return f.results() },
	"reasons":    func(f *filler, _ [][]run) []Block { return f.said(f.Result.Reasons) },
	"secondary":  func(f *filler, _ [][]run) []Block { return []Block{f.secondary()} },
	"declared":   func(f *filler, _ [][]run) []Block { return []Block{f.declared()} },
	"excluded":   func(f *filler, _ [][]run) []Block { return f.said(f.excluded()) },
	"warnings":   func(f *filler, _ [][]run) []Block { return f.said(f.warnings()) },
	"chart":      func(f *filler, _ [][]run) []Block { return []Block{f.chart()} },
	"shifts":     func(f *filler, _ [][]run) []Block { return []Block{f.shifts()} },
	"evidence":   func(f *filler, _ [][]run) []Block { return []Block{f.evidence()} },
	"signatures": func(f *filler, parts [][]run) []Block { return []Block{f.signatures(parts)} },
	"recipients": func(f *filler, parts [][]run) []Block { return []Block{f.recipients(parts)} },
	"page":       func(*filler, [][]run) []Block { return []Block{PageBreak{}} },
}

func (f *filler) letterhead() Letterhead {
	number := f.known(f.Office.Number)
	place := f.known(f.Office.Place)
	return Letterhead{
		Above: strings.ToUpper(f.Office.Above), Office: strings.ToUpper(either(f.Office.Name, dots)),
		State: f.Say("report.state"), Motto: f.Say("report.motto"),
		Number: append(plain(f.Say("report.number")+" "), number),
		Issued: []Run{place, {Text: ", " + f.longDate(f.Office.Date.Time)}},
	}
}

// known is a text, or a blank.
func (f *filler) known(text string) Run { return Run{Text: norm.NFC.String(text), Blank: text == ""} }

func (f *filler) list(role Role, texts []string) (blocks []Block) {
	for _, text := range texts {
		blocks = append(blocks, Text{role, plain(norm.NFC.String(text))})
	}
	return blocks
}

func (f *filler) said(all []protocol.Said) (blocks []Block) {
	for _, s := range all {
		blocks = append(blocks, Text{Item, plain(upper(norm.NFC.String(s.Text[f.Lang()])))})
	}
	return blocks
}

// upper begins a sentence that may begin with the name of a side.
func upper(text string) string {
	for _, r := range text {
		return strings.ToUpper(string(r)) + strings.TrimPrefix(text, string(r))
	}
	return text
}

// excluded are the shifts that were left out, and why; they stand among what there is to know.
func (f *filler) excluded() (all []protocol.Said) {
	for _, w := range f.Result.Warnings {
		if leftOut(w) {
			all = append(all, w)
		}
	}
	return all
}

func leftOut(s protocol.Said) bool { return s.Key == "study.excluded" || s.Key == "study.left_out" }

// warnings are all others.
func (f *filler) warnings() []protocol.Said {
	return slices.DeleteFunc(slices.Clone(f.Result.Warnings), leftOut)
}

// people are those of a party, or two places for some.
func (f *filler) people(p Party) (blocks []Block) {
	people := p.People
	if len(people) == 0 {
		people = make([]Person, 2)
	}
	for _, person := range people {
		blocks = append(blocks, Text{Item, []Run{
			{Text: f.Say("report.person") + " "}, f.known(person.Name), {Text: "; " + f.Say("report.position") + " "}, f.known(person.Position),
		}})
	}
	return blocks
}

// signatures are parts such as "BÊN A: name".
func (f *filler) signatures(parts [][]run) Signatures {
	s := Signatures{Hint: f.Say("report.sign_here")}
	for _, part := range parts {
		one := f.signature(part)
		if len(one.As) == 0 {
			one.As = plain(dots)
		}
		s.Columns = append(s.Columns, one)
	}
	return s
}

// signature takes the text before the first colon for the office, and what follows for the name.
func (f *filler) signature(part []run) (s Signature) {
	for i, r := range part {
		if as, name, ok := strings.Cut(r.text, ":"); ok {
			before, after := r, r
			before.text, after.text = strings.TrimSpace(as), strings.TrimSpace(name)
			s.As = capitals(trimmed(f.fill(append(slices.Clone(part[:i]), before))))
			s.Name = trimmed(f.fill(append([]run{after}, part[i+1:]...)))
			return s
		}
	}
	s.As = capitals(trimmed(f.fill(part)))
	return s
}

// trimmed leaves out blanks, which here are for a pen anyway, and spaces at both ends.
func trimmed(runs []Run) []Run {
	runs = slices.DeleteFunc(runs, func(r Run) bool { return r.Blank || strings.TrimSpace(r.Text) == "" })
	if n := len(runs); n > 0 {
		runs[0].Text, runs[n-1].Text = strings.TrimLeft(runs[0].Text, " "), strings.TrimRight(runs[n-1].Text, " ")
	}
	return runs
}

// capitals are how the decree writes who signs as what.
func capitals(runs []Run) []Run {
	for i := range runs {
		runs[i].Text = strings.ToUpper(runs[i].Text)
	}
	return runs
}

// recipients are whom the document goes to, beside its one signature.
func (f *filler) recipients(parts [][]run) Signatures {
	s := f.signatures(parts)
	s.Recipients = plain(f.Say("report.recipients"))
	to := f.Recipients
	if len(to) == 0 {
		to = []string{dots + ";", dots + ";", f.Say("report.archive")}
	}
	for _, text := range to {
		s.To = append(s.To, plain("- "+norm.NFC.String(text)))
	}
	return s
}

// evidence leads to the bundle, its digest and where it can be checked.
func (f *filler) evidence() Evidence {
	b := f.bundle()
	e := Evidence{Hint: f.codeHint(), Rows: []Fact{
		{f.Say("report.bundle_file"), f.known(b.File)}, {f.Say("report.bundle_sha256"), f.known(b.SHA256)},
	}}
	if f.Bundle != nil {
		e.Rows = append(e.Rows, Fact{f.Say("report.bundle_of"), f.known(b.Line + ", " + f.Say("report.period", "from", f.moment(f.local(b.From)), "to", f.moment(f.local(b.To))))})
	}
	if b.Origin != "" {
		e.Rows = append(e.Rows,
			Fact{f.Say("report.ledger"), f.known(f.Say("report.ledger_at", "origin", b.Origin, "size", b.Size))},
			Fact{f.Say("report.ledger_root"), f.known(b.Root)})
	}
	e.Rows = append(e.Rows, Fact{f.Say("report.verify_at"), f.known(f.Verify)})
	e.Code = code(f.Verify, b.SHA256)
	return e
}

// codeHint says what the code leads to.
func (f *filler) codeHint() string {
	switch {
	case f.Bundle == nil:
		return f.Say("report.code_page")
	case f.Verify == "":
		return f.Say("report.code_digest")
	}
	return f.Say("report.code_hint")
}

// code is what a telephone reads: the page that checks, with the digest of what it should be given.
func code(page, digest string) string {
	switch {
	case page != "" && digest != "":
		return page + "#sha256=" + digest
	case digest != "":
		return "sha256:" + digest
	}
	return page
}
