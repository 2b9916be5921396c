package alert

import (
	"time"

	"github.com/lineproof/lineproof/collector/registry"
)

// Alerts is what is open or was, and how the channels are.
type Alerts struct {
	Alerts   []Alert         `json:"alerts" nullable:"false" doc:"those that are open and those that were over in the last 7 days, newest first"`
	Channels []ChannelHealth `json:"channels" nullable:"false" doc:"by name"`
}

// Alert is one that is open or was.
type Alert struct {
	ID       int64      `json:"id"`
	Rule     Rule       `json:"rule" enum:"stopped,quality,silent,energy,certificate,witness"`
	Since    time.Time  `json:"since" doc:"when it began"`
	Raised   time.Time  `json:"raised" doc:"when it had lasted long enough to be told"`
	Until    *time.Time `json:"until" doc:"when it was over; null while it is open"`
	LastedS  float64    `json:"lasted_s" doc:"seconds: of a stopped line those of planned time, and none in which nobody could tell"`
	About    Facts      `json:"about"`
	Messages []Sent     `json:"messages" nullable:"false"`
}

// Sent is what became of one message.
type Sent struct {
	Channel string    `json:"channel"`
	Kind    string    `json:"kind" enum:"raised,over"`
	State   string    `json:"state" enum:"waiting,sent,dropped,failed" doc:"dropped: it was over before it could be sent; failed: tried for a day"`
	At      time.Time `json:"at" doc:"since when it is so"`
	Error   string    `json:"error,omitempty" doc:"why the last attempt failed"`
}

// ChannelHealth is how a channel is.
type ChannelHealth struct {
	Name    string     `json:"name"`
	Kind    string     `json:"kind" enum:"email,webhook,shoutrrr"`
	Failing *time.Time `json:"failing" doc:"since when it fails; null: it does not"`
	Error   string     `json:"error,omitempty"`
}

// List gives everything that is shown. It never fails, and that of a nil Watch is empty.
func (w *Watch) List() Alerts {
	list := Alerts{Alerts: []Alert{}, Channels: []ChannelHealth{}}
	if w == nil {
		return list
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.alerts {
		a := Alert{ID: e.ID, Rule: Rule(e.Rule), Since: e.Began, Raised: e.Raised, LastedS: e.Lasted.Seconds(), About: e.facts, Messages: []Sent{}}
		if !e.open() {
			until := e.Ended
			a.Until = &until
		}
		for _, m := range e.Messages {
			a.Messages = append(a.Messages, sentOf(m))
		}
		list.Alerts = append(list.Alerts, a)
	}
	for _, c := range w.channels {
		h := ChannelHealth{Name: c.name, Kind: c.kind, Error: c.fault}
		if !c.failing.IsZero() {
			since := c.failing
			h.Failing = &since
		}
		list.Channels = append(list.Channels, h)
	}
	return list
}

func sentOf(m registry.AlertMessage) Sent {
	return Sent{Channel: m.Channel, Kind: m.Kind, State: m.State, At: m.At, Error: m.Error}
}
