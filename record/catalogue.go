package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Catalogue is what a gateway says of itself: its signals, where each comes from, and what they mean for
// its lines. It travels inside a sealed batch, so the collector needs no second configuration, and no
// mapping changes unseen. The same types read the agent's YAML and write the sealed JSON.
type Catalogue struct {
	Gateway  string            `json:"gateway"`
	Site     string            `json:"site"`
	Timezone string            `json:"timezone"` // IANA name, of the shifts
	Signals  map[string]Signal `json:"signals"`  // by device.signal
	Lines    map[string]Line   `json:"lines,omitempty"`
}

// Signal says where the values of one signal come from and how they are to be read.
type Signal struct {
	Device   string          `json:"device"`
	Driver   string          `json:"driver"`
	Source   string          `json:"source"`             // for a person: "tcp://10.0.0.5:502 unit 1 holding 100 uint32 CDAB"
	Every    Duration        `json:"every,omitempty"`    // poll period
	Unit     string          `json:"unit,omitempty"`     // such as kWh, MPa
	Counter  bool            `json:"counter,omitempty"`  // counts up and rolls over
	Width    int             `json:"width,omitempty"`    // of a counter in bits: it rolls over at 2^Width steps of Scale
	Scale    float64         `json:"scale,omitempty"`    // value = raw * Scale + Offset; 0 means 1
	Offset   float64         `json:"offset,omitempty"`   //
	MaxRate  float64         `json:"max_rate,omitempty"` // a counter's greatest plausible rise a second, in its unit; 0: not known
	Deadband float64         `json:"deadband,omitempty"` // changes up to this are not reported
	AtLeast  Duration        `json:"at_least,omitempty"` // an unchanged value is reported again at the latest so long after the last time; 1m when 0
	Window   Duration        `json:"window,omitempty"`   // reported as min, mean and max over this time
	States   map[int64]State `json:"states,omitempty"`   // what each raw number of a state signal means
	Formula  string          `json:"formula,omitempty"`  // of a derived signal

	Calibration *Calibration `json:"calibration,omitempty"` // that Scale and Offset come from
}

// Line is one production line: machines, when they are meant to run, and what is expected of them.
type Line struct {
	Name     Names              `json:"name,omitempty"`
	Machines map[string]Machine `json:"machines"`
	Output   []string           `json:"output,omitempty"`   // the machines whose counts are the line's; all of them when empty
	Products map[string]Product `json:"products,omitempty"` // by what a machine's ProductFrom says: a number or a text
	Calendar *Calendar          `json:"calendar,omitempty"`
	Plan     *Plan              `json:"plan,omitempty"`
	Targets  map[string]float64 `json:"targets,omitempty"` // by KPI, such as quality_ratio: 0.97

	Reasons   map[string]ReasonGroup `json:"reasons,omitempty"`    // for stops, by id; a usual tree when empty
	MicroStop Duration               `json:"micro_stop,omitempty"` // a stop shorter than this is a micro-stop; 2m when 0
}

// Names is a text by language: vi, en.
type Names map[string]string

// Plan is what a line is meant to make.
type Plan struct {
	OutputPerHour float64 `json:"output_per_hour"` // good units in an hour of planned busy time
}

// Machine gives the signals of one machine their roles.
type Machine struct {
	Name     Names              `json:"name,omitempty"`
	Product  *Product           `json:"product,omitempty"` // until ProductFrom says another, or always
	Produced *Count             `json:"produced,omitempty"`
	Good     *Count             `json:"good,omitempty"` // without it, good is produced less scrap
	Scrap    []Count            `json:"scrap,omitempty"`
	Rework   []Count            `json:"rework,omitempty"`
	State    string             `json:"state,omitempty"`  // signal whose States name what the machine does
	Energy   string             `json:"energy,omitempty"` // counter of kWh, Wh or MWh by its Unit
	Measures map[string]Measure `json:"measures,omitempty"`

	ProductFrom string   `json:"product_from,omitempty"` // signal that says which of the line's products it makes
	OrderFrom   string   `json:"order_from,omitempty"`   // signal that says for which production order; 0 or an empty text for none
	ReasonFrom  string   `json:"reason_from,omitempty"`  // signal of the codes by which the line's reasons are known; 0 for none
	MaterialIn  string   `json:"material_in,omitempty"`  // counter of the mass that goes in: g, kg or t by its Unit
	ProductOut  string   `json:"product_out,omitempty"`  // counter of the mass that comes out
	StopAfter   Duration `json:"stop_after,omitempty"`   // without State: so long after a cycle it is stopped; two planned cycles when 0
}

// Signals lists the signals that a machine has a role for.
func (m Machine) Signals() []string {
	signals := []string{m.State, m.Energy, m.ProductFrom, m.OrderFrom, m.ReasonFrom, m.MaterialIn, m.ProductOut}
	counts := slices.Concat(m.Scrap, m.Rework)
	for _, c := range []*Count{m.Produced, m.Good} {
		if c != nil {
			counts = append(counts, *c)
		}
	}
	for _, c := range counts {
		signals = append(signals, c.From)
	}
	for _, measure := range m.Measures {
		signals = append(signals, measure.From)
	}
	return slices.DeleteFunc(signals, func(s string) bool { return s == "" })
}

// Product is what a machine makes and how fast it is meant to.
type Product struct {
	Code          string   `json:"code"`
	Name          Names    `json:"name,omitempty"`
	UnitsPerCycle int64    `json:"units_per_cycle,omitempty"` // 0 means 1
	PlannedCycle  Duration `json:"planned_cycle,omitempty"`   // of one cycle; with UnitsPerCycle, the planned run time per item
}

// Units is UnitsPerCycle, 1 where it was not given.
func (p Product) Units() int64 { return max(p.UnitsPerCycle, 1) }

// UnitsPerCycle is the value of Count.Times that stands for the product's own number.
const UnitsPerCycle = "units_per_cycle"

// Count is a counter with its role: units = steps of From * Times.
type Count struct {
	From   string `json:"from"`            // signal
	Times  string `json:"times,omitempty"` // a whole number, or units_per_cycle; 1 when empty
	Reason string `json:"reason,omitempty"`
}

// Measure is a variable to be watched, with its specification limits.
type Measure struct {
	From  string   `json:"from"` // signal
	Lower *float64 `json:"lower,omitempty"`
	Upper *float64 `json:"upper,omitempty"`
}

// Duration is a time.Duration that is written as "15s" in YAML and JSON.
type Duration time.Duration

// MarshalText writes it as time.Duration does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what time.ParseDuration does.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("duration %q: use a number with ms, s, m or h, such as 500ms or 10s", text)
	}
	*d = Duration(v)
	return nil
}

// D is the plain duration.
func (d Duration) D() time.Duration { return time.Duration(d) }

// Encode is the catalogue as it is sealed; equal catalogues give equal bytes.
func (c Catalogue) Encode() ([]byte, error) { return json.Marshal(c) }

// DecodeCatalogue reads what Encode wrote. Fields that a newer gateway added are passed over.
func DecodeCatalogue(b []byte) (Catalogue, error) {
	var c Catalogue
	if err := json.Unmarshal(b, &c); err != nil {
		return Catalogue{}, fmt.Errorf("catalogue: %w", err)
	}
	if err := CheckName(c.Gateway); err != nil {
		return Catalogue{}, fmt.Errorf("catalogue: gateway: %w", err)
	}
	if err := CheckName(c.Site); err != nil {
		return Catalogue{}, fmt.Errorf("catalogue: site: %w", err)
	}
	for id, line := range c.Lines {
		if err := CheckName(id); err != nil {
			return Catalogue{}, fmt.Errorf("catalogue: line: %w", err)
		}
		for id := range line.Machines {
			if err := CheckName(id); err != nil {
				return Catalogue{}, fmt.Errorf("catalogue: machine: %w", err)
			}
		}
	}
	if c.Timezone == "Local" { // another one on every computer
		return Catalogue{}, fmt.Errorf("catalogue: timezone %q: use a name such as Asia/Ho_Chi_Minh", c.Timezone)
	}
	if _, err := time.LoadLocation(c.Timezone); err != nil {
		return Catalogue{}, fmt.Errorf("catalogue: timezone: %w", err)
	}
	return c, nil
}
