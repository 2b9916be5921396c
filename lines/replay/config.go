package replay

import (
	"bytes"
	_ "embed"
	"fmt"
	"text/template"
)

//go:embed replay.yaml.tmpl
var configText string

var configTemplate = template.Must(template.New("replay.yaml.tmpl").Parse(configText))

// machine is what the template knows of an asset.
type machine struct {
	Asset int
	Unit  uint8
}

// Config is a complete agent's configuration that reads all assets from a server at addr, which is
// host:port of plc.Serve with Units. Device asset-0 is asset 0, and so on.
func (r *Recording) Config(addr string) []byte {
	data := struct {
		Addr     string
		Machines []machine
	}{Addr: addr}
	for _, a := range r.assets {
		data.Machines = append(data.Machines, machine{a.number, a.unit()})
	}
	var b bytes.Buffer
	if err := configTemplate.Execute(&b, data); err != nil {
		panic(fmt.Sprintf("replay: embedded template: %v", err)) // it asks for nothing that can be missing
	}
	return b.Bytes()
}
