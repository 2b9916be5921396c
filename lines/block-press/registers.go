package blockpress

import (
	"github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

// What the counters stood at when the plant began.
const (
	firstCycles  = 1_284_000
	firstRejects = 52_000     // of 65,536
	firstBatches = 61_000     // of 65,536
	firstEnergy  = 41_822_000 // hundredths of a kWh
)

// milliJoules in the step of the meter's counter, 0.01 kWh.
const milliJoules = 36_000_000

// stateNumbers are what the PLCs say for a state, as line.yaml lists them.
var stateNumbers = [record.NumStates]uint16{
	record.Stopped:   0,
	record.Execute:   1,
	record.Starting:  3,
	record.Idle:      4,
	record.Suspended: 5,
	record.Stopping:  7,
	record.Aborted:   9,
	record.Held:      11,
}

// unit brings the plant up to date before it shows what its registers hold.
type unit struct {
	plant *Plant
	image func() *plc.Image
}

// Read answers as plc.Unit asks.
func (u unit) Read(t plc.Table, at, count uint16) ([]uint16, error) {
	u.plant.mu.Lock()
	defer u.plant.mu.Unlock()
	u.plant.advance()
	return u.image().Read(t, at, count)
}

func (p *Plant) pressImage() *plc.Image {
	var i plc.Image
	i.PutBit(plc.Coils, 7, p.press.motor())
	i.Put32(plc.Holding, 100, uint32(firstCycles+p.press.books.cycles), plc.CDAB)
	i.Put(plc.Holding, 104, uint16(firstRejects+p.press.books.rejects))
	i.Put(plc.Holding, 105, stateNumbers[p.press.state])
	i.Put(plc.Holding, 106, p.press.mould)
	i.PutFloat(plc.Input, 30, float32(p.press.pressure), plc.ABCD)
	return &i
}

func (p *Plant) mixerImage() *plc.Image {
	var i plc.Image
	i.Put(plc.Holding, 200, stateNumbers[p.mixer.state])
	i.Put(plc.Holding, 201, uint16(firstBatches+p.mixer.books.cycles))
	return &i
}

func (p *Plant) meterImage() *plc.Image {
	var i plc.Image
	i.PutFloat(plc.Input, 0, float32(p.press.watts)/1000, plc.ABCD)
	i.Put32(plc.Input, 2, uint32(firstEnergy+p.press.books.energyAt(p.now)/milliJoules), plc.ABCD)
	return &i
}
