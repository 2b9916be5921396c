package cells

import (
	"regexp"
	"strings"
)

// readStyles tells of each style of cells whether it shows a date or a time.
func (b *book) readStyles(part string) (isDate []bool, err error) {
	var s struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := b.decode(part, &s); err != nil {
		return nil, err
	}
	own := map[int]bool{}
	for _, f := range s.Formats {
		own[f.ID] = showsDate(f.Code)
	}
	for _, c := range s.Cells {
		date, ok := own[c.Format]
		isDate = append(isDate, ok && date || !ok && builtInDate(c.Format))
	}
	return isDate, nil
}

// builtInDate knows the formats without a code of their own (ECMA-376 part 1, 18.8.30), those of East Asia too.
func builtInDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}

// literal is what a format code shows as it is, and its conditions and colours, but not [h], hours past a day.
var literal = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]hms]*\]|\[(\$|[<>=])[^\]]*\]|\[(?i:color ?[0-9]+|black|blue|cyan|green|magenta|red|white|yellow)\]`)

func showsDate(code string) bool {
	code, _, _ = strings.Cut(code, ";")
	code = strings.ToLower(literal.ReplaceAllString(code, ""))
	return code != "general" && strings.ContainsAny(code, "dmyhs")
}
