package cells

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// readText reads CSV. What stands between the cells is what makes most of the header.
func (n names) readText(data []byte) (*grid, error) {
	text, err := decoded(data)
	if err != nil {
		return nil, err
	}
	best, most := ',', 0
	for _, comma := range []rune{',', ';', '\t'} {
		lines, err := records(text, comma, lastHeaderRow)
		if err != nil {
			continue
		}
		if _, known := n.bestHeader(lines); known > most {
			best, most = comma, known
		}
	}
	if most == 0 {
		return nil, unreadable(NoHeader, "none of the first %d rows names the columns of a %s", lastHeaderRow, n.noun)
	}
	lines, err := records(text, best, 0)
	return &grid{lines: lines, comma: best}, err
}

// decoded gives UTF-8 without a byte order mark, with lines that end in LF.
func decoded(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		data = fromUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		data = fromUTF16(data[2:], binary.BigEndian)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	for n, l := range numbered(data) {
		if !utf8.Valid(l) {
			return nil, unreadable(NotUTF8, "line %d is not UTF-8 text", n)
		}
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(data, []byte("\r"), []byte("\n")), nil
}

func numbered(data []byte) func(func(int, []byte) bool) {
	return func(yield func(int, []byte) bool) {
		n := 0
		for l := range bytes.Lines(data) {
			if n++; !yield(n, l) {
				return
			}
		}
	}
}

func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(data)/2)
	for n := range units {
		units[n] = order.Uint16(data[2*n:])
	}
	return []byte(string(utf16.Decode(units)))
}

// mostCommas in one line is far beyond a row with a comment, and far below what would fill the memory.
const mostCommas = 20 * mostColumns

// records reads rows that are not empty, down to the row last, or all for 0.
func records(text []byte, comma rune, last int) (lines []line, err error) {
	for n, l := range numbered(text) {
		if bytes.Count(l, []byte(string(comma))) > mostCommas {
			return nil, unreadable(TooWide, "line %d has more than %d cells", n, mostCommas)
		}
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = comma, -1
	row, from := 0, 0
	for last == 0 || row < last {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		raw := text[from:r.InputOffset()]
		from = int(r.InputOffset())
		blank := len(raw) - len(bytes.TrimLeft(raw, "\n"))
		row += blank + 1
		l := line{number: row}
		if err != nil {
			swallowed := max(0, bytes.Count(raw[blank:], []byte("\n"))-1)
			l.torn = tornBy(err, swallowed)
			row += swallowed
		}
		for _, f := range fields {
			l.cells = append(l.cells, cell{text: strings.TrimSpace(f)})
		}
		if !l.empty() {
			lines = append(lines, l)
		}
		if len(lines) > MostRows+lastHeaderRow {
			return nil, unreadable(TooManyRows, "the file has more than %d rows", MostRows)
		}
	}
	return lines, nil
}

func tornBy(err error, swallowed int) string {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		err = parse.Err
	}
	if swallowed > 0 {
		return fmt.Sprintf("The quotes of this row do not match (%v), so that it and the %d lines below it could not be read.", err, swallowed)
	}
	return fmt.Sprintf("The quotes of this row do not match (%v).", err)
}
