package edge

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/lineproof/lineproof/record"
)

// formula is an expression over signals, such as meter.power / meter.apparent_power: numbers, + - * / ** %,
// comparisons, `? :`, and the functions below. A signal is a number; a switch is 0 or 1.
type formula struct {
	program *vm.Program
	inputs  []string // device.signal, in the order of their first mention
}

// functions are what a formula may call. All of them give the same for the same input, at any time.
func functions() []string { return []string{"abs", "ceil", "floor", "max", "min", "round"} }

// word is a number, the name of a function, or a signal's name up to its first dash.
var word = regexp.MustCompile(`[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*`)

// unknownSignal is the error of a formula that names a signal which is not there.
type unknownSignal struct{ id string }

func (e unknownSignal) Error() string { return fmt.Sprintf("unknown signal `%s`", e.id) }

// parseFormula compiles text. The names of signals may hold a dash, which expressions take for a minus: so
// each known name is replaced first by a plain one of the same length, which keeps the places of mistakes.
func parseFormula(text string, known []string) (*formula, error) {
	f := &formula{}
	plain, err := f.substitute(text, known)
	if err != nil {
		return nil, err
	}
	options := []expr.Option{
		expr.Env(f.env(func(string) float64 { return 0 })),
		expr.AsFloat64(),
		expr.DisableAllBuiltins(),
		expr.Function("sqrt", func(v ...any) (any, error) { return math.Sqrt(v[0].(float64)), nil }, new(func(float64) float64)),
	}
	for _, name := range functions() {
		options = append(options, expr.EnableBuiltin(name))
	}
	if f.program, err = expr.Compile(plain, options...); err != nil {
		return nil, f.explain(err)
	}
	return f, nil
}

// substitute puts the plain names into text and notes the signals.
func (f *formula) substitute(text string, known []string) (string, error) {
	longest := slices.Clone(known)
	slices.SortFunc(longest, func(a, b string) int { return len(b) - len(a) })
	var out strings.Builder
	for i := 0; i < len(text); {
		rest := text[i:]
		at := word.FindStringIndex(rest)
		if at == nil {
			out.WriteString(rest)
			break
		}
		out.WriteString(rest[:at[0]])
		i, rest = i+at[0], rest[at[0]:]
		name := rest[:at[1]-at[0]]
		if k := slices.IndexFunc(longest, func(id string) bool { return begins(rest, id) }); k >= 0 {
			name = longest[k]
			out.WriteString(f.plain(name))
		} else if _, err := strconv.ParseFloat(name, 64); err != nil && strings.Contains(name, ".") {
			return "", unknownSignal{name}
		} else {
			out.WriteString(name)
		}
		i += len(name)
	}
	if len(f.inputs) == 0 {
		return "", errors.New("the formula names no signal")
	}
	return out.String(), nil
}

// begins tells whether text begins with the name and not with a longer one.
func begins(text, name string) bool {
	after, ok := strings.CutPrefix(text, name)
	return ok && (after == "" || word.FindString("x"+after[:1]) == "x")
}

// plain is the name of a signal within the expression: letters, digits and underscores, as long as its own.
func (f *formula) plain(id string) string {
	i := slices.Index(f.inputs, id)
	if i < 0 {
		i = len(f.inputs)
		f.inputs = append(f.inputs, id)
	}
	return variable(i, id)
}

func variable(i int, id string) string {
	name := fmt.Sprintf("_%d", i)
	return name + strings.Repeat("_", max(0, len(id)-len(name)))
}

// env gives each variable its signal's value.
func (f *formula) env(value func(id string) float64) map[string]any {
	env := make(map[string]any, len(f.inputs))
	for i, id := range f.inputs {
		env[variable(i, id)] = value(id)
	}
	return env
}

// explain makes a person's message of a mistake that the compiler found.
func (f *formula) explain(err error) error {
	var mistake *file.Error
	if !errors.As(err, &mistake) {
		return fmt.Errorf("formula: %w", err)
	}
	message := mistake.Message
	for i, id := range f.inputs {
		message = strings.ReplaceAll(message, variable(i, id), id)
	}
	return fmt.Errorf("formula, character %d: %s", mistake.Column+1, message)
}

// value calculates; it is none where the outcome is no finite number, as after a division by zero.
func (f *formula) value(input func(id string) float64) (record.Value, error) {
	result, err := expr.Run(f.program, f.env(input))
	if err != nil {
		return record.Value{}, f.explain(err)
	}
	v, _ := result.(float64)
	return record.FloatValue(v), nil
}
