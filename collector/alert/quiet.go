package alert

import (
	"time"

	"github.com/lineproof/lineproof/record"
)

// ends is when the quiet hours are over that t lies in; t itself where it lies in none.
func (q *Quiet) ends(t time.Time) time.Time {
	if q == nil {
		return t
	}
	local := t.In(q.zone)
	clock := func(days int, c record.ClockTime) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, 0, int(c), 0, 0, q.zone)
	}
	for _, day := range []int{-1, 0} { // hours that cross midnight began on the day before
		from, to := clock(day, *q.From), clock(day, *q.To)
		if *q.To <= *q.From {
			to = clock(day+1, *q.To)
		}
		if !t.Before(from) && t.Before(to) {
			return to.UTC()
		}
	}
	return t
}
