package board

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/record"
)

// place is a line with the gateway that reports it. The gateway itself is read under the board's lock only.
type place struct {
	id       string
	model    record.Line
	site     string
	zone     *time.Location
	signals  map[string]record.Signal
	sealedAt time.Time      // of the gateway's last batch
	account  *account.State // after it; never changed
	gateway  *gateway
	declared bool // by people; nobody reads it, and gateway is one that was never heard
	words    said.Words
	calendar calendar.Line // by the words
}

// places lists all lines by id. A line that two gateways name is the one whose catalogue was sealed last.
func (b *Board) places() []place {
	found := map[string]place{}
	for _, id := range slices.Sorted(maps.Keys(b.gateways)) {
		g := b.gateways[id]
		cat := g.Head.Catalogue
		zone, err := time.LoadLocation(cat.Timezone)
		if err != nil {
			zone = time.UTC // cannot be: a catalogue is let in only with a zone that loads
		}
		for lineID, model := range cat.Lines {
			if other, ok := found[lineID]; ok && other.sealedAt.After(g.SealedAt) {
				continue
			}
			found[lineID] = place{id: lineID, model: model, site: cat.Site, zone: zone, signals: cat.Signals, sealedAt: g.SealedAt, account: g.Account, gateway: g}
		}
	}
	for id, d := range b.byHand {
		if _, read := found[id]; read {
			continue // a gateway was given the line since
		}
		zone, err := time.LoadLocation(d.Timezone)
		if err != nil {
			zone = time.UTC // cannot be: a line is declared only with a zone that loads
		}
		found[id] = place{id: id, model: d.Line, site: d.Site, zone: zone, gateway: &gateway{}, declared: true}
	}
	for id, p := range found {
		p.words = b.said[id].From(b.base(p))
		p.calendar = p.words.Line(p.zone)
		found[id] = p
	}
	return slices.SortedFunc(maps.Values(found), func(a, b place) int {
		if a.id < b.id {
			return -1
		}
		return 1
	})
}

// base is when a line is meant to run as long as nobody has said when.
func (b *Board) base(p place) said.CalendarEra {
	if d, ok := b.byHand[p.id]; ok {
		return said.Declared(d)
	}
	return said.CalendarEra{Calendar: p.model.Calendar, Gateway: p.gateway.ID}
}

// find is place for those who do not hold the board's lock.
func (b *Board) find(line string) (place, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.place(line)
}

func (b *Board) place(line string) (place, error) {
	places := b.places()
	var ids []string
	for _, p := range places {
		if p.id == line {
			return p, nil
		}
		ids = append(ids, p.id)
	}
	if len(ids) == 0 {
		return place{}, fmt.Errorf("line %q: %w; no gateway has named a line yet", line, ErrNotFound)
	}
	return place{}, fmt.Errorf("line %q: %w; there are %s", line, ErrNotFound, strings.Join(ids, ", "))
}

// output lists the machines whose counts are the line's.
func (p place) output() []string {
	if len(p.model.Output) > 0 {
		return p.model.Output
	}
	return p.machines()
}

func (p place) machines() []string { return slices.Sorted(maps.Keys(p.model.Machines)) }

func (p place) kpiModel() kpi.Model {
	return kpi.ModelOf(p.model, p.calendar)
}

// until is up to when a line's books can be complete: while its gateway is heard in time, what it read
// since its last batch is not missing, only on its way.
func (p place) until(now time.Time) time.Time {
	if sealed := p.sealedAt; !sealed.After(now) && now.Sub(sealed) <= lateAfter {
		return sealed.UTC()
	}
	return now.UTC().Truncate(time.Millisecond)
}
