package blockpress

import (
	_ "embed"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/lineproof/lineproof/record"
)

// LineID is the line's name in both configurations.
const LineID = "block-line"

var (
	//go:embed line.yaml
	config string
	//go:embed before.yaml
	configBefore string
)

// Config is the agent's configuration of the line after the investment, as YAML. It expects the plant at
// tcp://127.0.0.1:1502 and an MQTT broker at tcp://127.0.0.1:1883.
func Config() []byte { return []byte(config) }

// ConfigBefore is the agent's configuration of the line before the investment: the same gateway, devices
// and calendar, with the manual press's product.
func ConfigBefore() []byte { return []byte(configBefore) }

// Calendar is what Config says of when the line is meant to run, and the time zone that it says it in.
func Calendar() (record.Calendar, *time.Location, error) {
	var c struct {
		Timezone string                 `json:"timezone"`
		Lines    map[string]record.Line `json:"lines"`
	}
	if err := yaml.Unmarshal([]byte(config), &c); err != nil {
		return record.Calendar{}, nil, fmt.Errorf("line.yaml: %w", err)
	}
	loc, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return record.Calendar{}, nil, fmt.Errorf("line.yaml: timezone: %w", err)
	}
	if c.Lines[LineID].Calendar == nil {
		return record.Calendar{}, nil, fmt.Errorf("line.yaml: line %s has no calendar", LineID)
	}
	return *c.Lines[LineID].Calendar, loc, nil
}
