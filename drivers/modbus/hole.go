package modbus

import "time"

// A device refuses a whole request for one address that it does not have, or for more registers than it
// gives at a time. The driver finds out by halving what was refused. From the answers to the halves it
// learns a plan that costs few requests and is not refused: what lies between two halves that both
// answered, and not together, is not asked for again, and an address that is refused by itself is asked
// for once in a while only. Everything else is merged again.

// askAgain is how long an address that was refused by itself is left alone.
const askAgain = time.Minute

// found is what the device's answers taught of a span.
type found struct {
	half    *halves   // of a refused request; nil of what was not split just now
	wall    bool      // it must not be merged with what follows
	refused *refusal  // it was refused by itself
	again   time.Time // when it is to be asked for again then
}

// halves are the two parts of a request that was refused.
type halves struct{ answered int }

// rests tells whether a span is not to be asked for yet.
func (f found) rests(now time.Time) bool {
	return f.refused != nil && now.Before(f.again) && f.again.Sub(now) <= askAgain
}

// answered notes that a span brought its values.
func (s *span) answered() {
	s.refused = nil
	if s.half != nil {
		s.half.answered++
	}
}

// alone notes that a span of one point was refused.
func (s *span) alone(r refusal, now time.Time) {
	if r.mayBePartial() {
		s.refused, s.again = &r, now.Add(askAgain)
	}
}

// merge makes the next plan of the spans that one poll ended with. whole is the plan without holes: what is
// not together there, is too far apart.
func merge(kept, whole []span) []span {
	var plan []span
	for i, s := range kept {
		if s.half != nil && i+1 < len(kept) && kept[i+1].half == s.half && s.half.answered == 2 {
			s.wall = true
		}
		s.half = nil
		if n := len(plan); n > 0 && together(plan[n-1], s, whole) {
			last := &plan[n-1]
			end := max(last.first+last.count, s.first+s.count)
			last.count, last.wall = end-last.first, s.wall
			last.points = append(last.points[:len(last.points):len(last.points)], s.points...)
			continue
		}
		plan = append(plan, s)
	}
	return plan
}

func together(a, b span, whole []span) bool {
	if a.wall || a.refused != nil || b.refused != nil || a.table != b.table {
		return false
	}
	for _, w := range whole {
		if w.table == a.table && w.first <= a.first && b.first+b.count <= w.first+w.count {
			return true
		}
	}
	return false
}
