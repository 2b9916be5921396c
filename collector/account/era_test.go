package account

import (
	"testing"
	"time"

	"github.com/lineproof/lineproof/record"
)

var counting = catalogue(map[string]record.Signal{"press.cycles": {Counter: true, Width: 16}}, record.Machine{Produced: &record.Count{From: "press.cycles"}})

// TestAClockThatWasAheadAndIsSetRight: for a while the gateway believed that it was a year later. What it then
// books by the right time has its own minutes, and a year later nothing that was booked wrongly is written over.
func TestAClockThatWasAheadAndIsSetRight(t *testing.T) {
	k := newKeep(t).fold(counting, script(t, "press.cycles",
		"10=1 20=2 200=5 | 31536010=7 31536100=8 31536400=9 | 210=10 260=12 600=20 | 31535900=21 31536020=23 31536500=25")...)
	const year = "2028-02-29" // 365 days after 1 March 2027
	got := ""
	for _, i := range k.intervals() {
		got += i.Start.Format("2006-01-02 15:04 ") + i.Machine
		if i.Produced != 0 {
			got += " " + time.Duration(i.Produced).String()
		}
		got += "\n"
	}
	want := "2027-03-01 06:00 press 1ns\n2027-03-01 06:03 press 3ns\n" + // a minute that was booked is final: what comes for it goes to the next
		"2027-03-01 06:04 press 3ns\n2027-03-01 06:09 press 8ns\n" +
		year + " 05:58 press 1ns\n" + year + " 06:00 press 2ns\n" + year + " 06:01 press 1ns\n" + year + " 06:06 press 1ns\n" +
		year + " 06:07 press 2ns\n" + year + " 06:08 press 2ns\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if m := k.state.Machines["block-line/press"]; len(m.Eras) > 2 {
		t.Errorf("eras %v", m.Eras)
	}
}

func TestErasAreJoinedAndBounded(t *testing.T) {
	var eras []span
	for n := range 3 * mostEras {
		from := day.Add(time.Duration(n*n) * time.Hour)
		eras = joinEras(append(eras, span{from, from.Add(time.Minute)}))
	}
	if len(eras) != mostEras {
		t.Errorf("%d eras", len(eras))
	}
	for i := 1; i < len(eras); i++ {
		if !eras[i].From.After(eras[i-1].To) {
			t.Errorf("%v meets %v", eras[i-1], eras[i])
		}
	}
	if all := joinEras(append(eras, span{day, day.AddDate(10, 0, 0)})); len(all) != 1 {
		t.Errorf("one over all of them leaves %d", len(all))
	}
}

// TestTimeThatNobodyKnew is observed, and says that its date is a guess.
func TestTimeThatNobodyKnew(t *testing.T) {
	cat := catalogue(map[string]record.Signal{"press.state": stateSignal}, record.Machine{State: "press.state"})
	batches := script(t, "press.state", "0=1 10=1 20=1 | 30=1 40=1 50=1 60=1 70=1")
	batches[0].Clock = record.Clock{State: record.ClockSynchronised, ErrorBound: 1500 * time.Microsecond}
	batches[1].Clock = record.Clock{State: record.ClockBetween, ErrorBound: time.Hour}
	k := newKeep(t).fold(cat, batches...)
	all := k.intervals()
	if len(all) != 2 {
		t.Fatalf("%d intervals", len(all))
	}
	first, second := all[0], all[1]
	if first.Observed() != time.Minute || first.UncertainMs != 40_000 || first.TimeErrorMs != 3_600_000 {
		t.Errorf("first minute: observed %s, uncertain %d, error %d", first.Observed(), first.UncertainMs, first.TimeErrorMs)
	}
	if second.UncertainMs != 10_000 {
		t.Errorf("second minute: uncertain %d", second.UncertainMs)
	}
	first.Add(second)
	if first.UncertainMs != 50_000 || first.TimeErrorMs != 3_600_000 {
		t.Errorf("both: uncertain %d, error %d", first.UncertainMs, first.TimeErrorMs)
	}
}
