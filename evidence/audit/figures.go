package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// figures holds the key performance indicators against those of the minutes that were computed.
func (a *auditor) figures(computed answers) {
	rows, err := a.bundle.KPIs()
	if err != nil {
		a.report.fails(KPI, tongue.M("verify.kpi_unreadable", "error", err))
		return
	}
	for g := range rows {
		if by(g) == kpi.Whole && g != bundle.Whole {
			a.report.fails(KPI, tongue.M("verify.kpi_unreadable", "error", fmt.Errorf("grouping %q is not known", g)))
		}
	}
	if computed.rowsErr != nil {
		a.report.fails(KPI, tongue.M("verify.kpi_unreadable", "error", computed.rowsErr))
		return
	}
	count := 0
	for _, g := range bundle.Groupings() {
		a.sameRows(g, rows[g], computed.rows[g])
		count += len(computed.rows[g])
	}
	a.report.holds(KPI, tongue.M("verify.kpi_same", "rows", count))
}

// by is a grouping as package kpi has it.
func by(g bundle.Grouping) kpi.By {
	for _, known := range bundle.Groupings()[1:] {
		if g == known {
			return kpi.By(g)
		}
	}
	return kpi.Whole
}

// told is the line as it said itself in the last batch of the bundle, and as it was meant to run by all of them.
type told struct {
	model   kpi.Model
	line    record.Line
	signals map[string]record.Signal
}

// line is made when it is first asked for, which is when all batches are known.
func (a *auditor) line() (told, error) {
	if a.told != nil {
		return *a.told, nil
	}
	var last folded
	for _, c := range a.inOrder() {
		if _, ok := c.account.catalogue.Lines[a.bundle.Manifest.Line]; ok && !c.account.sealed.Before(last.sealed) {
			last = c.account
		}
	}
	line, ok := last.catalogue.Lines[a.bundle.Manifest.Line]
	if !ok {
		return told{}, errors.New("no batch names the line")
	}
	zone, err := time.LoadLocation(last.catalogue.Timezone)
	if err != nil {
		return told{}, err
	}
	plan, err := said.Sealed(a.bundle.Manifest.Line, line, zone, a.planned, a.said)
	if err != nil {
		return told{}, err
	}
	log, err := entries.Of(entries.About(a.said, a.bundle.Manifest.Line, entries.Within(a.window())))
	if err != nil {
		return told{}, err
	}
	a.told = &told{kpi.ModelOf(line, plan), line, last.catalogue.Signals}
	a.told.model.Log = entries.Logged(log)
	return *a.told, nil
}

// window is the period.
func (a *auditor) window() record.Span {
	return record.Span{From: a.bundle.Manifest.From.UTC(), To: a.bundle.Manifest.To.UTC()}
}

// sameRows compares the rows of one grouping.
func (a *auditor) sameRows(g bundle.Grouping, said []json.RawMessage, computed []kpi.Row) {
	if len(said) != len(computed) {
		a.report.fails(KPI, tongue.M("verify.kpi_rows", "grouping", g, "said", len(said), "computed", len(computed)))
		return
	}
	for n, r := range computed {
		r.Explain, r.Losses = nil, nil
		text, err := json.Marshal(r)
		if err != nil {
			a.report.fails(KPI, tongue.M("verify.kpi_unreadable", "error", err))
			return
		}
		if plain(said[n]) == string(text) {
			continue
		}
		for _, d := range differences(said[n], text) {
			a.report.fails(KPI, tongue.M("verify.kpi_cell", "grouping", g, "row", n+1, "cell", d.cell, "said", d.said, "computed", d.computed))
		}
	}
}
