package board

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/record"
)

// ErrTaken is part of an error about a name that is there already.
var ErrTaken = errors.New("there already")

// Declaration is a line that no gateway reads, as somebody describes it: it lives on the shift log.
type Declaration struct {
	ID       string       `json:"id" doc:"small letters, digits and -" example:"hand-press"`
	Name     record.Names `json:"name" doc:"by language: vi, en"`
	Site     string       `json:"site,omitempty" doc:"the establishment's id; that of the gateways when empty"`
	Timezone string       `json:"timezone,omitempty" doc:"IANA name; Asia/Ho_Chi_Minh when empty"`
	Products []Product    `json:"products,omitempty" nullable:"false" doc:"what it makes"`
}

// Declare makes a line known that no gateway reads. Said again it describes the line anew.
func (b *Board) Declare(ctx context.Context, by string, d Declaration) error {
	if err := record.CheckName(d.ID); err != nil {
		return fmt.Errorf("line: %w; %w", ErrUnknown, err)
	}
	if d.Timezone == "" {
		d.Timezone = "Asia/Ho_Chi_Minh"
	}
	zone, err := time.LoadLocation(d.Timezone)
	if err != nil || d.Timezone == "Local" {
		return fmt.Errorf("timezone %q: %w; use a name such as Asia/Ho_Chi_Minh", d.Timezone, ErrUnknown)
	}
	if p, err := b.find(d.ID); err == nil && !p.declared {
		return fmt.Errorf("line %s: %w; gateway %s reads it", d.ID, ErrTaken, p.gateway.ID)
	}
	if d.Site == "" {
		d.Site = b.site()
	}
	if err := record.CheckName(d.Site); err != nil {
		return fmt.Errorf("site: %w; %w", ErrUnknown, err)
	}
	line := record.Line{Name: d.Name, Products: map[string]record.Product{}, Machines: map[string]record.Machine{}}
	for _, p := range d.Products {
		if p.Code = strings.TrimSpace(p.Code); p.Code == "" {
			return fmt.Errorf("product: %w; give its code", ErrUnknown)
		}
		cycle := time.Duration(p.PlannedCycleS * float64(time.Second))
		line.Products[p.Code] = record.Product{Code: p.Code, Name: p.Name, UnitsPerCycle: p.UnitsPerCycle, PlannedCycle: record.Duration(cycle)}
	}
	return b.state(ctx, statement{Kind: record.StatementLine, Line: d.ID, About: b.clock.Now(), By: by},
		record.DeclaredLine{Site: d.Site, Timezone: zone.String(), Line: line})
}

// LoadLines makes the board know the lines that people declared, the last word on each, when all lines are meant to run, and
// their studies. It is to be called when the views have got statements, or catalogues with other calendars.
func (b *Board) LoadLines(ctx context.Context) error {
	said, err := b.registry.Statements(ctx, registry.Said{Kinds: []record.StatementKind{record.StatementLine}})
	if err != nil {
		return fmt.Errorf("declared lines: %w", err)
	}
	lines := map[string]record.DeclaredLine{}
	for _, s := range said {
		var d record.DeclaredLine
		if err := s.Decode(&d); err != nil {
			return err
		}
		lines[s.Line] = d
	}
	calendars, err := b.loadCalendars(ctx, lines)
	if err != nil {
		return err
	}
	studies, err := b.loadStudies(ctx)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.byHand, b.said, b.studies = lines, calendars, studies
	b.heardOf++
	return nil
}

// site is that of the gateways, where they are all of one.
func (b *Board) site() string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var sites []string
	for _, p := range b.places() {
		sites = append(sites, p.site)
	}
	slices.Sort(sites)
	if sites = slices.Compact(sites); len(sites) == 1 {
		return sites[0]
	}
	return ""
}
