package edge

import (
	"context"
	"fmt"

	"github.com/lineproof/lineproof/record"
)

// Look shows a person how a running agent is, through the agent's own connections: a serial line or a
// gateway with room for one client has none to spare for a second program. It is made before Run and may
// be used until Run returns, by several goroutines.
type Look struct {
	agent   *Agent
	devices []*device
}

// Look makes one.
func (a *Agent) Look() Look { return Look{a, a.devices} }

// Inspect polls one device once more, between the agent's own polls.
func (l Look) Inspect(ctx context.Context, name string) ([]Inspected, error) {
	for _, d := range l.devices {
		if d.Name != name {
			continue
		}
		d.asking.Lock()
		defer d.asking.Unlock()
		return inspectDriver(ctx, d.Device, d.driver), nil
	}
	return nil, fmt.Errorf("no device %s", name)
}

// Connected tells whether there is a connection to the broker.
func (l Look) Connected() bool { return l.agent.publisher.Connected() }

// Status is what the agent publishes of itself.
func (l Look) Status() record.Status { return l.agent.status(0) }
