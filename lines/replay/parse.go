package replay

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// row is one line of a file of records.
type row struct {
	ts      int64  // Unix seconds
	seconds int64  // for which the asset was in status, up to ts
	items   uint32 // made in them
	status  uint16
	cycle   uint16 // s, rounded
	power   uint16 // tenths of a kW
	product uint16
}

// columns are those that a file must have, in any order.
var columns = []string{"ts", "asset", "items", "status", "status_time", "power_avg", "cycle_time", "product"}

// lastAsset is the greatest asset number: its Modbus unit is 247, the last there is.
const lastAsset = 246

// longest is how many seconds a row may look at, a year, so that none begins before 1970.
const longest = 365 * 24 * 3600

// parser reads rows, and knows where it stands.
type parser struct {
	path  string
	csv   *csv.Reader
	index map[string]int // of the fields, by column
	line  []string
	err   error // first mistake in line
}

// parse reads all rows by asset.
func parse(path string, r io.Reader) (map[int][]row, error) {
	p := &parser{path: path, csv: csv.NewReader(r)}
	p.csv.ReuseRecord = true
	if err := p.header(); err != nil {
		return nil, err
	}
	assets := map[int][]row{}
	for {
		var err error
		if p.line, err = p.csv.Read(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, p.broken(err)
		}
		number, r := p.row()
		if rows := assets[number]; p.err == nil && len(rows) > 0 {
			p.follows(rows[len(rows)-1], r)
		}
		if p.err != nil {
			return nil, p.err
		}
		assets[number] = append(assets[number], r)
	}
	if len(assets) == 0 {
		return nil, fmt.Errorf("%s:2:1: no records after the header", path)
	}
	return assets, nil
}

// header finds the columns.
func (p *parser) header() error {
	names, err := p.csv.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s:1:1: empty file, expected a header with %s", p.path, strings.Join(columns, ","))
	}
	if err != nil {
		return p.broken(err)
	}
	p.index = map[string]int{}
	for _, name := range columns {
		i := slices.Index(names, name)
		if i < 0 {
			return fmt.Errorf("%s:1:1: no column %q, expected a header with %s", p.path, name, strings.Join(columns, ","))
		}
		p.index[name] = i
	}
	return nil
}

// broken gives the place of a mistake that the CSV reader found.
func (p *parser) broken(err error) error {
	var place *csv.ParseError
	if errors.As(err, &place) {
		return fmt.Errorf("%s:%d:%d: %w", p.path, place.Line, place.Column, place.Err)
	}
	return fmt.Errorf("read records %q: %w", p.path, err)
}

// row reads the present line; its mistakes are left in p.err.
func (p *parser) row() (asset int, r row) {
	asset = int(p.whole("asset", lastAsset))
	r.ts = p.time()
	r.seconds = int64(p.whole("status_time", longest))
	r.items = uint32(p.whole("items", math.MaxUint32))
	r.status = uint16(p.whole("status", Unknown-1))
	r.cycle = uint16(math.Round(p.number("cycle_time", 0, math.MaxUint16)))
	r.power = uint16(math.Round(p.number("power_avg", 0, math.MaxUint16/10) * 10))
	r.product = uint16(p.whole("product", math.MaxUint16))
	return asset, r
}

// time reads ts as Unix seconds.
func (p *parser) time() int64 {
	t, err := time.Parse(time.RFC3339Nano, strings.Replace(p.line[p.index["ts"]], " ", "T", 1))
	if err != nil || t.Nanosecond() != 0 || t.Unix() <= longest || t.Unix() > math.MaxUint32 {
		p.expected("ts", "a time in whole seconds from 1971 to 2106, such as 2022-08-31 22:05:00+00:00")
	}
	return t.Unix()
}

// whole reads a whole number, which may be written with a point.
func (p *parser) whole(column string, most float64) float64 {
	v, err := strconv.ParseFloat(p.line[p.index[column]], 64)
	if err != nil || v != math.Trunc(v) || v < 0 || v > most {
		p.expected(column, fmt.Sprintf("a whole number from 0 to %.0f", most))
		return 0
	}
	return v
}

func (p *parser) number(column string, least, most float64) float64 {
	v, err := strconv.ParseFloat(p.line[p.index[column]], 64)
	if err != nil || !(v >= least && v <= most) {
		p.expected(column, fmt.Sprintf("a number from %.0f to %.0f", least, most))
		return 0
	}
	return v
}

// follows holds a row against the one before it of the same asset.
func (p *parser) follows(last, r row) {
	before := time.Unix(last.ts, 0).UTC().Format(time.RFC3339)
	switch {
	case r.ts <= last.ts:
		p.expected("ts", "a time after the asset's row before, "+before)
	case r.begin() < last.ts:
		p.expected("status_time", fmt.Sprintf("at most the %d seconds since the asset's row before", r.ts-last.ts))
	}
}

// expected notes the line's first mistake.
func (p *parser) expected(column, what string) {
	if p.err != nil {
		return
	}
	line, at := p.csv.FieldPos(p.index[column])
	p.err = fmt.Errorf("%s:%d:%d: %s is %q, expected %s", p.path, line, at, column, p.line[p.index[column]], what)
}
