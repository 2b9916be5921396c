package replay

import "github.com/lineproof/lineproof/lines/plc"

// step is what an asset showed from one recorded moment on.
type step struct {
	at                            int64  // Unix seconds
	items                         uint32 // since the record began
	status, cycle, power, product uint16
}

// image lays the step out in registers.
func (s step) image(left int) *plc.Image {
	var i plc.Image
	i.Put32(plc.Holding, 0, uint32(s.at), plc.ABCD)
	i.Put32(plc.Holding, 2, s.items, plc.ABCD)
	i.Put(plc.Holding, 4, s.status)
	i.Put(plc.Holding, 5, s.cycle)
	i.Put(plc.Holding, 6, s.power)
	i.Put(plc.Holding, 7, s.product)
	i.Put(plc.Holding, 8, uint16(min(left, 65535)))
	return &i
}

// stepsOf turns one asset's rows, of which there is at least one, into its steps.
func stepsOf(rows []row) []step {
	var steps []step
	if first := rows[0]; first.seconds == 0 {
		steps = append(steps, first.shows(first.ts-1, 0, Unknown))
	}
	var items uint32
	for i, r := range rows {
		if joins := i > 0 && r.begin() == rows[i-1].ts; r.seconds > 0 && !joins {
			steps = append(steps, r.shows(r.begin(), items, r.status))
		}
		items += r.items
		if i+1 < len(rows) && rows[i+1].begin() == r.ts {
			steps = append(steps, rows[i+1].shows(r.ts, items, rows[i+1].status))
		} else {
			steps = append(steps, r.shows(r.ts, items, Unknown))
		}
	}
	return steps
}

// begin is from when on the row looked at its asset, in Unix seconds.
func (r row) begin() int64 { return r.ts - r.seconds }

// shows is a step that carries the row's other values.
func (r row) shows(at int64, items uint32, status uint16) step {
	return step{at: at, items: items, status: status, cycle: r.cycle, power: r.power, product: r.product}
}
