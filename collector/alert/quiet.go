package alert

import (
	"time"

	"github.com/lineproof/lineproof/record"
)

// hours are quiet ones, ready to be asked; nil: there are none.
type hours struct {
	from, to record.ClockTime
	zone     *time.Location
}

func newHours(cfg *Quiet) (*hours, error) {
	if cfg == nil {
		return nil, nil
	}
	z, err := zone(cfg.Timezone)
	return &hours{*cfg.From, *cfg.To, z}, err
}

// ends is when the quiet hours are over that t lies in; t itself where it lies in none.
func (q *hours) ends(t time.Time) time.Time {
	if q == nil {
		return t
	}
	local := t.In(q.zone)
	clock := func(days int, c record.ClockTime) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, 0, int(c), 0, 0, q.zone)
	}
	for _, day := range []int{-1, 0} { // hours that cross midnight began on the day before
		from, to := clock(day, q.from), clock(day, q.to)
		if q.to <= q.from {
			to = clock(day+1, q.to)
		}
		if !t.Before(from) && t.Before(to) {
			return to.UTC()
		}
	}
	return t
}
