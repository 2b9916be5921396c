package modbus

import (
	"cmp"
	"fmt"
	"slices"
)

// A request reads at most so much (MODBUS Application Protocol V1.1b3, 6.1 and 6.3).
const (
	maxBits      = 2000
	maxRegisters = 125
)

// defaultGap is how many registers cost no more on a serial line than a further request would: 13 characters
// of request and answer, and two silences.
const defaultGap = 10

// span is what one request reads, and the indices of the points that take their values from it.
type span struct {
	table        table
	first, count int // registers, or bits
	points       []int
	found        // what the device's answers taught
}

func (s span) String() string {
	if s.count == 1 {
		return address{s.table, s.first}.String()
	}
	return fmt.Sprintf("%s %d..%d", s.table, s.first, s.first+s.count-1)
}

// sortPoints brings points into the order in which they are read.
func sortPoints(points []point) {
	slices.SortFunc(points, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.at.table, b.at.table), cmp.Compare(a.at.number, b.at.number), cmp.Compare(a.name, b.name))
	})
}

// makePlan covers sorted points with as few requests as there can be. A request reads at most registers
// of them, along with at most gap unwanted ones between two wanted; no value is split over two requests.
func makePlan(points []point, registers, gap int) []span {
	var plan []span
	for i, p := range points {
		limit := registers
		if p.at.table.bits() {
			limit = maxBits
		}
		if n := len(plan); n > 0 {
			s := &plan[n-1]
			end := s.first + s.count
			joined := max(end, p.end()) - s.first
			if s.table == p.at.table && p.at.number-end <= gap && joined <= limit {
				s.count = joined
				s.points = append(s.points, i)
				continue
			}
		}
		plan = append(plan, span{table: p.at.table, first: p.at.number, count: p.length, points: []int{i}})
	}
	return plan
}

// split halves a span of several points.
func (s span) split(points []point) (left, right span) {
	middle := len(s.points) / 2
	left, right = s.part(points, s.points[:middle]), s.part(points, s.points[middle:])
	both := new(halves)
	left.half, right.half = both, both
	return left, right
}

func (s span) part(points []point, indices []int) span {
	first, end := points[indices[0]].at.number, 0
	for _, i := range indices {
		end = max(end, points[i].end())
	}
	return span{table: s.table, first: first, count: end - first, points: indices}
}

// raw cuts one point's bytes out of the span's answer.
func (s span) raw(p *point, answer []byte) []byte {
	offset := p.at.number - s.first
	if s.table.bits() {
		return []byte{answer[offset/8] >> (offset % 8) & 1}
	}
	return answer[2*offset : 2*(offset+p.length)]
}
