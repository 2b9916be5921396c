package board

import (
	"time"

	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/record"
)

// Line is a line as its card and its page show it.
type Line struct {
	ID       string             `json:"id"`
	Site     string             `json:"site"`
	Name     record.Names       `json:"name" doc:"by language: vi, en"`
	Timezone string             `json:"timezone" doc:"IANA name"`
	Machines []Machine          `json:"machines" nullable:"false"`
	Product  *Product           `json:"product,omitempty" doc:"of the first output machine"`
	Targets  map[string]float64 `json:"targets,omitempty" doc:"by KPI, such as quality_ratio: 0.97"`
	Window   Window             `json:"window" doc:"what kpi and plan are of: the shift that runs, else the day so far"`
	Plan     *Plan              `json:"plan,omitempty" doc:"absent where the line has none"`
	KPI      kpi.Row            `json:"kpi"`
	Gateways []GatewayHealth    `json:"gateways" nullable:"false"`
	Declared bool               `json:"declared" doc:"people declared the line and no gateway reads it: all that is known of it is its shift log"`
	DataFrom *time.Time         `json:"data_from" doc:"first minute known; null when there is none"`
	DataTo   *time.Time         `json:"data_to" doc:"end of the last minute known"`
	Measures []Measure          `json:"measures,omitempty" nullable:"false" doc:"variables that are watched"`
}

// Machine is what one machine does now.
type Machine struct {
	ID       string        `json:"id"`
	Name     record.Names  `json:"name"`
	Output   bool          `json:"output" doc:"whether its counts are the line's"`
	State    *record.State `json:"state" enum:"undefined,clearing,stopped,starting,idle,suspended,execute,stopping,aborting,aborted,holding,held,unholding,suspending,unsuspending,resetting,completing,complete" doc:"PackML; null when nobody looks"`
	Since    *time.Time    `json:"since" doc:"since when it does that, or since when nobody looks; null when never seen"`
	Observed *time.Time    `json:"observed" doc:"when it was last looked at"`
}

// Product is what a line makes.
type Product struct {
	Code          string       `json:"code"`
	Name          record.Names `json:"name,omitempty"`
	UnitsPerCycle int64        `json:"units_per_cycle"`
	PlannedCycleS float64      `json:"planned_cycle_s"`
}

// Window is a stretch of time with its name.
type Window struct {
	Shift string    `json:"shift" doc:"the shift's name; empty for a day"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to" doc:"its planned end"`
}

// Plan is what the line is meant to make.
type Plan struct {
	OutputPerHour float64 `json:"output_per_hour" doc:"good units in an hour of planned time"`
	SoFar         float64 `json:"so_far" doc:"good units that should be there by now"`
	Total         float64 `json:"total" doc:"good units by the window's end"`
}

// GatewayHealth is how well a line's gateway is heard.
type GatewayHealth struct {
	ID     string     `json:"id"`
	Health string     `json:"health" enum:"ok,late,offline,never" doc:"late: it is there but its batches are not; offline: silent; never: not heard yet"`
	Seen   *time.Time `json:"seen" doc:"when it was last heard"`
}

// Gateway is all that is known of a gateway.
type Gateway struct {
	GatewayHealth
	Site        string                         `json:"site"`
	Version     string                         `json:"version"`
	Sealed      uint64                         `json:"sealed" doc:"sequence number of the last batch it says it sealed"`
	InLedger    uint64                         `json:"in_ledger" doc:"sequence number of the last batch in the ledger"`
	Stored      uint64                         `json:"stored" doc:"sequence number of the last batch in the ledger and the views"`
	StoredAt    *time.Time                     `json:"stored_at" doc:"when that batch was sealed"`
	ReceivedAt  *time.Time                     `json:"received_at" doc:"when the last batch came, by the collector's clock"`
	Undated     uint64                         `json:"undated" doc:"batches that wait at the gateway until it knows the time"`
	Missing     *Missing                       `json:"missing,omitempty" doc:"batches that a later one follows, and that did not come"`
	Clock       record.ClockState              `json:"clock" enum:"unknown,synchronised,free-running,simulated,collector,between"`
	ClockErrorS float64                        `json:"clock_error_s" doc:"how far the gateway itself says that its time may be wrong; 0 when unknown"`
	ClockAheadS float64                        `json:"clock_ahead_s" doc:"how far the gateway's time is ahead of the collector's; less than 0: behind, or its messages take so long"`
	Devices     map[string]record.DeviceStatus `json:"devices"`
	Ports       map[string]record.PortStatus   `json:"ports" doc:"how full each wire is that devices share, by its address"`
	Refused     []Refused                      `json:"refused" nullable:"false" doc:"messages in its name that were not let in, newest first"`
	Ledger      *record.LedgerSeen             `json:"ledger,omitempty" doc:"what it remembers of this collector's ledger; absent where it says nothing of it"`
}

// Refused is a message that was not let in.
type Refused struct {
	Time   time.Time `json:"time"`
	Kind   string    `json:"kind" enum:"forged,forked,retired,misnamed,malformed"`
	Reason string    `json:"reason"`
	Times  int       `json:"times" doc:"how often the same message came"`
}

// MachineStates is what one machine did.
type MachineStates struct {
	ID    string       `json:"id"`
	Name  record.Names `json:"name"`
	Spans []StateSpan  `json:"spans" nullable:"false" doc:"in order, without holes"`
	Made  []MadeSpan   `json:"made" nullable:"false" doc:"what it made, in order, as far as a product or an order is known"`
}

// MadeSpan is a stretch of time with one product and one order, from when to when somebody looked.
type MadeSpan struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Product string    `json:"product,omitempty" doc:"its code"`
	Order   string    `json:"order,omitempty"`
}

// StateSpan is a stretch of time in one state.
type StateSpan struct {
	From  time.Time     `json:"from"`
	To    time.Time     `json:"to"`
	State *record.State `json:"state" enum:"undefined,clearing,stopped,starting,idle,suspended,execute,stopping,aborting,aborted,holding,held,unholding,suspending,unsuspending,resetting,completing,complete" doc:"null: unobserved"`
}

// LiveEvent is what the event stream sends under the name "now": at the start and at every change.
type LiveEvent struct {
	Time     time.Time      `json:"time" doc:"when the gateway read it"`
	Machines []Machine      `json:"machines" nullable:"false"`
	Values   map[string]any `json:"values" doc:"latest value of each signal of the line"`
}
