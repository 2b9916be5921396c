package influx

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// Readings gives readings in order of time, then signal.
func (s *Store) Readings(ctx context.Context, q series.Query) iter.Seq2[record.Reading, error] {
	var w where
	w.equal("site", q.Site)
	w.equal("line", q.Line)
	w.between(q)
	return s.readings(ctx, q, w)
}

// readings gives those of the query's signals that meet the conditions.
func (s *Store) readings(ctx context.Context, q series.Query, w where) iter.Seq2[record.Reading, error] {
	readings := func(yield func(record.Reading, error) bool) {
		fail := func(err error) { yield(record.Reading{}, fmt.Errorf("read readings: %w", err)) }
		types, err := s.fieldTypes(ctx)
		if err != nil {
			fail(err)
			return
		}
		sel := selectionOf(q, types)
		if len(sel.fields) == 0 {
			return
		}
		for row, err := range s.rows(ctx, sel.statement(w)) {
			if err != nil {
				fail(err)
				return
			}
			more, err := sel.readings(row, func(r record.Reading) bool { return yield(r, nil) })
			if err != nil {
				fail(err)
				return
			}
			if !more {
				return
			}
		}
	}
	return inOrder(readings, func(r record.Reading) time.Time { return r.Time },
		func(a, b record.Reading) int { return cmp.Compare(a.Signal, b.Signal) })
}

// fieldTypes gives the type of each field of the measurement signal: float, integer, string or boolean.
func (s *Store) fieldTypes(ctx context.Context) (map[string]string, error) {
	// A field that has several types in several shards is read as the first of these.
	rank := []string{"float", "integer", "unsigned", "string", "boolean"}
	types := map[string]string{}
	for row, err := range s.rows(ctx, "SHOW FIELD KEYS FROM "+ident(signalMeasurement)) {
		if err != nil {
			return nil, err
		}
		field, kind := text(row[0]), text(row[1])
		if have, ok := types[field]; !ok || slices.Index(rank, kind) < slices.Index(rank, have) {
			types[field] = kind
		}
	}
	return types, nil
}

// selection is what a query asks of the measurement signal.
type selection struct {
	signals map[string]bool // nil: all
	devices []string        // of these signals
	fields  []field
}

// field is one signal name's columns in a row, by number; 0, where the time stands, for those not there.
type field struct {
	name    string
	kind    string
	value   int
	besides [5]int // in the order of suffixes
}

// firstField is the column of the first field, after time and device.
const firstField = 2

func selectionOf(q series.Query, types map[string]string) selection {
	var sel selection
	wanted := map[string]bool{}
	if len(q.Signals) > 0 {
		sel.signals = map[string]bool{}
		devices := map[string]bool{}
		for _, signal := range q.Signals {
			device, name := series.SplitSignal(signal)
			sel.signals[signal], devices[device], wanted[fieldName(name)] = true, true, true
		}
		sel.devices = slices.Sorted(maps.Keys(devices))
	}
	bases := map[string]bool{}
	for name := range types {
		if base := baseOf(name); sel.signals == nil || wanted[base] {
			bases[base] = true
		}
	}
	column := firstField
	next := func(name string) (at int) {
		if _, ok := types[name]; ok {
			at = column
			column++
		}
		return at
	}
	for _, base := range slices.Sorted(maps.Keys(bases)) {
		f := field{name: signalName(base), kind: types[base], value: next(base)}
		for n, suffix := range suffixes() {
			f.besides[n] = next(base + suffix)
		}
		sel.fields = append(sel.fields, f)
	}
	return sel
}

func (sel selection) statement(w where) string {
	columns := []string{"device"}
	for _, f := range sel.fields {
		base := fieldName(f.name)
		if f.value != 0 {
			columns = append(columns, base)
		}
		for n, suffix := range suffixes() {
			if f.besides[n] != 0 {
				columns = append(columns, base+suffix)
			}
		}
	}
	var devices []string
	for _, device := range sel.devices {
		devices = append(devices, `"device" = `+literal(device))
	}
	if len(devices) > 0 {
		w = append(w, "("+strings.Join(devices, " OR ")+")")
	}
	return "SELECT " + idents(columns) + " FROM " + ident(signalMeasurement) + w.String()
}

// readings gives those that a row holds; it says false as soon as yield does.
func (sel selection) readings(row []any, yield func(record.Reading) bool) (bool, error) {
	ms, err := number(row[0])
	if err != nil {
		return false, err
	}
	at, device := time.UnixMilli(ms).UTC(), text(row[1])
	for _, f := range sel.fields {
		r := record.Reading{Signal: series.JoinSignal(device, f.name), Time: at}
		if sel.signals != nil && !sel.signals[r.Signal] {
			continue
		}
		ok, err := f.fill(&r, row)
		if err != nil {
			return false, fmt.Errorf("signal %q at %s: %w", r.Signal, at.Format(time.RFC3339Nano), err)
		}
		if ok && !yield(r) {
			return false, nil
		}
	}
	return true, nil
}

// fill reads value, quality and window from a row; it says false where the row has none of them.
func (f field) fill(r *record.Reading, row []any) (bool, error) {
	column := func(at int) any {
		if at == 0 {
			return nil
		}
		return row[at]
	}
	value, quality := column(f.value), text(column(f.besides[0]))
	if value == nil && quality == "" {
		return false, nil
	}
	switch quality {
	case record.Missing.String():
	case record.Uncertain.String():
		r.Quality = record.Uncertain
	default:
		r.Quality = record.Good
	}
	var err error
	if r.Quality != record.Missing {
		if r.Value, err = valueOf(f.kind, value); err != nil {
			return false, err
		}
	}
	if count := column(f.besides[3]); count != nil {
		r.Window, err = windowOf(column(f.besides[1]), column(f.besides[2]), count, column(f.besides[4]))
	}
	return true, err
}

// valueOf is a field's value by its type, for JSON does not tell 3 from 3.0.
func valueOf(kind string, column any) (record.Value, error) {
	switch c := column.(type) {
	case string:
		return record.TextValue(c), nil
	case bool:
		return record.BoolValue(c), nil
	case json.Number:
		if kind == "float" {
			f, err := c.Float64()
			return record.FloatValue(f), err
		}
		n, err := c.Int64()
		return record.IntValue(n), err
	}
	return record.Value{}, fmt.Errorf("%v is no value", column)
}

func windowOf(low, high, count, span any) (*record.Window, error) {
	n, errN := number(count)
	ms, errMS := number(span)
	least, errLeast := float(low)
	most, errMost := float(high)
	if err := errors.Join(errN, errMS, errLeast, errMost); err != nil {
		return nil, fmt.Errorf("window: %w", err)
	}
	return &record.Window{Count: uint32(n), Min: least, Max: most, Span: time.Duration(ms) * time.Millisecond}, nil
}

func float(column any) (float64, error) {
	n, ok := column.(json.Number)
	if !ok {
		return 0, fmt.Errorf("%v is no number", column)
	}
	return n.Float64()
}
