package programme

import (
	"embed"
	"errors"
	"fmt"
	"slices"

	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/record"
)

//go:embed data/*.yaml
var own embed.FS

// Rules are what rests on decisions of the authorities.
type Rules struct {
	Kinds     []Word
	Levels    []Word
	States    []ProcedureState
	Provinces []Province
	Periods   []ProgrammePeriod
	Prices    *Prices // nil: none are known
}

// Word is one of a list, with how people call it.
type Word struct {
	ID   string       `yaml:"id" json:"id"`
	Name record.Names `yaml:"name" json:"name"`
	Also []string     `yaml:"also" json:"-"`
}

// ProcedureState is how far the procedure of a project is.
type ProcedureState struct {
	Word   `yaml:",inline"`
	Counts string `yaml:"counts" json:"counts" enum:"planned,done,nothing"`
	Day    string `yaml:"day" json:"day" doc:"the day by which a project of this state belongs to a period"`
}

// What a project of a state counts as.
const (
	Planned = "planned"
	Done    = "done"
	Nothing = "nothing"
)

// days are those of a project, by name.
var days = map[string]func(record.Project) record.Date{
	"approved":   func(p record.Project) record.Date { return p.Approved },
	"contracted": func(p record.Project) record.Date { return p.Contracted },
	"installed":  func(p record.Project) record.Date { return p.Installed },
	"accepted":   func(p record.Project) record.Date { return p.Accepted },
}

// File is a file of rules, with its name for errors.
type File struct {
	Name string
	Text []byte
}

// Files are an office's own files. What is absent is as it comes with the program.
type Files struct {
	Lists, Provinces, Prices *File
	Targets                  []File
}

// Default are the rules that come with the program.
func Default() (Rules, error) { return Read(Files{}) }

// Read reads the rules. The error names every mistake with its file, line and column.
func Read(f Files) (r Rules, err error) {
	lists, provinces := or(f.Lists, "lists.yaml"), or(f.Provinces, "provinces.yaml")
	targets := f.Targets
	if targets == nil {
		targets = []File{*or(nil, "2021-2025.yaml"), *or(nil, "2026-2030.yaml")}
	}
	errs := []error{r.readLists(*lists), r.readProvinces(*provinces)}
	for _, file := range targets {
		errs = append(errs, r.readPeriod(file))
	}
	if f.Prices != nil {
		errs = append(errs, r.readPrices(*f.Prices))
	}
	return r, errors.Join(errs...)
}

// or is the file, or that of the program.
func or(f *File, name string) *File {
	if f != nil {
		return f
	}
	text, err := own.ReadFile("data/" + name)
	if err != nil {
		panic(err) // not possible: it is in the program
	}
	return &File{name, text}
}

// decode reads a file into what it is for, and lets check find what it does not say itself.
func decode(f File, into any, check func(mistake func(path []string, message, hint string))) error {
	doc := strictyaml.Parse(f.Name, f.Text)
	if err := doc.Err(); err != nil { // no YAML: nothing more can be said of it
		return err
	}
	root := doc.Root()
	if root.Decode(into) {
		check(root.Mistake)
	}
	return doc.Err()
}

func (r *Rules) readLists(f File) error {
	var written struct {
		Kinds  []Word           `yaml:"kinds"`
		Levels []Word           `yaml:"levels"`
		States []ProcedureState `yaml:"states"`
	}
	err := decode(f, &written, func(mistake func([]string, string, string)) {
		words(mistake, "kinds", written.Kinds)
		words(mistake, "levels", written.Levels)
		var states []Word
		for n, s := range written.States {
			states = append(states, s.Word)
			path := []string{"states", fmt.Sprint(n)}
			if !slices.Contains([]string{Planned, Done, Nothing}, s.Counts) {
				mistake(append(path, "counts"), fmt.Sprintf("counts %q", s.Counts), "write planned, done or nothing")
			}
			if days[s.Day] == nil {
				mistake(append(path, "day"), fmt.Sprintf("day %q", s.Day), "write approved, contracted, installed or accepted")
			}
		}
		words(mistake, "states", states)
	})
	r.Kinds, r.Levels, r.States = written.Kinds, written.Levels, written.States
	return err
}

func words(mistake func([]string, string, string), list string, all []Word) {
	seen := map[string]bool{}
	if len(all) == 0 {
		mistake([]string{list}, "the list is empty", "")
	}
	for n, w := range all {
		path := []string{list, fmt.Sprint(n)}
		if err := record.CheckName(w.ID); err != nil {
			mistake(append(path, "id"), err.Error(), "")
		}
		if seen[w.ID] {
			mistake(append(path, "id"), fmt.Sprintf("%s stands in the list already", w.ID), "")
		}
		if seen[w.ID] = true; w.Name["vi"] == "" || w.Name["en"] == "" {
			mistake(append(path, "name"), w.ID+" needs a name in vi and in en", "")
		}
	}
}

// State is the state of an id; one that is gone from the lists counts nothing.
func (r Rules) State(id string) ProcedureState {
	if n := slices.IndexFunc(r.States, func(s ProcedureState) bool { return s.ID == id }); n >= 0 {
		return r.States[n]
	}
	return ProcedureState{Word: Word{ID: id}, Counts: Nothing, Day: "approved"}
}
