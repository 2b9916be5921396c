package replay

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const header = "ts,asset,items,status,status_time,power_avg,cycle_time,alarm,product\n"

func TestOpenSaysWhatIsWrong(t *testing.T) {
	const good = "2022-08-31 22:00:00+00:00,0,4,2,43,2,0,0,0\n"
	for _, tt := range []struct {
		name, file, want string
	}{
		{"empty file", "", "m.csv:1:1: empty file, expected a header with ts,asset,items,status,status_time,power_avg,cycle_time,product"},
		{"no records", header, "m.csv:2:1: no records after the header"},
		{"column missing", "ts,asset,status\n", `m.csv:1:1: no column "items", expected a header with ts,asset,items,status,status_time,power_avg,cycle_time,product`},
		{"field missing", header + good + "2022-08-31 22:05:00+00:00,0,4\n", "m.csv:3:1: wrong number of fields"},
		{"stray quote", header + "2022-08-31 22:05:00+00:00,0,4\",2,43,2,0,0,0\n", `m.csv:2:30: bare " in non-quoted-field`},
		{"time", header + "31/08/2022,0,4,2,43,2,0,0,0\n", `m.csv:2:1: ts is "31/08/2022", expected a time in whole seconds from 1971 to 2106, such as 2022-08-31 22:05:00+00:00`},
		{"part of a second", header + "2022-08-31 22:05:00.5+00:00,0,4,2,43,2,0,0,0\n", `m.csv:2:1: ts is "2022-08-31 22:05:00.5+00:00", expected a time in whole seconds from 1971 to 2106, such as 2022-08-31 22:05:00+00:00`},
		{"time before any register's", header + "1970-01-01 00:00:10+00:00,0,4,2,43,2,0,0,0\n", `m.csv:2:1: ts is "1970-01-01 00:00:10+00:00", expected a time in whole seconds from 1971 to 2106, such as 2022-08-31 22:05:00+00:00`},
		{"asset without a unit", header + "2022-08-31 22:05:00+00:00,247,4,2,43,2,0,0,0\n", `m.csv:2:27: asset is "247", expected a whole number from 0 to 246`},
		{"part of an item", header + good + "2022-08-31 22:05:00+00:00,0,4.5,2,43,2,0,0,0\n", `m.csv:3:29: items is "4.5", expected a whole number from 0 to 4294967295`},
		{"status that means unknown", header + "2022-08-31 22:05:00+00:00,0,4,65535,43,2,0,0,0\n", `m.csv:2:31: status is "65535", expected a whole number from 0 to 65534`},
		{"no number", header + "2022-08-31 22:05:00+00:00,0,4,2,43,NaN,0,0,0\n", `m.csv:2:36: power_avg is "NaN", expected a number from 0 to 6553`},
		{"only the first mistake of a line", header + "2022-08-31 22:05:00+00:00,x,4,2,,2,0,0,0\n", `m.csv:2:27: asset is "x", expected a whole number from 0 to 246`},
		{"time that goes back", header + good + "2022-08-31 21:00:00+00:00,0,4,2,43,2,0,0,0\n", `m.csv:3:1: ts is "2022-08-31 21:00:00+00:00", expected a time after the asset's row before, 2022-08-31T22:00:00Z`},
		{"window over the row before", header + good + "2022-08-31 22:00:42+00:00,0,4,2,43,2,0,0,0\n", `m.csv:3:33: status_time is "43", expected at most the 42 seconds since the asset's row before`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "m.csv")
			if err := os.WriteFile(path, []byte(tt.file), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(path, Options{})
			if err == nil {
				t.Fatal("opened")
			}
			if got := strings.TrimPrefix(err.Error(), dir+string(filepath.Separator)); got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestOpenRefusesAPaceBackwards(t *testing.T) {
	_, err := Open("testdata/small.csv", Options{Speed: -1})
	if want := `replay "testdata/small.csv": speed -1: use a number from 0`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// FuzzParse holds what parses to what the steps rely on: no two steps of an asset share a time, items
// never fall, and none are lost.
func FuzzParse(f *testing.F) {
	small, err := os.ReadFile("testdata/small.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(small))
	f.Add(header + "2022-08-31 22:00:00+00:00,0,4,2,0,2,0,0,0\n2022-08-31 22:00:05+00:00,0,4,2,5,2,0,0,0\n")
	f.Fuzz(func(t *testing.T, text string) {
		assets, err := parse("fuzz.csv", strings.NewReader(text))
		if err != nil {
			return
		}
		for _, rows := range assets {
			steps := stepsOf(rows)
			var items uint32
			for _, r := range rows {
				items += r.items
			}
			for i, s := range steps[1:] {
				if s.at <= steps[i].at {
					t.Fatalf("step at %d is followed by one at %d", steps[i].at, s.at)
				}
			}
			if steps[0].items != 0 || steps[len(steps)-1].items != items {
				t.Fatalf("items from %d to %d, want 0 to %d", steps[0].items, steps[len(steps)-1].items, items)
			}
		}
	})
}
