package projects

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/collector/programme"
	"github.com/lineproof/lineproof/record"
)

// LoadedSheet says what a sheet holds.
type LoadedSheet struct {
	Rows     []SheetChange   `json:"rows" nullable:"false" doc:"that can be kept, or were, in the order of the sheet"`
	There    int             `json:"there" doc:"rows that are as the projects are already; they are left"`
	Problems []cells.Problem `json:"problems" nullable:"false" doc:"every cell that cannot be right; while there is one that is no warning, nothing is kept"`
	Kept     bool            `json:"kept" doc:"whether the rows are in the ledger now"`
}

// SheetChange is what a row of a sheet does.
type SheetChange struct {
	Row     int      `json:"row"`
	Code    string   `json:"code"`
	Name    string   `json:"name"`
	New     bool     `json:"new" doc:"a new project; else a new version of one"`
	Columns []string `json:"columns,omitempty" nullable:"false" doc:"by our names, what is other than it was"`
}

// Loading is how far a sheet is that is being sealed.
type Loading struct {
	Done  int `json:"done"`
	Total int `json:"total" doc:"0: none is"`
}

type loading struct {
	mu  sync.Mutex
	now Loading
}

func (l *loading) set(done, total int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = Loading{done, total}
}

// Loading tells how far the sheet is that is being sealed.
func (b *Book) Loading() Loading {
	b.loading.mu.Lock()
	defer b.loading.mu.Unlock()
	return b.loading.now
}

// atOnce is how many rows are sealed before it is told how far it is.
const atOnce = 64

// Load reads a sheet of projects, as XLSX or CSV, and keeps all rows or none: none while a cell is wrong, or when it is
// only a try. A row whose code is known is a new version; what the sheet has no column for stays as it was. Should the ledger
// fail on the way, what it has taken stands, and the sheet can be loaded again. An error is one of the file as a whole.
func (b *Book) Load(ctx context.Context, by, file string, data []byte, try bool) (LoadedSheet, error) {
	table, err := b.rules.ReadSheet(file, data)
	if err != nil {
		return LoadedSheet{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	all, err := b.All(ctx)
	if err != nil {
		return LoadedSheet{}, err
	}
	loaded := LoadedSheet{Rows: []SheetChange{}, Problems: append([]cells.Problem{}, table.Problems...)}
	statements, err := b.changes(&loaded, table, all, by)
	if err != nil || try || loaded.bad() {
		return loaded, err
	}
	if err := b.seal(ctx, statements); err != nil {
		return LoadedSheet{}, fmt.Errorf("load %s: %w", file, err)
	}
	loaded.Kept = true
	b.wake()
	return loaded, nil
}

// changes finds what each row does, and what is wrong with it.
func (b *Book) changes(loaded *LoadedSheet, table cells.Table[programme.Row], all []programme.Project, by string) (statements []record.Statement, err error) {
	known := map[string]programme.Project{}
	for _, p := range all {
		known[programme.Key(p.Code)] = p
	}
	for _, row := range table.Rows {
		before, there := known[programme.Key(row.Code)]
		d := Draft{ID: newID(), Project: programme.Fill(table, row, before.Project)}
		if d.Project.ID, d.Replaces = before.ID, before.Statement; !there {
			d.Project.ID = projectID(d.ID)
		}
		for _, m := range append(b.rules.Check(d.Project), b.strange(d.Project)...) {
			loaded.Problems = append(loaded.Problems, table.Problem(row, row.Number, m))
		}
		change := SheetChange{Row: row.Number, Code: row.Code, Name: row.Name, New: !there}
		if there {
			if change.Columns = differ(before.Project, d.Project); len(change.Columns) == 0 {
				loaded.There++
				continue
			}
		}
		s, err := b.statement(d, by)
		if err != nil {
			return nil, err
		}
		loaded.Rows, statements = append(loaded.Rows, change), append(statements, s)
	}
	return statements, nil
}

// differ names the columns in which two versions differ.
func differ(a, b record.Project) []string {
	fields := func(p record.Project) (all map[string]any) {
		p.ID, p.Replaces, p.Source = "", "", ""
		text, err := json.Marshal(p)
		if err == nil {
			err = json.Unmarshal(text, &all)
		}
		if err != nil {
			panic(err) // not possible: a project holds texts and numbers
		}
		return all
	}
	before, after := fields(a), fields(b)
	var names []string
	for _, name := range slices.Sorted(maps.Keys(merged(before, after))) {
		if !reflect.DeepEqual(before[name], after[name]) {
			names = append(names, name)
		}
	}
	return names
}

func merged(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func (b *Book) seal(ctx context.Context, statements []record.Statement) error {
	defer b.loading.set(0, 0)
	done := 0
	for some := range slices.Chunk(statements, atOnce) {
		b.loading.set(done, len(statements))
		if err := b.say(ctx, some...); err != nil {
			return err
		}
		done += len(some)
	}
	return nil
}

func (l LoadedSheet) bad() bool {
	return slices.ContainsFunc(l.Problems, func(p cells.Problem) bool { return p.Severity == cells.Error })
}
