package blockpress

import (
	"testing"
	"time"

	"github.com/lineproof/lineproof/record"
)

// plannedHours of eight weeks: two shifts of 7.5 h on six days.
const plannedHours = 8 * 6 * 2 * 7.5

func TestBothPressesMakeWhatTheyShould(t *testing.T) {
	type limits struct{ least, most float64 }
	for _, tt := range []struct {
		name       string
		investment time.Time
		units      int64
		quality    limits
		goodHour   limits // in a planned hour
		cycle      limits // seconds
		kWh        limits // for a thousand good blocks
		aborted    limits // minutes in a shift
		held       limits
		suspended  limits
		stopped    limits
	}{
		{
			name: "automatic", investment: monday, units: 26,
			quality: limits{.970, .974}, goodHour: limits{5000, 5500}, cycle: limits{15.2, 15.5}, kWh: limits{6, 9},
			aborted: limits{5, 15}, held: limits{8, 15}, suspended: limits{4, 14}, stopped: limits{3, 9},
		},
		{
			name: "manual", investment: neverBuilt, units: 12,
			quality: limits{.90, .92}, goodHour: limits{1100, 1300}, cycle: limits{27.8, 28.2}, kWh: limits{9, 14},
			aborted: limits{10, 22}, held: limits{8, 15}, suspended: limits{7, 20}, stopped: limits{9, 22},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newTestPlant(t, 2, tt.investment)
			p.at(8 * weeks)
			got := p.press(0, 8*weeks)
			if got.Produced != got.Cycles*tt.units {
				t.Errorf("%d blocks in %d cycles", got.Produced, got.Cycles)
			}
			minutes := func(s record.State) float64 { return float64(got.States[s]) / 60_000 / 96 }
			for _, f := range []struct {
				name string
				got  float64
				want limits
			}{
				{"quality", float64(got.Good()) / float64(got.Produced), tt.quality},
				{"good blocks in a planned hour", float64(got.Good()) / plannedHours, tt.goodHour},
				{"seconds a cycle", float64(got.States[record.Execute]) / 1000 / float64(got.Cycles), tt.cycle},
				{"kWh for a thousand good", float64(got.EnergyJ) / 3.6e6 / float64(got.Good()) * 1000, tt.kWh},
				{"minutes aborted in a shift", minutes(record.Aborted), tt.aborted},
				{"minutes held in a shift", minutes(record.Held), tt.held},
				{"minutes suspended in a shift", minutes(record.Suspended), tt.suspended},
				{"minutes stopped in a shift", minutes(record.Stopped), tt.stopped},
			} {
				t.Logf("%s: %.4f", f.name, f.got)
				if f.got < f.want.least || f.got > f.want.most {
					t.Errorf("%s: got %.4f, want %v to %v", f.name, f.got, f.want.least, f.want.most)
				}
			}
		})
	}
}

// TestRejectsDifferBetweenShifts holds the shares of rejects to be spread wider than blocks that are
// rejected independently would be: there, the index of dispersion is 1.
func TestRejectsDifferBetweenShifts(t *testing.T) {
	p := newTestPlant(t, 2, monday)
	p.at(8 * weeks)
	all := p.press(0, 8*weeks)
	share := float64(all.Rejects) / float64(all.Produced)
	var chi2 float64
	shifts := 0
	for d := time.Duration(0); d < 8*weeks; d += day {
		for _, from := range []time.Duration{d + 6*time.Hour, d + 14*time.Hour} {
			s := p.press(from, from+8*time.Hour)
			if s.Produced == 0 {
				continue
			}
			shifts++
			expected := share * float64(s.Produced)
			chi2 += (float64(s.Rejects) - expected) * (float64(s.Rejects) - expected) / (expected * (1 - share))
		}
	}
	if shifts != 96 {
		t.Errorf("%d shifts, want 96", shifts)
	}
	if dispersion := chi2 / float64(shifts-1); dispersion < 5 {
		t.Errorf("index of dispersion %.1f, want well above 1", dispersion)
	}
}

func TestStandsIdleOutsideWork(t *testing.T) {
	p := newTestPlant(t, 4, monday)
	p.at(2 * weeks)
	for _, tt := range []struct {
		name     string
		from, to time.Duration
	}{
		{"Monday before the first shift", 0, 6 * time.Hour},
		{"Monday's morning break", 10 * time.Hour, 10*time.Hour + 30*time.Minute},
		{"Monday's evening break", 18 * time.Hour, 18*time.Hour + 30*time.Minute},
		{"Monday's night", 22 * time.Hour, 30 * time.Hour},
		{"Saturday's night and Sunday", 5*day + 22*time.Hour, 7*day + 6*time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := p.press(tt.from, tt.to)
			if idle := time.Duration(got.States[record.Idle]) * time.Millisecond; idle != tt.to-tt.from || got.Cycles != 0 {
				t.Errorf("idle for %v of %v, with %d cycles", idle, tt.to-tt.from, got.Cycles)
			}
		})
	}
}

func TestCalendarIsChangedAtWork(t *testing.T) {
	sunday := 6 * day
	at := func(d time.Duration) time.Time { return monday.Add(d) }
	extra := func(from, to time.Duration) []record.ExtraShift {
		return []record.ExtraShift{{Name: "extra", From: at(from), To: at(to)}}
	}
	pattern, _, err := Calendar()
	if err != nil {
		t.Fatal(err)
	}
	tuesdayOff := []record.Holiday{{Date: record.Date{Year: 2026, Month: time.March, Day: 3}}}
	for _, tt := range []struct {
		name       string
		said       time.Duration // when the calendar is changed
		calendar   record.Calendar
		from, to   time.Duration
		works      bool
		startsLate time.Duration // at most, after from
	}{
		{"extra Sunday, said on Friday", 4 * day, record.Calendar{Shifts: pattern.Shifts, Extra: extra(sunday+6*time.Hour, sunday+12*time.Hour)},
			sunday + 6*time.Hour, sunday + 12*time.Hour, true, 9 * time.Minute},
		{"extra Sunday, said when it should run", sunday + 9*time.Hour, record.Calendar{Shifts: pattern.Shifts, Extra: extra(sunday+6*time.Hour, sunday+12*time.Hour)},
			sunday + 9*time.Hour, sunday + 12*time.Hour, true, 9 * time.Minute},
		{"idle after the extra Sunday", 4 * day, record.Calendar{Shifts: pattern.Shifts, Extra: extra(sunday+6*time.Hour, sunday+12*time.Hour)},
			sunday + 12*time.Hour, 7*day + 6*time.Hour, false, 0},
		{"extra shift takes the place of the one it meets", 0, record.Calendar{Shifts: pattern.Shifts, Extra: extra(5*time.Hour, 9*time.Hour)},
			9 * time.Hour, 14 * time.Hour, false, 0},
		{"next shift of the pattern stays", 0, record.Calendar{Shifts: pattern.Shifts, Extra: extra(5*time.Hour, 9*time.Hour)},
			14 * time.Hour, 17*time.Hour + 59*time.Minute, true, 9 * time.Minute},
		{"extra shift has no break", 0, record.Calendar{Shifts: pattern.Shifts, Extra: extra(6*time.Hour, 14*time.Hour)},
			10 * time.Hour, 10*time.Hour + 30*time.Minute, true, time.Minute},
		{"holiday", 0, record.Calendar{Shifts: pattern.Shifts, Holidays: tuesdayOff}, day, 2 * day, false, 0},
		{"no calendar", 0, record.Calendar{}, 0, 7 * day, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newTestPlant(t, 5, monday)
			p.at(tt.said)
			p.SetCalendar(tt.calendar)
			p.at(tt.to)
			got := p.press(tt.from, tt.to)
			if !tt.works {
				if idle := time.Duration(got.States[record.Idle]) * time.Millisecond; idle != tt.to-tt.from {
					t.Errorf("idle for %v of %v", idle, tt.to-tt.from)
				}
				return
			}
			if got.States[record.Idle] != 0 || got.Cycles == 0 {
				t.Errorf("idle for %d ms, %d cycles", got.States[record.Idle], got.Cycles)
			}
			if first := p.press(tt.from, tt.from+tt.startsLate+17*time.Second); first.Cycles+first.States[record.Aborted]+first.States[record.Stopped] == 0 {
				t.Errorf("nothing made within %v: %+v", tt.startsLate, first)
			}
		})
	}
}

// TestCountersGoOnWithTheNewPress puts the investment into the middle of a shift.
func TestCountersGoOnWithTheNewPress(t *testing.T) {
	at := 2*day + 8*time.Hour
	p := newTestPlant(t, 6, monday.Add(at))
	p.at(at)
	then := p.registers()
	p.at(at + 2*time.Hour)
	before, after := p.press(0, at), p.press(at, at+2*time.Hour)
	if before.Produced != 12*before.Cycles || after.Produced != 26*after.Cycles || after.Cycles == 0 {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if got := p.registers().since(then)[Press]; got.Cycles != after.Cycles || got.Rejects != after.Rejects {
		t.Errorf("registers rose by %+v, books say %+v", got, after)
	}
}
