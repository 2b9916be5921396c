// Package tongue says in Vietnamese or English what the technician's tools have to tell, and what other rooms bring words
// for. The texts stand in two files, vi.yaml and en.yaml, with the same keys and the same placeholders, which a test compares.
//
// What is not translated: names, addresses, values, and the errors of drivers, network and operating
// system, which are shown as they came so that they can be looked up.
package tongue

import (
	"embed"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed vi.yaml en.yaml
var files embed.FS

// Languages that there are.
const (
	Vietnamese = "vi"
	English    = "en"
)

// Message is a text that waits for its language. The zero Message is empty.
type Message struct {
	key    string
	values []any // name, value, name, value, ...
}

// Percent is a ratio, 0.942, that is written as 94.2%, or 94,2 % in Vietnamese. It is cut, never rounded up.
type Percent float64

// Number is a value that is written by a format such as %.2f, as the language writes numbers.
type Number struct {
	Format string
	Value  float64
}

// Day is a date without a time, as 2026-11-20.
type Day string

// M makes a message of a key, such as doctor.clock.unset, and the values of its placeholders: a name and
// a value in turn. A value is written as fmt.Sprint does; a time, a Day, a time.Duration, a Number, a Percent and a
// Message in the language.
func M(key string, pairs ...any) Message { return Message{key: key, values: pairs} }

// Empty tells whether there is nothing to say.
func (m Message) Empty() bool { return m.key == "" }

// Key names the message in every language, for programs that read it.
func (m Message) Key() string { return m.key }

// Tongue says messages in one language.
type Tongue struct {
	lang  string
	texts map[string]string // by section.name
}

// New gives the language vi or en. Any other is an error. more are folders with further vi.yaml and en.yaml.
func New(lang string, more ...fs.FS) (Tongue, error) {
	if lang != Vietnamese && lang != English {
		return Tongue{}, fmt.Errorf("language %q: there are vi and en", lang)
	}
	t := Tongue{lang: lang, texts: map[string]string{}}
	for _, words := range append([]fs.FS{files}, more...) {
		if err := t.read(words); err != nil {
			return Tongue{}, fmt.Errorf("read texts of %s: %w", lang, err)
		}
	}
	return t, nil
}

func (t Tongue) read(words fs.FS) error {
	src, err := fs.ReadFile(words, t.lang+".yaml")
	if err != nil {
		return err
	}
	sections := map[string]map[string]string{}
	if err := yaml.Unmarshal(src, &sections); err != nil {
		return err
	}
	for section, texts := range sections {
		for name, text := range texts {
			t.texts[section+"."+name] = text
		}
	}
	return nil
}

// Choose is the language of a person: the one that was asked for, or that of the environment's LC_ALL,
// LC_MESSAGES or LANG, the first that is set; English where that is not Vietnamese.
func Choose(asked string, getenv func(string) string) string {
	if asked != "" {
		return asked
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if strings.HasPrefix(v, Vietnamese) {
				return Vietnamese
			}
			return English
		}
	}
	return English
}

// Lang is vi or en.
func (t Tongue) Lang() string { return t.lang }

// Say is the text of M(key, pairs...).
func (t Tongue) Say(key string, pairs ...any) string { return t.Text(M(key, pairs...)) }

// Text is a message in the language. A key that there is not is given as it is.
func (t Tongue) Text(m Message) string {
	text, ok := t.texts[m.key]
	if !ok {
		return m.key
	}
	replace := make([]string, 0, len(m.values))
	for i := 0; i+1 < len(m.values); i += 2 {
		replace = append(replace, fmt.Sprintf("{%v}", m.values[i]), t.value(m.values[i+1]))
	}
	return strings.NewReplacer(replace...).Replace(text)
}

func (t Tongue) value(v any) string {
	switch v := v.(type) {
	case Message:
		return t.Text(v)
	case time.Duration:
		return t.Duration(v)
	case Percent:
		return t.Percent(v)
	case Number:
		return t.Number(v.Format, v.Value)
	case Day:
		if day, err := time.Parse(time.DateOnly, string(v)); err == nil && t.lang == Vietnamese {
			return day.Format("02/01/2006")
		}
		return string(v)
	case time.Time:
		if t.lang == Vietnamese {
			return v.Format("15:04 02/01/2006")
		}
		return v.Format("2006-01-02 15:04")
	}
	return fmt.Sprint(v)
}

// Number writes a value by a format, with the language's decimal sign and the digits before it in groups of three: 1.234,5
// in Vietnamese, 1,234.5 in English.
func (t Tongue) Number(format string, v float64) string {
	group, decimal := ",", "."
	if t.lang == Vietnamese {
		group, decimal = ".", ","
	}
	text := fmt.Sprintf(format, v)
	if strings.Contains(text, "e") { // 1.2e+09
		return strings.Replace(text, ".", decimal, 1)
	}
	whole, part, broken := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0 && isDigit(whole[i-1]); i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	if broken {
		return whole + decimal + part
	}
	return whole
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// Percent is a ratio for a person.
func (t Tongue) Percent(p Percent) string {
	text := strings.TrimSuffix(fmt.Sprintf("%.1f", math.Floor(float64(p)*1000+1e-9)/10), ".0")
	if t.lang == Vietnamese {
		return strings.Replace(text, ".", ",", 1) + " %"
	}
	return text + "%"
}

// Duration is a time for a person: 3 min 20 s, or 3 phút 20 giây. Below ten seconds it has a decimal,
// below one it is in milliseconds.
func (t Tongue) Duration(d time.Duration) string {
	day, hour, minute, second, milli := "d", "h", "min", "s", "ms"
	if t.lang == Vietnamese {
		day, hour, minute, second, milli = "ngày", "giờ", "phút", "giây", "ms"
	}
	unit := func(n time.Duration, name string) string { return fmt.Sprintf("%d %s", n, name) }
	const oneDay = 24 * time.Hour
	switch {
	case d > 0 && d < time.Millisecond:
		return "< " + unit(1, milli)
	case d < time.Second:
		return unit(d.Round(time.Millisecond)/time.Millisecond, milli)
	case d < 10*time.Second && d%time.Second != 0:
		return t.Number("%.1f", d.Seconds()) + " " + second
	case d < time.Minute:
		return unit(d.Round(time.Second)/time.Second, second)
	case d < time.Hour:
		d = d.Round(time.Second)
		return strings.TrimSuffix(unit(d/time.Minute, minute)+" "+unit(d%time.Minute/time.Second, second), " "+unit(0, second))
	case d < 2*oneDay:
		d = d.Round(time.Minute)
		return strings.TrimSuffix(unit(d/time.Hour, hour)+" "+unit(d%time.Hour/time.Minute, minute), " "+unit(0, minute))
	}
	return unit(d/oneDay, day)
}
