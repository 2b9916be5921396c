package series

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// Place is where a signal belongs. Stores keep its readings under these four.
type Place struct {
	Site          string
	Line, Machine string // of the first machine that uses the signal, else its device; "" where none does
	Device        string // "" for a signal whose name has no device
}

// Places finds the place of any signal by one catalogue.
type Places struct {
	site     string
	bySignal map[string]owner
	byDevice map[string]owner
}

type owner struct{ line, machine string }

// PlacesOf reads the places of c's signals: a signal belongs to the first machine, by the names of line
// and machine, that has a role for it, else to the first one that has a role for any signal of its device.
func PlacesOf(c record.Catalogue) *Places {
	p := &Places{site: c.Site, bySignal: map[string]owner{}, byDevice: map[string]owner{}}
	for _, line := range slices.Sorted(maps.Keys(c.Lines)) {
		machines := c.Lines[line].Machines
		for _, machine := range slices.Sorted(maps.Keys(machines)) {
			for _, signal := range machines[machine].Signals() {
				device, _ := SplitSignal(signal)
				claim(p.bySignal, signal, owner{line, machine})
				claim(p.byDevice, device, owner{line, machine})
			}
		}
	}
	delete(p.byDevice, "")
	return p
}

func claim(owners map[string]owner, name string, o owner) {
	if _, taken := owners[name]; !taken {
		owners[name] = o
	}
}

// Of is the signal's place.
func (p *Places) Of(signal string) Place {
	device, _ := SplitSignal(signal)
	o, ok := p.bySignal[signal]
	if !ok {
		o = p.byDevice[device]
	}
	return Place{Site: p.site, Line: o.line, Machine: o.machine, Device: device}
}

// SplitSignal parts device.signal at its first dot. A name with nothing before or after that dot has no device.
func SplitSignal(signal string) (device, name string) {
	device, name, _ = strings.Cut(signal, ".")
	if device == "" || name == "" {
		return "", signal
	}
	return device, name
}

// JoinSignal undoes SplitSignal.
func JoinSignal(device, name string) string {
	if device == "" {
		return name
	}
	return device + "." + name
}

// PlaceCache keeps the places by each gateway's last catalogue. The zero PlaceCache is empty and ready;
// it may be used by several goroutines at once.
type PlaceCache struct {
	mu        sync.Mutex
	byGateway map[string]cached
}

type cached struct {
	catalogue record.Hash
	places    *Places
}

// Of gives the places by the catalogue in force for v.
func (c *PlaceCache) Of(v verify.Verified) *Places {
	head := v.Head()
	gateway := v.Catalogue().Gateway
	c.mu.Lock()
	defer c.mu.Unlock()
	if have, ok := c.byGateway[gateway]; ok && have.catalogue == head.CatalogueHash {
		return have.places
	}
	if c.byGateway == nil {
		c.byGateway = map[string]cached{}
	}
	places := PlacesOf(v.Catalogue())
	c.byGateway[gateway] = cached{head.CatalogueHash, places}
	return places
}
