package series

import (
	"fmt"
	"strconv"
	"strings"
)

// Pack writes the row as one text, for a store to which many columns cost more than their bytes: all numbers in
// their order and the length of the first text, each with a space after it, then both texts.
func (row BucketRow) Pack() string {
	b := make([]byte, 0, 160)
	for _, n := range row.Whole {
		b = append(strconv.AppendInt(b, n, 10), ' ')
	}
	for _, f := range row.Numbers {
		b = append(strconv.AppendFloat(b, f, 'g', -1, 64), ' ')
	}
	b = append(strconv.AppendInt(b, int64(len(row.Texts[0])), 10), ' ')
	b = append(b, row.Texts[0]...)
	return string(append(b, row.Texts[1]...))
}

// UnpackBucketRow reads what Pack wrote.
func UnpackBucketRow(text string) (row BucketRow, err error) {
	rest, word := text, ""
	next := func() string {
		word, rest, _ = strings.Cut(rest, " ")
		return word
	}
	for n := range row.Whole {
		if row.Whole[n], err = strconv.ParseInt(next(), 10, 64); err != nil {
			return row, fmt.Errorf("bucket %q: %w", text, err)
		}
	}
	for n := range row.Numbers {
		if row.Numbers[n], err = strconv.ParseFloat(next(), 64); err != nil {
			return row, fmt.Errorf("bucket %q: %w", text, err)
		}
	}
	first, err := strconv.Atoi(next())
	if err != nil || first < 0 || first > len(rest) {
		return row, fmt.Errorf("bucket %q: no text of length %q", text, word)
	}
	row.Texts[0], row.Texts[1] = rest[:first], rest[first:]
	return row, nil
}
