package series_test

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
)

// TestColumnsHoldTheWholeInterval fails when account.Interval grows by a figure that stores would lose.
func TestColumnsHoldTheWholeInterval(t *testing.T) {
	var i account.Interval
	numbers := series.Numbers(&i)
	for n := range numbers {
		*numbers[n] = int64(n + 1)
	}
	for _, flag := range series.Flags(&i) {
		*flag = true
	}
	var leaves func(v reflect.Value) (set, unset int)
	leaves = func(v reflect.Value) (set, unset int) {
		switch v.Kind() {
		case reflect.Int64, reflect.Bool:
			if v.IsZero() {
				return 0, 1
			}
			return 1, 0
		case reflect.Array:
			for n := range v.Len() {
				s, u := leaves(v.Index(n))
				set, unset = set+s, unset+u
			}
		}
		return set, unset
	}
	total, texts := 0, 0
	v := reflect.ValueOf(i)
	for n := range v.NumField() {
		set, unset := leaves(v.Field(n))
		if unset > 0 {
			t.Errorf("%s has no column", v.Type().Field(n).Name)
		}
		total += set
		if k := v.Field(n).Kind(); k == reflect.Map || k == reflect.Slice {
			texts++
		}
	}
	if got, want := len(series.NumberColumns()), len(numbers); got != want {
		t.Errorf("%d names for %d numbers", got, want)
	}
	if got, want := len(series.FlagColumns()), len(series.Flags(&i)); got != want {
		t.Errorf("%d names for %d flags", got, want)
	}
	if got := len(numbers) + len(series.Flags(&i)); got != total {
		t.Errorf("%d columns for %d figures", got, total)
	}
	if got := len(series.TextColumns()); got != texts {
		t.Errorf("%d text columns for %d maps and lists", got, texts)
	}
	all := slices.Concat(series.NumberColumns(), series.FlagColumns(), series.TextColumns())
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Errorf("a name stands twice in %q", all)
	}
}

func TestTextsComeBack(t *testing.T) {
	for _, c := range []struct {
		name  string
		i     account.Interval
		texts []string
	}{
		{"nothing", account.Interval{}, []string{"", "", "", ""}},
		{
			"empty is not nothing",
			account.Interval{ScrapBy: map[string]int64{}, Timeline: []account.Step{}},
			[]string{"[]", "{}", "", ""},
		},
		{
			"int64", account.Interval{ScrapBy: map[string]int64{"vỡ": math.MaxInt64}},
			[]string{"", `{"vỡ":9223372036854775807}`, "", ""},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			texts, err := series.EncodeTexts(c.i)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.texts, texts); diff != "" {
				t.Errorf("texts (-want +got):\n%s", diff)
			}
			var got account.Interval
			if err := series.DecodeTexts(&got, texts); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.i, got); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeTextsNamesTheColumn(t *testing.T) {
	i := account.Interval{Machine: "press"}
	err := series.DecodeTexts(&i, []string{"", "{", "", ""})
	const want = "decode scrap_by of press at 0001-01-01 00:00:00 +0000 UTC: unexpected end of JSON input"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
