package record

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// TestTheLunarTableFollowsTheMoon works the table out again from sun and moon: a month begins with the day of the new
// moon at UTC+7, the month of the winter solstice is the 11th, and where thirteen begin from one 11th to the next, the first
// in which the sun enters no twelfth of its way is the leap one. New moons by J. Meeus, Astronomical Algorithms, 2nd
// edition, chapter 49, to some seconds; the sun's longitude by chapter 25, to 0.01 degrees.
func TestTheLunarTableFollowsTheMoon(t *testing.T) {
	if got, want := newMoon(-283), 2443192.65118; math.Abs(got-want) > 1e-5 {
		t.Fatalf("new moon of February 1977: %.5f, in Meeus's example 49.a %.5f", got, want)
	}
	for year := firstLunarYear; year < firstLunarYear+len(lunarYears()); year++ {
		y, ok := lunar(year)
		if !ok {
			t.Fatalf("%d is not in the table", year)
		}
		months := monthsFrom11(year - 1)
		for _, want := range []struct {
			name    string
			of      [2]int
			lunarOf [2]int // month, day
		}{{"Tết", y.tet, [2]int{1, 1}}, {"Hùng Kings", y.hungKings, [2]int{3, 10}}} {
			day := months[want.lunarOf[0]] + want.lunarOf[1] - 1
			got := fmt.Sprintf("%04d-%02d-%02d", year, want.of[0], want.of[1])
			if sky := dateOf(day).Format(time.DateOnly); got != sky {
				t.Errorf("%s: %s in the table, %s by the sky", want.name, got, sky)
			}
		}
	}
	if _, ok := lunar(firstLunarYear - 1); ok {
		t.Error("the table has a year before its first")
	}
	if _, ok := lunar(firstLunarYear + len(lunarYears())); ok {
		t.Error("the table has a year after its last")
	}
}

// monthsFrom11 is the day on which each lunar month begins, by its number, from the 11th of a year on; leap months have none.
func monthsFrom11(year int) map[int]int {
	k, end := month11(year), month11(year+1)
	leap := end-k == 13
	months, number := map[int]int{11: dayOf(k)}, 11
	for k++; k < end; k++ {
		if leap && twelfth(dayOf(k)) == twelfth(dayOf(k+1)) {
			leap = false
			continue
		}
		number = number%12 + 1
		months[number] = dayOf(k)
	}
	return months
}

// month11 is the last new moon whose day is not after that of the winter solstice.
func month11(year int) int {
	solstice := dayNumber(time.Date(year, time.December, 15, 0, 0, 0, 0, time.UTC))
	for twelfth(solstice+1) != 9 { // 270 degrees are reached in the course of the day
		solstice++
	}
	k := int((float64(year) + 1 - 2000) * 12.3685)
	for k++; dayOf(k) > solstice; {
		k--
	}
	return k
}

// Days are numbered by their Julian day at noon, and are those at UTC+7.
func dayNumber(t time.Time) int      { return int(t.Unix()/86400) + 2440588 }
func dateOf(day int) time.Time       { return time.Unix(int64(day-2440588)*86400, 0).UTC() }
func dayOf(k int) int                { return int(math.Floor(newMoon(k) - deltaT + 0.5 + 7.0/24)) }
func midnightOf(day int) float64     { return float64(day) - 0.5 - 7.0/24 }
func sin(degrees float64) float64    { return math.Sin(degrees * math.Pi / 180) }
func twelfth(day int) int            { return int(sunLongitude(midnightOf(day)) / 30) }
func turned(degrees float64) float64 { return math.Mod(math.Mod(degrees, 360)+360, 360) }

// deltaT is dynamical time less universal time in days, about 75 s in these years.
const deltaT = 75.0 / 86400

func sunLongitude(jd float64) float64 {
	t := (jd + deltaT - 2451545) / 36525
	m := 357.52911 + 35999.05029*t - 0.0001537*t*t
	c := (1.914602-0.004817*t-0.000014*t*t)*sin(m) + (0.019993-0.000101*t)*sin(2*m) + 0.000289*sin(3*m)
	return turned(280.46646 + 36000.76983*t + 0.0003032*t*t + c - 0.00569 - 0.00478*sin(125.04-1934.136*t))
}

// newMoon is the k-th since January 2000, as a Julian day in dynamical time.
func newMoon(k int) float64 {
	n := float64(k)
	t := n / 1236.85
	jde := 2451550.09766 + 29.530588861*n + 0.00015437*t*t - 0.000000150*t*t*t + 0.00000000073*t*t*t*t
	e := 1 - 0.002516*t - 0.0000074*t*t
	m := 2.5534 + 29.10535670*n - 0.0000014*t*t - 0.00000011*t*t*t
	p := 201.5643 + 385.81693528*n + 0.0107582*t*t + 0.00001238*t*t*t - 0.000000058*t*t*t*t
	f := 160.7108 + 390.67050284*n - 0.0016118*t*t - 0.00000227*t*t*t + 0.000000011*t*t*t*t
	o := 124.7746 - 1.56375588*n + 0.0020672*t*t + 0.00000215*t*t*t
	for _, term := range []struct{ size, angle float64 }{
		{-0.40720, p}, {0.17241 * e, m}, {0.01608, 2 * p}, {0.01039, 2 * f}, {0.00739 * e, p - m}, {-0.00514 * e, p + m},
		{0.00208 * e * e, 2 * m}, {-0.00111, p - 2*f}, {-0.00057, p + 2*f}, {0.00056 * e, 2*p + m}, {-0.00042, 3 * p},
		{0.00042 * e, m + 2*f}, {0.00038 * e, m - 2*f}, {-0.00024 * e, 2*p - m}, {-0.00017, o}, {-0.00007, p + 2*m},
		{0.00004, 2*p - 2*f}, {0.00004, 3 * m}, {0.00003, p + m - 2*f}, {0.00003, 2*p + 2*f}, {-0.00003, p + m + 2*f},
		{0.00003, p - m + 2*f}, {-0.00002, p - m - 2*f}, {-0.00002, 3*p + m}, {0.00002, 4 * p},
		{0.000325, 299.77 + 0.107408*n - 0.009173*t*t}, {0.000165, 251.88 + 0.016321*n}, {0.000164, 251.83 + 26.651886*n},
		{0.000126, 349.42 + 36.412478*n}, {0.000110, 84.66 + 18.206239*n}, {0.000062, 141.74 + 53.303771*n},
		{0.000060, 207.14 + 2.453732*n}, {0.000056, 154.84 + 7.306860*n}, {0.000047, 34.52 + 27.261239*n},
		{0.000042, 207.19 + 0.121824*n}, {0.000040, 291.34 + 1.844379*n}, {0.000037, 161.72 + 24.198154*n},
		{0.000035, 239.56 + 25.513099*n}, {0.000023, 331.55 + 3.592518*n},
	} {
		jde += term.size * sin(term.angle)
	}
	return jde
}
