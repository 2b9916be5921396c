package alert

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	running = 1.0
	held    = 2.0
	halted  = 0.0
)

func watchStops() Rules { return Rules{Stopped: defaultRules().Stopped} }

func TestAStopIsToldOnceAndOnceThatItIsOver(t *testing.T) {
	h := openHook(t)
	c := english(h)
	c.Language = "vi"
	s := tell(t, "07:00", Config{Rules: watchStops(), Channels: one(c)})
	s.pass(3 * time.Minute)
	s.press(held)
	s.pass(4 * time.Minute)
	s.press(halted) // another kind of standing still
	s.pass(5 * time.Minute)
	s.wants(h)
	s.pass(2 * time.Minute)
	s.wants(h, "Mon 07:13 raised: Dây chuyền gạch đang dừng")
	if n := s.open.Load(); n != 1 {
		t.Errorf("%d open, want 1", n)
	}
	got := h.last()
	const text = `Dừng từ 07:03 02/03/2026, đến nay đã 10 phút trong giờ chạy theo lịch.
Hãy đến xem Máy ép: máy có báo lỗi không, có hết nguyên liệu hay đang chờ công đoạn khác không.
Cơ sở: tan-thinh-phat`
	if diff := cmp.Diff(text, got.Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	s.pass(2 * time.Hour)
	s.press(running)
	s.pass(3 * time.Minute)
	if n := len(h.told()); n != 1 {
		t.Errorf("told before it has settled: %v", h.told())
	}
	s.pass(3 * time.Minute)
	s.wants(h, "Mon 07:13 raised: Dây chuyền gạch đang dừng", "Mon 09:19 over: Dây chuyền gạch đã chạy lại")
	const over = "Dừng từ 07:03 02/03/2026 đến 09:14 02/03/2026, mất 2 giờ 11 phút trong giờ chạy theo lịch.\nCơ sở: tan-thinh-phat"
	if diff := cmp.Diff(over, h.last().Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	list := s.watch.List()
	if len(list.Alerts) != 1 || list.Alerts[0].Until == nil || list.Alerts[0].LastedS < 7800 || len(list.Alerts[0].Messages) != 2 || s.open.Load() != 0 {
		t.Errorf("%+v", list)
	}
	s.silence(8 * 24 * time.Hour)
	if list := s.watch.List(); len(list.Alerts) != 0 {
		t.Errorf("after more than a week: %+v", list)
	}
}

func TestOnlyPlannedTimeCounts(t *testing.T) {
	for _, tt := range []struct {
		name, at string
		stands   time.Duration
		want     []string
	}{
		{"over a change of shifts", "13:55", 11 * time.Minute, []string{"Mon 14:05 raised: Block line has stopped"}},
		{"over a break", "09:55", 39 * time.Minute, []string{}},
		{"over a break and long enough", "09:55", 41 * time.Minute, []string{"Mon 10:35 raised: Block line has stopped"}},
		{"in a break", "10:01", 28 * time.Minute, []string{}},
		{"after the last shift", "22:00", 7 * time.Hour, []string{}},
		{"and not begun in the morning", "22:00", 8*time.Hour + 11*time.Minute, []string{"Tue 06:10 raised: Block line has stopped"}},
		{"before the last shift's end and in the morning", "21:55", 8*time.Hour + 11*time.Minute, []string{"Tue 06:05 raised: Block line has stopped"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := openHook(t)
			s := tell(t, tt.at, Config{Rules: watchStops(), Channels: one(english(h))})
			s.press(held)
			s.pass(tt.stands)
			s.wants(h, tt.want...)
		})
	}
}

func TestAStopThatGoesOnOverTheNightIsOneStop(t *testing.T) {
	h := openHook(t)
	s := tell(t, "21:40", Config{Rules: watchStops(), Channels: one(english(h))})
	s.press(held)
	s.pass(9 * time.Hour)
	s.press(running)
	s.pass(6 * time.Minute)
	s.wants(h, "Mon 21:50 raised: Block line has stopped", "Tue 06:45 over: Block line runs again")
	if got := h.last().LastedS; got < 3540 || got > 3660 {
		t.Errorf("lasted %v s, want the hour of planned time", got)
	}
}

func TestALineOfItsOwnLimit(t *testing.T) {
	h := openHook(t)
	rules := watchStops()
	rules.Stopped.Lines = map[string]StoppedLine{line: {For: minutes(30)}, "other": {For: minutes(1)}}
	s := tell(t, "07:00", Config{Rules: rules, Channels: one(english(h))})
	s.press(held)
	s.pass(29 * time.Minute)
	s.wants(h)
	s.pass(2 * time.Minute)
	s.wants(h, "Mon 07:30 raised: Block line has stopped")
}

func TestFlappingDoesNotFlood(t *testing.T) {
	h := openHook(t)
	s := tell(t, "06:00", Config{Rules: watchStops(), Channels: one(english(h))})
	for range 8 { // two hours of long stops and short runs
		s.press(held)
		s.pass(13 * time.Minute)
		s.press(running)
		s.pass(2 * time.Minute)
	}
	s.wants(h, "Mon 06:10 raised: Block line has stopped")
	for range 6 { // it runs, with stops that are none
		s.press(held)
		s.pass(40 * time.Second)
		s.press(running)
		s.pass(80 * time.Second)
	}
	s.wants(h, "Mon 06:10 raised: Block line has stopped", "Mon 08:03 over: Block line runs again")
}

func TestUnobservedIsNotStopped(t *testing.T) {
	h := openHook(t)
	rules := watchStops()
	rules.Silent = defaultRules().Silent
	s := tell(t, "07:00", Config{Rules: rules, Channels: one(english(h))})
	s.pass(time.Minute)
	s.press(held)
	s.pass(5 * time.Minute)
	s.silence(20 * time.Minute) // it stood still before, and nobody knows whether it does
	s.wants(h, "Mon 07:16 raised: Block line: gateway huu-lung-01 is silent")
	s.pass(9 * time.Minute) // it stands still after
	s.wants(h, "Mon 07:16 raised: Block line: gateway huu-lung-01 is silent", "Mon 07:28 over: Gateway huu-lung-01 is heard again")
	s.press(nil) // its device cannot be read
	s.pass(30 * time.Minute)
	if n := len(h.told()); n != 2 {
		t.Errorf("told %v", h.told())
	}
}

// TestWhatNobodySawIsNotPartOfAStop: a stop that was told goes on while nobody looks, but that time does not count.
func TestWhatNobodySawIsNotPartOfAStop(t *testing.T) {
	h := openHook(t)
	s := tell(t, "07:00", Config{Rules: watchStops(), Channels: one(english(h))})
	s.press(held)
	s.pass(20 * time.Minute)
	s.silence(time.Hour)
	s.press(running)
	s.pass(6 * time.Minute)
	s.wants(h, "Mon 07:10 raised: Block line has stopped", "Mon 08:25 over: Block line runs again")
	if got := h.last().LastedS; got < 1150 || got > 1300 {
		t.Errorf("lasted %v s, want the 20 min that were seen", got)
	}
}

func TestQuietHours(t *testing.T) {
	for _, tt := range []struct {
		name string
		at   string
		do   func(s *story)
		want []string
	}{
		{"what begins and ends in them", "20:00", func(s *story) {
			s.pass(3 * time.Hour) // 23:00
			s.press(nil)
			s.silence(time.Hour)
			s.pass(8 * time.Hour)
		}, nil},
		{"what lasts", "23:00", func(s *story) {
			s.silence(7*time.Hour + 5*time.Minute)
		}, []string{"Tue 06:00 raised: Block line: gateway huu-lung-01 is silent"}},
		{"what began before and ends in them", "21:30", func(s *story) {
			s.silence(2 * time.Hour)
			s.pass(7 * time.Hour)
		}, []string{"Mon 21:40 raised: Block line: gateway huu-lung-01 is silent", "Tue 06:00 over: Gateway huu-lung-01 is heard again"}},
		{"what ends just before their end and has not settled", "23:00", func(s *story) {
			s.silence(6*time.Hour + 59*time.Minute)
			s.pass(30 * time.Minute)
		}, nil},
		{"what seems to end just before their end", "23:00", func(s *story) {
			s.silence(6*time.Hour + 59*time.Minute)
			s.pass(30 * time.Second)
			s.silence(20 * time.Minute)
		}, []string{"Tue 06:01 raised: Block line: gateway huu-lung-01 is silent"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, other := openHook(t), openHook(t)
			channels := map[string]Channel{"manager": quietly(h), "night": english(other)}
			s := tell(t, tt.at, Config{Rules: Rules{Silent: defaultRules().Silent}, Channels: channels})
			tt.do(s)
			s.wants(h, tt.want...)
			if len(other.told()) == 0 {
				t.Error("the channel without quiet hours was told nothing")
			}
		})
	}
}

func TestARestartNeitherRepeatsNorForgets(t *testing.T) {
	h := openHook(t)
	s := tell(t, "07:00", Config{Rules: watchStops(), Channels: one(english(h))})
	s.press(held)
	s.pass(9 * time.Minute)
	s.restart()
	s.pass(2 * time.Minute)
	s.wants(h, "Mon 07:10 raised: Block line has stopped")
	s.restart()
	s.pass(20 * time.Minute)
	if n := s.open.Load(); n != 1 {
		t.Errorf("%d open after the restart, want 1", n)
	}
	s.press(running)
	s.pass(2 * time.Minute)
	s.restart()
	s.pass(6 * time.Minute)
	s.wants(h, "Mon 07:10 raised: Block line has stopped", "Mon 07:36 over: Block line runs again")
	s.restart()
	s.pass(time.Hour)
	if n := len(h.told()); n != 2 {
		t.Errorf("told %v", h.told())
	}
}

func TestARuleThatIsTakenAwayLeavesNothingOpen(t *testing.T) {
	h := openHook(t)
	s := tell(t, "07:00", Config{Rules: watchStops(), Channels: one(english(h))})
	s.press(held)
	s.pass(11 * time.Minute)
	s.cfg.Rules = Rules{Silent: defaultRules().Silent}
	s.restart()
	s.pass(time.Minute)
	s.wants(h, "Mon 07:10 raised: Block line has stopped", "Mon 07:11 over: Block line runs again")
}

func TestAChannelThatIsDownForAnHour(t *testing.T) {
	h, other := openHook(t), openHook(t)
	h.down.Store(true)
	s := tell(t, "07:00", Config{Rules: watchStops(), Channels: map[string]Channel{"manager": english(h), "other": english(other)}})
	s.press(held)
	s.pass(30 * time.Minute)
	health := s.watch.List().Channels
	if len(health) != 2 || health[0].Failing == nil || health[0].Error != "503 Service Unavailable: closed for lunch" || health[1].Failing != nil {
		t.Errorf("%+v", health)
	}
	if m := s.watch.List().Alerts[0].Messages[0]; m.Channel != "manager" || m.State != waiting || m.Error == "" {
		t.Errorf("%+v", m)
	}
	s.restart() // in which it is not forgotten
	s.pass(40 * time.Minute)
	h.down.Store(false)
	s.pass(30 * time.Minute)
	s.wants(other, "Mon 07:10 raised: Block line has stopped")
	if told := h.told(); len(told) != 1 {
		t.Errorf("told %v, want the stop, once", told)
	}
	if health := s.watch.List().Channels; health[0].Failing != nil {
		t.Errorf("%+v", health)
	}

	h.down.Store(true)
	s.press(running)
	s.pass(10 * time.Minute)
	s.press(held)
	s.pass(20 * time.Minute) // a second stop that is over before it could be told
	s.press(running)
	s.pass(10 * time.Minute)
	h.down.Store(false)
	s.pass(time.Hour)
	var kinds []string
	for _, n := range h.notes {
		kinds = append(kinds, n.Kind)
	}
	if diff := cmp.Diff([]string{raised, over, over}, kinds); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

func TestAMessageIsGivenUpAfterADay(t *testing.T) {
	h := openHook(t)
	h.down.Store(true)
	s := tell(t, "07:00", Config{Rules: Rules{Silent: defaultRules().Silent}, Channels: one(english(h))})
	s.silence(25 * time.Hour)
	if m := s.watch.List().Alerts[0].Messages[0]; m.State != failed {
		t.Errorf("%+v, want it given up", m)
	}
	h.down.Store(false)
	s.pass(30 * time.Minute)
	s.wants(h, "Tue 08:02 over: Gateway huu-lung-01 is heard again")
}
