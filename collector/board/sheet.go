package board

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Sheet is what an entry of a line's shift log can be of. A phone keeps it, so that it can be filled in without a network.
type Sheet struct {
	Name     record.Names   `json:"name" doc:"of the line, by language: vi, en"`
	Timezone string         `json:"timezone" doc:"IANA name"`
	Machines []SheetMachine `json:"machines" nullable:"false"`
	Products []Product      `json:"products" nullable:"false" doc:"empty: what the line makes is not known, and any code may be written"`
	Shifts   []Window       `json:"shifts" nullable:"false" doc:"that begin in the window, by the line's calendar; empty for a line without one"`
}

// SheetMachine is a machine that an entry can be of.
type SheetMachine struct {
	ID   string       `json:"id"`
	Name record.Names `json:"name"`
}

// longestSheet is how far a sheet reaches.
const longestSheet = 100 * 24 * time.Hour

// Sheet gives what an entry can be of whose shift begins in a window.
func (b *Board) Sheet(line string, window record.Span) (Sheet, error) {
	p, err := b.find(line)
	if err != nil {
		return Sheet{}, err
	}
	if window.Duration() > longestSheet {
		return Sheet{}, fmt.Errorf("from and to: %w; shifts of at most %v are listed", ErrTooMuch, longestSheet)
	}
	s := Sheet{Name: p.model.Name, Timezone: p.zone.String(), Machines: []SheetMachine{}, Products: p.makes(), Shifts: []Window{}}
	for _, id := range p.machines() {
		s.Machines = append(s.Machines, SheetMachine{ID: id, Name: p.model.Machines[id].Name})
	}
	for _, shift := range p.calendar.Shifts(window) {
		if !shift.From.Before(window.From) {
			s.Shifts = append(s.Shifts, Window{Shift: shift.Name, From: shift.From, To: shift.To})
		}
	}
	return s, nil
}

// makes lists all that the line makes, by code.
func (p place) makes() []Product {
	found := []Product{}
	add := func(m record.Product) {
		if !slices.ContainsFunc(found, func(o Product) bool { return o.Code == m.Code }) {
			found = append(found, Product{Code: m.Code, Name: m.Name, UnitsPerCycle: m.Units(), PlannedCycleS: m.PlannedCycle.D().Seconds()})
		}
	}
	for _, m := range p.model.Products {
		add(m)
	}
	for _, id := range p.machines() {
		if product := p.model.Machines[id].Product; product != nil {
			add(*product)
		}
	}
	slices.SortFunc(found, func(a, b Product) int { return strings.Compare(a.Code, b.Code) })
	return found
}
