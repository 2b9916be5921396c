// Package study reads a study from its file and the shift logs that it names, and says what collector/outcome makes of
// it, in Vietnamese or English. The rules of what a study can ask are those of collector/study/protocol, which a collector's
// own studies keep to as well.
//
// All mistakes of the file are told at once, each with its line and column, and all of the logs, each with its cell: a
// study is evaluated on all that it names, or not at all. What a log does not know stays unknown.
//
// What it does not do: it needs no collector and no ledger, so it cannot tell whether the logs are what was written down
// at the time, nor whether the study was fixed before its reporting period.
package study

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/shifttable"
	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// DefaultTimezone is that of days and of times without an offset.
const DefaultTimezone = "Asia/Ho_Chi_Minh"

// DefaultConfidence is that of intervals.
const DefaultConfidence = .95

// Study is a study with its figures.
type Study struct {
	Name  string
	Title map[string]string // by language
	Line  string            // its id; may be empty
	outcome.Study
	Secondary []outcome.Study  // further metrics of the same shifts; without targets
	Notes     []tongue.Message // of the files
}

// written is the study as it stands in its file.
type written struct {
	Study        string            `yaml:"study"`
	Title        map[string]string `yaml:"title"`
	Site         string            `yaml:"site"`
	Line         string            `yaml:"line"`
	Metric       string            `yaml:"metric"`
	Secondary    []string          `yaml:"secondary"`     // metrics
	PlannedCycle record.Duration   `yaml:"planned_cycle"` // of one unit, for oee
	Covariate    string            `yaml:"covariate"`     // column that explains energy beside output, for avoided_energy
	Target       target            `yaml:"target"`
	Comparator   string            `yaml:"comparator"`
	Confidence   float64           `yaml:"confidence"`
	Method       string            `yaml:"method"`
	Timezone     string            `yaml:"timezone"`
	Before       *source           `yaml:"before"`
	After        *source           `yaml:"after"`
	Exclude      []exclusion       `yaml:"exclude"`
}

type target struct {
	Kind    string   `yaml:"kind"`
	AtLeast *float64 `yaml:"at_least"`
	AtMost  *float64 `yaml:"at_most"`
}

type source struct {
	Source string   `yaml:"source"` // beside the study's file
	Value  *float64 `yaml:"value"`  // declared, instead
	Grade  string   `yaml:"grade"`
}

// exclusion is days, both ends included, on which shifts that start are left out.
type exclusion struct {
	From day    `yaml:"from"`
	To   day    `yaml:"to"`
	Why  string `yaml:"why"`
}

// day is a date, such as 2024-02-08.
type day record.Date

// UnmarshalText takes a date that there is. One that there is not is told once: it is not missing too.
func (d *day) UnmarshalText(text []byte) error {
	if err := (*record.Date)(d).UnmarshalText(text); err != nil {
		*d = day{Year: 1}
		return fmt.Errorf("%q is no day; write it as 2024-02-08", text)
	}
	return nil
}

// Read reads a study and its logs. The error holds every mistake of all of these files.
func Read(file string) (Study, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return Study{}, fmt.Errorf("read study: %w", err)
	}
	doc := strictyaml.Parse(file, src)
	if err := doc.Err(); err != nil { // no YAML: nothing more can be said of it
		return Study{}, err
	}
	w := written{Comparator: string(outcome.OwnBefore), Confidence: DefaultConfidence, Method: string(outcome.Auto), Timezone: DefaultTimezone}
	root := doc.Root()
	root.Decode(&w)
	r := reader{written: w, mistake: root.Mistake, dir: filepath.Dir(file), rows: map[string][]shifttable.Row{}}
	s := r.study()
	return s, errors.Join(doc.Err(), r.logs.err())
}
