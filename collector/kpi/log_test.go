package kpi

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/record"
)

// wrote is an entry of the shift from one hour to another after monday 06:00.
func wrote(from, to float64, with func(*Logged)) Logged {
	l := Logged{Start: hours(from, to).From, End: hours(from, to).To, Signed: true}
	with(&l)
	return l
}

// working is minutes from one to another in which the press runs and makes four units each, one of them bad.
func working(from, to int) (all []account.Interval) {
	for n := from; n < to; n++ {
		i := minute(n, record.Execute)
		i.Produced, i.Good, i.Scrap = 4, 3, 1
		all = append(all, i)
	}
	return all
}

// logRow is what of a row has to do with the log.
func logRow(r Row) string {
	return fmt.Sprintf("PQ %s, GQ %s, SQ %s, quality %s, %s h, %s GQ/h, APWT/APAT %s, %s kWh, yield %s, logged %g s, coverage %s, OEE %s, per hour %s",
		number(r.ProducedQuantity), number(r.GoodQuantity), number(r.ScrapQuantity), percent(r.QualityRatio), number(r.AttendedHours),
		number(r.LabourProductivity), percent(r.WorkerEfficiency), number(r.EnergyKWh), percent(r.MaterialYield), r.LoggedBusyTimeS, percent(r.Coverage),
		percent(r.OEE), number(r.ThroughputPerHour))
}

func TestShiftLog(t *testing.T) {
	day := wrote(0, 8, func(l *Logged) {
		l.Produced, l.Scrap, l.AttendedHours, l.WorkedHours = ptr(int64(7000)), ptr(int64(140)), ptr(70.0), ptr(63.0)
		l.EnergyKWh, l.MaterialInKg, l.ProductOutKg = ptr(350.0), ptr(200.0), ptr(150.0)
	})
	part := day
	part.Coverage = ptr(0.5)
	vague := wrote(24, 32, func(l *Logged) { l.Produced, l.AttendedHours = ptr(int64(1000)), ptr(10.0) })
	for _, tt := range []struct {
		name      string
		log       []Logged
		intervals []account.Interval
		window    record.Span
		want      string
		flags     []string
	}{
		{"a shift that only a person saw", []Logged{day}, nil, hours(0, 8),
			"PQ 7000, GQ 6860, SQ 140, quality 98.00 %, 70 h, 98 GQ/h, APWT/APAT 90.00 %, 350 kWh, yield 75.00 %, logged 25200 s, coverage 100.00 %, OEE null, per hour 1000", []string{"from_shift_log"}},
		{"half of one", []Logged{part}, nil, hours(0, 8),
			"PQ 7000, GQ 6860, SQ 140, quality 98.00 %, 70 h, 98 GQ/h, APWT/APAT 90.00 %, 350 kWh, yield 75.00 %, logged 12600 s, coverage 50.00 %, OEE null, per hour 2000", []string{"from_shift_log"}},
		{"a shift that was metered: people's hours alone", []Logged{day}, working(0, 420), hours(0, 8),
			"PQ 1680, GQ 1260, SQ 420, quality 75.00 %, 70 h, 18 GQ/h, APWT/APAT 90.00 %, null kWh, yield null, logged 0 s, coverage 87.50 %, OEE 5.00 %, per hour 240", nil},
		{"one metered, the next day not", []Logged{day, wrote(24, 32, func(l *Logged) { l.Good, l.Scrap, l.Signed = ptr(int64(90)), ptr(int64(10)), false })}, working(0, 420), hours(0, 48),
			"PQ 1780, GQ 1350, SQ 430, quality 75.84 %, 70 h, 18 GQ/h, APWT/APAT 90.00 %, null kWh, yield null, logged 25200 s, coverage 93.33 %, OEE null, per hour 127.14285714285714", []string{"from_shift_log", "not_countersigned"}},
		{"nobody wrote down what was good", []Logged{vague}, nil, hours(0, 48),
			"PQ 1000, GQ null, SQ null, quality null, 10 h, null GQ/h, APWT/APAT null, null kWh, yield null, logged 25200 s, coverage 50.00 %, OEE null, per hour 142.85714285714286", []string{"from_shift_log"}},
		{"a shift that began before the window", []Logged{day}, nil, hours(1, 8),
			"PQ null, GQ null, SQ null, quality null, null h, null GQ/h, APWT/APAT null, null kWh, yield null, logged 0 s, coverage 0.00 %, OEE null, per hour null", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := model(t, dayShift(), "press")
			m.Log = tt.log
			r := whole(t, m, tt.window, tt.intervals...)
			if diff := cmp.Diff(tt.want, logRow(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !slices.Equal(r.Flags, tt.flags) {
				t.Errorf("flags %v, want %v", r.Flags, tt.flags)
			}
			checkExplanations(t, r)
			checkLosses(t, r)
		})
	}
}

// checkLosses holds the steps of the waterfall against the whole.
func checkLosses(t *testing.T, r Row) {
	t.Helper()
	if len(r.Losses) == 0 {
		return
	}
	var sum float64
	for _, l := range r.Losses {
		sum += l.Seconds
	}
	if diff := sum - r.PlannedBusyTimeS; diff > 1e-6 || diff < -1e-6 {
		t.Errorf("the steps add up to %g s, planned are %g s", sum, r.PlannedBusyTimeS)
	}
}

// TestShiftLogAddsUp cuts a week of written and metered shifts every way.
func TestShiftLogAddsUp(t *testing.T) {
	m := model(t, twoShifts(), "press", "press-2")
	for n := range 6 { // twelve hours before the metered days, and after them
		for _, at := range []float64{-72, 72} {
			m.Log = append(m.Log, wrote(at+float64(n)*8, at+float64(n)*8+8, func(l *Logged) {
				l.Produced, l.Good, l.Scrap, l.Rework = ptr(int64(1000+n)), ptr(int64(990)), ptr(int64(10+n)), ptr(int64(n))
				l.AttendedHours, l.Product, l.Machine = ptr(80.0), fmt.Sprint("GB-", n%3), "press"
			}))
		}
	}
	for n := range 9 { // beside what was metered
		m.Log = append(m.Log, wrote(float64(n)*8, float64(n)*8+8, func(l *Logged) { l.Produced, l.AttendedHours = ptr(int64(7)), ptr(40.0) }))
	}
	window := hours(-72, 144)
	days := randomDays(3)
	all := whole(t, m, window, days...)
	for _, by := range []By{ByMachine, ByProduct, ByShift, ByDay, ByWeek, ByOrder} {
		t.Run(string(by), func(t *testing.T) {
			var produced, good, scrap, attended float64
			for _, r := range compute(t, m, window, by, days...) {
				if r.ProducedQuantity == nil { // nothing was made there
					continue
				}
				produced, good, scrap = produced+float64(*r.ProducedQuantity), good+float64(*r.GoodQuantity), scrap+float64(*r.ScrapQuantity)
				if r.AttendedHours != nil {
					attended += *r.AttendedHours
				}
				checkExplanations(t, r)
			}
			got := []float64{produced, good, scrap}
			want := []float64{float64(*all.ProducedQuantity), float64(*all.GoodQuantity), float64(*all.ScrapQuantity)}
			if by == ByShift || by == ByDay || by == ByWeek {
				got, want = append(got, attended), append(want, *all.AttendedHours)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestALineWithoutACalendar is one that people declared: it is meant to run when they say that it did.
func TestALineWithoutACalendar(t *testing.T) {
	m := model(t, nil)
	m.Calendar = calendar.Of(hanoi(t), calendar.Era{Logged: true})
	m.Log = []Logged{wrote(2, 10, func(l *Logged) { l.Good, l.Scrap = ptr(int64(95)), ptr(int64(5)) })}
	rows := compute(t, m, hours(-6, 42), ByDay)
	if len(rows) != 2 || rows[0].PlannedBusyTimeS != 8*3600 || percent(rows[0].Coverage) != "100.00 %" || rows[1].PlannedBusyTimeS != 0 || rows[1].ProducedQuantity != nil {
		t.Errorf("got %+v", rows)
	}
}
