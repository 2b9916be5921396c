package board_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/record"
)

func TestHealthOfAGateway(t *testing.T) {
	begin := collectortest.Morning
	minute := begin.Add(time.Minute) // when the batch was sealed
	for _, tt := range []struct {
		name string
		do   func(h *hall, g *collectortest.Gateway)
		want string
		seen *time.Time
	}{
		{"that nobody heard", func(*hall, *collectortest.Gateway) {}, "never", nil},
		{"whose will was heard and nothing else", func(h *hall, g *collectortest.Gateway) { h.Status(g.Name, record.Status{}, false) }, "never", nil},
		{"that came just now and sent no batch yet", func(h *hall, g *collectortest.Gateway) { h.online(g.Name) }, "late", &begin},
		{"that sends", func(h *hall, g *collectortest.Gateway) {
			h.Work(g, 1, collectortest.Execute, 4, 0)
			h.online(g.Name)
		}, "ok", &minute},
		{"silent for as long as it may", func(h *hall, g *collectortest.Gateway) {
			h.Work(g, 1, collectortest.Execute, 4, 0)
			h.online(g.Name)
			h.MoveTo(minute.Add(90 * time.Second))
		}, "ok", &minute},
		{"silent for longer", func(h *hall, g *collectortest.Gateway) {
			h.Work(g, 1, collectortest.Execute, 4, 0)
			h.online(g.Name)
			h.MoveTo(minute.Add(91 * time.Second))
		}, "offline", &minute},
		{"that is there and keeps its batches", func(h *hall, g *collectortest.Gateway) {
			h.Work(g, 1, collectortest.Execute, 4, 0)
			h.MoveTo(minute.Add(121 * time.Second))
			h.online(g.Name)
		}, "late", ptr(minute.Add(121 * time.Second))},
		{"whose live values are heard", func(h *hall, g *collectortest.Gateway) {
			h.Work(g, 1, collectortest.Execute, 4, 0)
			h.online(g.Name)
			h.MoveTo(minute.Add(100 * time.Second))
			h.sees(g.Name, h.Clock.Now(), 1.0)
		}, "ok", ptr(minute.Add(100 * time.Second))},
		{"that took its leave", func(h *hall, g *collectortest.Gateway) {
			h.Work(g, 1, collectortest.Execute, 4, 0)
			h.online(g.Name)
			h.Status(g.Name, record.Status{Online: false}, false)
		}, "offline", &minute},
		{"of before the collector's start", func(h *hall, g *collectortest.Gateway) {
			h.Work(g, 1, collectortest.Execute, 4, 0)
		}, "offline", &minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, g := openHall(t, begin), collectortest.NewGateway(gateway, begin)
			h.Know(gateway)
			tt.do(h, g)
			all, err := h.Gateways(t.Context())
			if err != nil || len(all) != 1 {
				t.Fatalf("%d gateways, %v", len(all), err)
			}
			if diff := cmp.Diff(board.GatewayHealth{ID: gateway, Health: tt.want, Seen: tt.seen}, all[0].GatewayHealth); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAllThatIsKnownOfGateways(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	h.Know("oceanline-01")
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.Work(g, 2, collectortest.Execute, 4, 0)
	devices := map[string]record.DeviceStatus{"press": {OK: true, Since: collectortest.Morning, Polls: 120, Failed: 1, Error: "timeout"}}
	ports := map[string]record.PortStatus{"rtu:///dev/ttyUSB0": {Planned: 0.7, Busy: 0.8, Skipped: 2}}
	h.Status(gateway, record.Status{
		Online: true, Version: "1.2", Seq: 5, Undated: 3, Clock: record.ClockCollector, ErrorS: 0.2, Time: h.Clock.Now().Add(90 * time.Second),
		Devices: devices, Ports: ports,
	}, false)
	h.Refused(registry.Refusal{Gateway: gateway, Time: collectortest.Morning, Kind: "forked", Reason: "two", Times: 3})
	h.Refused(registry.Refusal{Gateway: gateway, Time: collectortest.Morning, Kind: "forged", Reason: "one"})
	h.Refused(registry.Refusal{Gateway: gateway, Time: g.At, Kind: "forked", Reason: "two", Times: 4})
	h.Refused(registry.Refusal{Gateway: "stranger-01", Time: g.At, Reason: "of nobody"})
	h.Status("stranger-01", record.Status{Online: true}, false)
	h.sees("stranger-01", g.At, 1.0)

	got, err := h.Gateways(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []board.Gateway{
		{
			GatewayHealth: board.GatewayHealth{ID: gateway, Health: "ok", Seen: &g.At}, Site: "tan-thinh-phat", Version: "1.2",
			Sealed: 5, InLedger: 2, Stored: 2, StoredAt: &g.At, Undated: 3, Clock: record.ClockCollector, ClockErrorS: 0.2, ClockAheadS: 90,
			Devices: devices, Ports: ports,
			Refused: []board.Refused{{Time: g.At, Kind: "forked", Reason: "two", Times: 4}, {Time: collectortest.Morning, Kind: "forged", Reason: "one", Times: 1}},
		},
		{GatewayHealth: board.GatewayHealth{ID: "oceanline-01", Health: "never"}, Devices: map[string]record.DeviceStatus{}, Ports: map[string]record.PortStatus{}, Refused: []board.Refused{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRefusedMessagesOnThePageAreTheNewest(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	h.Know(gateway)
	for n := range 25 {
		h.Refused(registry.Refusal{Gateway: gateway, Reason: fmt.Sprint(n)})
	}
	all, err := h.Gateways(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := all[0].Refused; len(got) != 20 || got[0].Reason != "24" || got[19].Reason != "5" {
		t.Errorf("%d refused, from %s to %s, want 20 from 24 to 5", len(got), got[0].Reason, got[len(got)-1].Reason)
	}
}
