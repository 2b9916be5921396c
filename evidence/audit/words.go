package audit

import (
	"fmt"
	"strings"

	"github.com/lineproof/lineproof/internal/tongue"
)

// Proves says what a check proves where it holds.
func (c Check) Proves() tongue.Message {
	switch c.Name {
	case File:
		return tongue.M("verify.proves_file")
	case Checkpoint:
		return tongue.M("verify.proves_checkpoint")
	case Cosignatures:
		return tongue.M("verify.proves_cosignatures")
	case Keys:
		return tongue.M("verify.proves_keys")
	case Signatures:
		return tongue.M("verify.proves_signatures")
	case Chain:
		return tongue.M("verify.proves_chain")
	case Inclusion:
		return tongue.M("verify.proves_inclusion")
	case Dates:
		return tongue.M("verify.proves_dates")
	case Catalogues:
		return tongue.M("verify.proves_catalogues")
	case Intervals:
		return tongue.M("verify.proves_intervals")
	case Findings:
		return tongue.M("verify.proves_findings")
	case Studies:
		return tongue.M("verify.proves_studies")
	}
	return tongue.M("verify.proves_kpi")
}

// Cannot says what it does not prove.
func (c Check) Cannot() tongue.Message {
	switch c.Name {
	case File:
		return tongue.M("verify.cannot_file")
	case Checkpoint:
		return tongue.M("verify.cannot_checkpoint")
	case Cosignatures:
		return tongue.M("verify.cannot_cosignatures")
	case Keys:
		return tongue.M("verify.cannot_keys")
	case Signatures:
		return tongue.M("verify.cannot_signatures")
	case Chain:
		return tongue.M("verify.cannot_chain")
	case Inclusion:
		return tongue.M("verify.cannot_inclusion")
	case Dates:
		return tongue.M("verify.cannot_dates")
	case Catalogues:
		return tongue.M("verify.cannot_catalogues")
	case Intervals:
		return tongue.M("verify.cannot_intervals")
	case Findings:
		return tongue.M("verify.cannot_findings")
	case Studies:
		return tongue.M("verify.cannot_studies")
	}
	return tongue.M("verify.cannot_kpi")
}

// Title is a check's name for people.
func (c Check) Title() tongue.Message {
	switch c.Name {
	case File:
		return tongue.M("verify.file")
	case Checkpoint:
		return tongue.M("verify.checkpoint")
	case Cosignatures:
		return tongue.M("verify.cosignatures")
	case Keys:
		return tongue.M("verify.keys")
	case Signatures:
		return tongue.M("verify.signatures")
	case Chain:
		return tongue.M("verify.chain")
	case Inclusion:
		return tongue.M("verify.inclusion")
	case Dates:
		return tongue.M("verify.dates")
	case Catalogues:
		return tongue.M("verify.catalogues")
	case Intervals:
		return tongue.M("verify.intervals")
	case Findings:
		return tongue.M("verify.findings")
	case Studies:
		return tongue.M("verify.studies")
	}
	return tongue.M("verify.kpi")
}

// Outcome is a state for people.
func (c Check) Outcome() tongue.Message {
	switch c.State {
	case Holds:
		return tongue.M("verify.holds")
	case Fails:
		return tongue.M("verify.fails")
	case Unasked:
		return tongue.M("verify.unasked")
	}
	return tongue.M("verify.not_done")
}

// Verdict is the report in one sentence.
func (r *Report) Verdict() tongue.Message {
	if r.OK() {
		return tongue.M("verify.verdict_ok")
	}
	return tongue.M("verify.verdict_fails")
}

// Of says what the bundle is of; nil where that could not be read.
func (r *Report) Of() *tongue.Message {
	m := r.Bundle
	if m.Line == "" {
		return nil
	}
	of := tongue.M("verify.of", "line", m.Line, "from", m.From, "to", m.To, "origin", m.Origin, "batches", m.Batches)
	return &of
}

// More says how many findings were not spelled out; nil for none.
func (c Check) More() *tongue.Message {
	if c.Findings <= len(c.Found) {
		return nil
	}
	more := tongue.M("verify.more", "count", c.Findings-len(c.Found))
	return &more
}

// Class is the state in a word, for programs and style sheets.
func (c Check) Class() State {
	if c.State == NotDone {
		return "not_done"
	}
	return c.State
}

// Text is the report for a terminal.
func (r *Report) Text(t tongue.Tongue) string {
	var b strings.Builder
	if of := r.Of(); of != nil {
		fmt.Fprintln(&b, t.Text(*of))
	}
	line := func(mark string, m tongue.Message) { fmt.Fprintf(&b, "    %s %s\n", mark, t.Text(m)) }
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "\n%s: %s\n", t.Text(c.Title()), t.Text(c.Outcome()))
		for _, m := range c.Found {
			line("!", m)
		}
		if more := c.More(); more != nil {
			line("!", *more)
		}
		for _, m := range c.Notes {
			line("-", m)
		}
		line("+", c.Proves())
		line("?", c.Cannot())
	}
	fmt.Fprintf(&b, "\n%s\n", t.Text(r.Verdict()))
	return b.String()
}
