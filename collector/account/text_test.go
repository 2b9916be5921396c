package account

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/lineproof/lineproof/record"
)

// TestAppendJSONIsEncodingJSON fills intervals at random, each field that there is.
func TestAppendJSONIsEncodingJSON(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for n := range 2000 {
		var i Interval
		if n > 0 { // the first is empty
			random(rng, reflect.ValueOf(&i).Elem())
		}
		want, err := json.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		if got := i.AppendJSON(nil); string(got) != string(want) {
			t.Fatalf(" got %s\nwant %s", got, want)
		}
	}
}

var words = []string{"", "GB-390", "Gạch bê tông", `a "quoted" <text> & more\`, "line\nbreak\u2028", "\xff"}

// random fills a value.
func random(rng *rand.Rand, v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.UnixMilli(rng.Int64N(4e12)).UTC()
		return
	case *record.State:
		*x = record.State(rng.IntN(record.NumStates))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for n := range v.NumField() {
			random(rng, v.Field(n))
		}
	case reflect.Array:
		for n := range v.Len() {
			random(rng, v.Index(n))
		}
	case reflect.Slice:
		if n := rng.IntN(4); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n-1, n-1))
		}
		for n := range v.Len() {
			random(rng, v.Index(n))
		}
	case reflect.Map:
		n := rng.IntN(12)
		if n == 0 {
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for range n - 1 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			random(rng, key)
			random(rng, value)
			v.SetMapIndex(key, value)
		}
	case reflect.String:
		v.SetString(words[rng.IntN(len(words))] + string(rune('a'+rng.IntN(26))))
	case reflect.Bool:
		v.SetBool(rng.IntN(2) == 0)
	case reflect.Int64:
		v.SetInt(rng.Int64() >> rng.IntN(64) * int64(rng.IntN(2)*2-1))
	case reflect.Float64:
		v.SetFloat([]float64{0, 1e21, 1e-7, 1.5e300, -2e-300, rng.NormFloat64(), float64(rng.IntN(1000)), 123456.78}[rng.IntN(8)])
	default:
		panic(v.Kind())
	}
}
