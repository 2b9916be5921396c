package cells

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// mark is what keeps a cell from being read; the zero mark is none.
type mark struct {
	code    Code
	message string
}

var (
	digits = regexp.MustCompile(`^[0-9]+$`)
	// With a group of three behind it, a sign can be a decimal sign or one between thousands. Before a decimal
	// fraction may stand a 0 or four digits, before thousands not.
	twoWays   = regexp.MustCompile(`^[1-9][0-9]{0,2}[.,][0-9]{3}$`)
	fraction  = regexp.MustCompile(`^[0-9]+[.,][0-9]+$`)
	thousands = regexp.MustCompile(`^[0-9]{1,3}([., \x{00a0}\x{202f}'][0-9]{3})+([.,][0-9]+)?$`)
)

// decimal brings a figure to the form that strconv reads. Where people typed it, point says that 1.234 can only
// mean 1 and a fraction.
func decimal(c cell, point bool) (string, mark) {
	text := c.text
	if c.kind == numeric {
		return text, mark{}
	}
	if minus, ok := strings.CutPrefix(text, "-"); ok && (digits.MatchString(minus) || fraction.MatchString(minus)) {
		return "", mark{Negative, text + " is less than 0."}
	}
	switch {
	case digits.MatchString(text):
		return text, mark{}
	case twoWays.MatchString(text) && !(point && strings.Contains(text, ".")):
		both := strings.NewReplacer(".", "", ",", "").Replace(text)
		return "", mark{Ambiguous, both + " or " + strings.Replace(text, ",", ".", 1) + "?"}
	case fraction.MatchString(text):
		return strings.Replace(text, ",", ".", 1), mark{}
	case thousands.MatchString(text):
		return "", mark{Thousands, text + " has separators between thousands."}
	}
	return "", mark{NotANumber, text + " is no number."}
}

// wholeNumber reads a count.
func wholeNumber(c cell) (int64, mark) {
	text, m := decimal(c, false)
	if m.code != "" {
		return 0, m
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		return n, mark{}
	}
	v, m := floatOf(c, text)
	switch {
	case m.code != "":
		return 0, m
	case v != math.Trunc(v):
		return 0, mark{NotWhole, c.text + " is not a whole number."}
	}
	return int64(v), mark{}
}

// realNumber reads a measure. One with a percent sign is a part of 1, where ratio allows it.
func realNumber(c cell, point, ratio bool) (float64, mark) {
	percent := false
	if cut, ok := strings.CutSuffix(c.text, "%"); ok && ratio {
		c.text, percent = strings.TrimSpace(cut), true
	}
	text, m := decimal(c, point)
	if m.code != "" {
		return 0, m
	}
	if percent {
		text += "e-2" // dividing would round once more
	}
	return floatOf(c, text)
}

func floatOf(c cell, text string) (float64, mark) {
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case math.Abs(v) > LargestNumber && !math.IsNaN(v):
		return 0, mark{NumberTooLarge, c.text + " is more than can be."}
	case err != nil || math.IsNaN(v):
		return 0, mark{NotANumber, c.text + " is no number."}
	}
	return v + 0, mark{} // -0 is 0
}
