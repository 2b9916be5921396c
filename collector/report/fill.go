package report

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/internal/tongue"
)

// filler puts a report into a template.
type filler struct {
	Report
	protocol.Words
	sections, subsections int
	title                 string
}

// Fill makes the document of a template and a report.
func (t Template) Fill(r Report, in tongue.Tongue) Document {
	f := &filler{Report: r, Words: protocol.Words{Tongue: in, Metric: r.Asked.Study.Metric.Shown()}}
	d := Document{Lang: in.Lang(), Dated: r.dated(), Sheet: in.Say("report.sheet"), DataSheet: in.Say("report.sheet_shifts")}
	for _, l := range t.lines {
		if !f.applies(l.when) {
			continue
		}
		if l.element != "" {
			d.Blocks = append(d.Blocks, elements[l.element](f, l.parts)...)
			continue
		}
		d.Blocks = append(d.Blocks, f.text(l))
	}
	d.Title = f.title
	return d
}

func (f *filler) applies(all []condition) bool {
	for _, c := range all {
		if conditions[c.name](f) != c.want {
			return false
		}
	}
	return true
}

func (f *filler) text(l line) Text {
	t := Text{Role: l.role, Runs: f.fill(l.runs)}
	switch l.role {
	case Title, Subtitle:
		if f.sections == 0 { // else it is that of an annex
			f.title = strings.TrimSpace(f.title + " " + said(t.Runs))
		}
	case Section:
		f.sections, f.subsections = f.sections+1, 0
		t.Runs = append(plain(roman(f.sections)+". "), t.Runs...)
	case Subsection:
		f.subsections++
		t.Runs = append(plain(fmt.Sprintf("%d. ", f.subsections)), t.Runs...)
	}
	return t
}

// fill puts values in the places of fields; one that is not known becomes a blank.
func (f *filler) fill(runs []run) (filled []Run) {
	for _, r := range runs {
		text := r.text
		if r.field != "" {
			text = norm.NFC.String(strings.TrimSpace(fields[r.field](f)))
		}
		filled = append(filled, Run{Text: text, Bold: r.bold, Italic: r.italic, Blank: text == ""})
	}
	return filled
}

// roman is a section's number.
func roman(n int) (text string) {
	for _, s := range []struct {
		value int
		sign  string
	}{{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= s.value; n -= s.value {
			text += s.sign
		}
	}
	return text
}

// conditions are what @if can ask.
var conditions = map[string]func(*filler) bool{
	"basis":           func(f *filler) bool { return len(f.Basis) > 0 },
	"before":          func(f *filler) bool { return f.Result.Before != nil },
	"bundle":          func(f *filler) bool { return f.Bundle != nil },
	"concluded":       func(f *filler) bool { return len(f.Asked.Verdicts) > 0 },
	"declared":        func(f *filler) bool { return len(f.indicators()) > 0 },
	"excluded":        func(f *filler) bool { return len(f.excluded()) > 0 },
	"machines":        func(f *filler) bool { return len(f.Machines) > 0 },
	"money":           func(f *filler) bool { return len(f.Money) > 0 },
	"registered":      func(f *filler) bool { return !f.Asked.Said.IsZero() },
	"secondary":       func(f *filler) bool { return len(f.Result.Secondary) > 0 },
	"warnings":        func(f *filler) bool { return len(f.warnings()) > 0 },
	"achieved":        func(f *filler) bool { return f.Result.Verdict == outcome.Achieved },
	"not_achieved":    func(f *filler) bool { return f.Result.Verdict == outcome.NotAchieved },
	"not_enough_data": func(f *filler) bool { return f.Result.Verdict == outcome.NotEnoughData },
}
