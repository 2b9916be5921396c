package programme

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed samples/*.csv
var samples embed.FS

// Samples are the names of the sheets that come with the program: figures that provinces published.
func Samples() (names []string) {
	files, err := samples.ReadDir("samples")
	if err != nil {
		panic(err) // not possible: it is in the program
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".csv"))
	}
	return names
}

// Sample is such a sheet as CSV.
func Sample(name string) ([]byte, error) {
	text, err := samples.ReadFile("samples/" + name + ".csv")
	if err != nil {
		return nil, fmt.Errorf("no sample %q: there are %s", name, strings.Join(Samples(), ", "))
	}
	return text, nil
}
