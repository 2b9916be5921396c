package scan

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/lines/plc"
)

// unknown is a device of 500 registers as they are met: counters, states, noise, texts and floats of one
// order, in blocks with holes between them. It returns the places of the floats.
func unknown(r *rand.Rand) (*plc.Image, map[Place]float32, plc.Order) {
	image, floats := &plc.Image{}, map[Place]float32{}
	order := []plc.Order{plc.ABCD, plc.CDAB, plc.BADC, plc.DCBA}[r.IntN(4)]
	const all = 500
	at, table := uint16(r.IntN(2000)), plc.Holding
	for n := 0; n < all; {
		switch r.IntN(9) {
		case 0: // a float such as a temperature, a voltage, a power
			v := float32(math.Pow(10, r.Float64()*4.5-0.5))
			image.PutFloat(table, at, v, order)
			floats[Place{tables[table], int(at)}] = v
			at, n = at+2, n+2
		case 1: // a 32-bit counter
			image.Put32(table, at, uint32(math.Pow(2, r.Float64()*24)), order)
			at, n = at+2, n+2
		case 2: // a text
			image.Put(table, at, uint16('A'+r.IntN(26))<<8|uint16('a'+r.IntN(26)))
			at, n = at+1, n+1
		case 3:
			image.Put(table, at, uint16(r.Uint32()))
			at, n = at+1, n+1
		case 4, 5, 6:
			image.Put(table, at, uint16(math.Pow(2, r.Float64()*13)))
			at, n = at+1, n+1
		case 7:
			image.Put(table, at, 0)
			at, n = at+1, n+1
		default:
			if r.IntN(4) == 0 {
				at += uint16(1 + r.IntN(40)) // a hole
			}
			if r.IntN(60) == 0 {
				at, table = uint16(r.IntN(600))*10, plc.Input
			}
		}
	}
	return image, floats, order
}

// display is how a machine shows a number: with at least three digits, at most three decimals.
func display(v float32, r *rand.Rand) string {
	decimals := max(0, 2-int(math.Floor(math.Log10(float64(v))))) + r.IntN(2)
	return strconv.FormatFloat(float64(v), 'f', min(decimals, 3), 64)
}

// content reads a whole image as a survey does.
func content(t *testing.T, image *plc.Image) Map {
	t.Helper()
	m := Map{}
	for table, ours := range tables {
		for a := range addresses {
			if v, err := image.Read(table, uint16(a), 1); err == nil {
				m[Place{ours, a}] = v[0]
			}
		}
	}
	return m
}

// TestFindsAFloatInUnknownDevices asks for one float of each of many devices.
func TestFindsAFloatInUnknownDevices(t *testing.T) {
	const devices = 200
	ranks := [4]int{}
	for seed := range uint64(devices) {
		r := rand.New(rand.NewPCG(seed, 1))
		image, floats, order := unknown(r)
		m := content(t, image)
		place, v := pick(floats, r)
		text := display(v, r)
		shown, err := ParseShown(text)
		if err != nil {
			t.Fatal(err)
		}
		candidates := Finder{}.Find(m, shown)
		rank := 0
		for rank < len(candidates) && !(candidates[rank].Place == place && candidates[rank].Type == "float32") {
			rank++
		}
		ranks[min(rank, 3)]++
		if rank >= 3 {
			t.Errorf("device %d: %s, shown %s as float32 %s at %s, has rank %d of %d: %s", seed, fmt.Sprint(v), text, order, place, rank+1, len(candidates), few(candidates))
		}
	}
	t.Logf("first %d, second %d, third %d, later %d of %d", ranks[0], ranks[1], ranks[2], ranks[3], devices)
}

func pick(floats map[Place]float32, r *rand.Rand) (Place, float32) {
	places := sorted(floats)
	p := places[r.IntN(len(places))]
	return p, floats[p]
}

func few(list []Candidate) (text string) {
	for _, c := range list[:min(len(list), 4)] {
		text += fmt.Sprintf("\n\t%s = %v (%.1f bits)", c.Signal(), c.Value, c.score)
	}
	return text
}

// TestNarrowsWhenTheDisplayChanges is the whole way over a connection: read, find, change, read again.
func TestNarrowsWhenTheDisplayChanges(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	image, floats, order := unknown(r)
	place, v := pick(floats, r)
	live := &shared{image: image}
	url := serve(t, map[uint8]plc.Unit{17: live})
	p := probe(t, url)
	m, err := Survey{Probe: p, Unit: 17}.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := content(t, image); len(m) != len(want) {
		t.Fatalf("%d registers read, want %d", len(m), len(want))
	}
	finder := Finder{Tolerance: 0.2} // a display that flickers leaves many
	candidates := finder.Find(m, shownAs(t, strconv.FormatFloat(float64(v), 'f', 1, 64)))
	if len(candidates) < 2 {
		t.Fatalf("%d candidates, want many to narrow", len(candidates))
	}
	v *= 3
	table := map[modbus.Table]plc.Table{modbus.Holding: plc.Holding, modbus.Input: plc.Input}[place.Table]
	live.change(func(image *plc.Image) { image.PutFloat(table, uint16(place.Address), v, order) })
	if m, err = Reread(t.Context(), p, 17, candidates); err != nil {
		t.Fatal(err)
	}
	candidates = Finder{}.Narrow(m, candidates, shownAs(t, display(v, r)))
	if len(candidates) != 1 || candidates[0].Place != place || candidates[0].Type != "float32" {
		t.Errorf("got %s, want float32 at %s", few(candidates), place)
	}
}

func shownAs(t *testing.T, text string) Shown {
	t.Helper()
	s, err := ParseShown(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRanksWhatIsShown(t *testing.T) {
	image := &plc.Image{}
	image.Put(plc.Holding, 10, 1250)                     // 125.0 in tenths
	image.Put32(plc.Holding, 20, 1284032, plc.CDAB)      // a counter
	image.PutFloat(plc.Holding, 30, 230.1734, plc.ABCD)  // a voltage
	image.Put(plc.Input, 10, 1250)                       // the first once more
	image.PutFloat(plc.Holding, 40, 1249.9996, plc.BADC) // shown as 1250 by rounding
	image.Put(plc.Holding, 50, 0x0745)                   // BCD
	image.Put(plc.Holding, 60, 0xfb2e)                   // -1234 in hundredths
	image.PutFloat(plc.Holding, 70, 48_250.0, plc.ABCD)  // watts that are shown as kW
	m := content(t, image)
	for _, c := range []struct{ name, shown, want string }{
		{"tenths", "125.0", "{at: holding 10, type: uint16, scale: 0.1}"},
		{"a decimal comma", "125,0", "{at: holding 10, type: uint16, scale: 0.1}"},
		{"a counter", "1284032", "{at: holding 20, type: uint32, order: CDAB}"},
		{"a float, rounded", "230.17", "{at: holding 30, type: float32}"},
		{"a float, cut off", "230.1", "{at: holding 30, type: float32}"},
		{"a whole number before a lucky float", "1250", "{at: holding 10, type: uint16}"},
		{"BCD", "745", "{at: holding 50, type: bcd16}"},
		{"below zero", "-12.34", "{at: holding 60, type: int16, scale: 0.01}"},
		{"another unit", "48.25", "{at: holding 70, type: float32, scale: 0.001}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := Finder{}.Find(m, shownAs(t, c.shown))
			if len(list) == 0 || list[0].Signal() != c.want {
				t.Errorf("got %s\nwant %s", few(list), c.want)
			}
		})
	}
	if got := (Finder{}).Find(m, shownAs(t, "125.0"))[0].Also; got != "input 10, int16" {
		t.Errorf("also %q, want input 10, int16", got)
	}
}

func TestWhatIsNoDisplayIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":      `"" is no number as a display shows it, such as 230.5`,
		"12 A":  `"12 A" is no number as a display shows it, such as 230.5`,
		"1e3":   `"1e3" is no number as a display shows it, such as 230.5`,
		"nan":   `"nan" is no number as a display shows it, such as 230.5`,
		"0.00":  "0 stands in too many registers",
		"1.2.3": `"1.2.3" is no number as a display shows it, such as 230.5`,
	} {
		if _, err := ParseShown(text); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
