package protocol

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/record"
)

// A protocol is sealed in one batch, and its rows are computed while somebody waits.
const (
	mostExclusions, mostIndicators = 30, 20
	longestTitle, longestWhy       = 200, 100 // characters
	longestComment                 = 1000
	mostDays                       = 3 * 366 // of a period
)

// Mistakes finds all that is wrong with a protocol for a line of a collector. What only the collector knows, such as which
// machines the line has, is not looked at. A draft may have holes: of it only what could not be kept is told.
func Mistakes(p record.StudyProtocol, line string) []Mistake {
	var m mistakes
	if p.Draft {
		m.names(p)
	} else {
		m = Question(p)
	}
	m.sizes(p)
	if p.Study == "new" {
		m.add("study", BadName, p.Study, "`new` is the page on which studies are written", "choose another name")
	}
	if p.Draft {
		return m
	}
	m.side("after", p.After)
	if p.After.Source == record.StudyDeclared {
		m.add("after.source", NotAValue, "", "only `before` can be a value that somebody says", "measure after")
	}
	if p.After.Line != "" {
		m.add("after.line", OwnLine, p.After.Line, "after is of the study's own line", "leave it out")
	}
	m.before(p, line)
	m.measured(p)
	m.indicators(p.Declared)
	return m
}

func (m *mistakes) sizes(p record.StudyProtocol) {
	for lang, text := range p.Title {
		m.long("title."+lang, text, longestTitle)
	}
	m.long("comment", p.Comment, longestComment)
	m.many("exclude", len(p.Exclude), mostExclusions)
	for i, e := range p.Exclude {
		m.long("exclude."+strconv.Itoa(i)+".why", e.Why, longestWhy)
	}
	m.many("secondary", len(p.Secondary), len(outcome.Metrics()))
	m.many("declared", len(p.Declared), mostIndicators)
}

// side checks where the figures of one side come from, and of which time.
func (m *mistakes) side(name string, s record.StudySide) {
	sources := []string{record.StudyMetered, record.StudyImported, record.StudyLog, record.StudyDeclared}
	if s.Source == "" {
		m.add(name+".source", Missing, "", "`source` is missing", "one of "+strings.Join(sources, ", "))
		return
	}
	one(m, name+".source", s.Source, sources)
	if s.Source == record.StudyDeclared {
		return
	}
	if s.Value != nil {
		m.add(name+".value", Unused, "", "a value is for what is declared", "leave it out")
	}
	if (s.Source == record.StudyImported) != (s.File != nil) {
		m.add(name+".file", NoFile, "", "machine records are those of one file, and other sources have none", "import the file, and name its SHA-256")
	}
	switch {
	case s.From.IsZero():
		m.add(name+".from", Missing, "", "the period's beginning is missing", "")
	case s.To.IsZero():
		m.add(name+".to", Missing, "", "the period's end is missing", "")
	case !s.From.Before(s.To):
		m.add(name+".to", Reversed, "", "the period ends before it begins", "the end comes second")
	case s.To.Sub(s.From) > mostDays*24*time.Hour:
		m.add(name+".to", TooLongATime, strconv.Itoa(mostDays), "the period is too long", fmt.Sprintf("use %d days at most", mostDays))
	}
}

func (m *mistakes) before(p record.StudyProtocol, line string) {
	c := outcome.Comparator(p.Comparator)
	if p.Before == nil {
		if outcome.Kind(p.Target.Kind) != outcome.Level || len(p.Secondary) > 0 || c != outcome.OwnBefore {
			m.add("before", NeedsBefore, "", "`before` is missing", "only a level, without secondary metrics, stands by itself")
		}
		return
	}
	b := *p.Before
	m.side("before", b)
	declared := b.Source == record.StudyDeclared
	switch {
	case declared != (c == outcome.DeclaredValue):
		m.add("before.source", Unused, b.Source, "a declared value and the comparator `declared` belong together", "choose both or neither")
	case declared && (b.Value == nil || !(*b.Value > 0) || math.IsInf(*b.Value, 0)):
		m.add("before.value", NotAValue, "", "there is nothing to compare with", "write the declared value of the metric")
	case declared && len(p.Secondary) > 0:
		m.add("secondary", NeedsBefore, "", "a secondary metric needs shifts before and after", "leave it out")
	case c == outcome.LocalPeer && (b.Line == "" || b.Line == line):
		m.add("before.line", OtherLine, b.Line, "a local peer is another line", "name it")
	case c == outcome.OwnBefore && b.Line != "" && b.Line != line:
		m.add("before.line", OwnLine, b.Line, "another line is a local peer", "choose the comparator local-peer, or leave the line out")
	case c == outcome.OwnBefore && b.To.After(p.After.From) && !p.After.From.IsZero():
		m.add("after.from", PeriodsMeet, "", "after begins when before has not ended", "a line's own before ends before its after begins")
	}
}

func (m *mistakes) indicators(all []record.StudyIndicator) {
	for i, d := range all {
		path := "declared." + strconv.Itoa(i)
		if strings.TrimSpace(d.Name) == "" {
			m.add(path+".name", Missing, "", "an indicator needs a name", "such as jobs, income, revenue")
		}
		m.long(path+".name", d.Name, longestWhy)
		m.long(path+".unit", d.Unit, longestWhy)
		if slices.ContainsFunc(all[:i], func(o record.StudyIndicator) bool { return o.Name == d.Name }) {
			m.add(path+".name", Twice, d.Name, d.Name+" is there already", "name each once")
		}
	}
}
