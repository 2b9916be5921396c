package record

// lunarYear is where two days of the Vietnamese lunar calendar lie in a year, as month and day.
type lunarYear struct{ tet, hungKings [2]int }

// lunarYears has the 1st of the 1st and the 10th of the 3rd lunar month from firstLunarYear on. The months begin with the
// new moon at 105° east (UTC+7), so that some lie a day before those of China.
func lunarYears() []lunarYear {
	return []lunarYear{
		{[2]int{2, 19}, [2]int{4, 28}}, // 2015
		{[2]int{2, 8}, [2]int{4, 16}},  // 2016
		{[2]int{1, 28}, [2]int{4, 6}},  // 2017
		{[2]int{2, 16}, [2]int{4, 25}}, // 2018
		{[2]int{2, 5}, [2]int{4, 14}},  // 2019
		{[2]int{1, 25}, [2]int{4, 2}},  // 2020
		{[2]int{2, 12}, [2]int{4, 21}}, // 2021
		{[2]int{2, 1}, [2]int{4, 10}},  // 2022
		{[2]int{1, 22}, [2]int{4, 29}}, // 2023
		{[2]int{2, 10}, [2]int{4, 18}}, // 2024
		{[2]int{1, 29}, [2]int{4, 7}},  // 2025
		{[2]int{2, 17}, [2]int{4, 26}}, // 2026
		{[2]int{2, 6}, [2]int{4, 16}},  // 2027
		{[2]int{1, 26}, [2]int{4, 4}},  // 2028
		{[2]int{2, 13}, [2]int{4, 23}}, // 2029
		{[2]int{2, 2}, [2]int{4, 12}},  // 2030
		{[2]int{1, 23}, [2]int{4, 1}},  // 2031
		{[2]int{2, 11}, [2]int{4, 19}}, // 2032
		{[2]int{1, 31}, [2]int{4, 9}},  // 2033
		{[2]int{2, 19}, [2]int{4, 28}}, // 2034
		{[2]int{2, 8}, [2]int{4, 17}},  // 2035
		{[2]int{1, 28}, [2]int{4, 6}},  // 2036
		{[2]int{2, 15}, [2]int{4, 24}}, // 2037
		{[2]int{2, 4}, [2]int{4, 13}},  // 2038
		{[2]int{1, 24}, [2]int{4, 3}},  // 2039
		{[2]int{2, 12}, [2]int{4, 20}}, // 2040
		{[2]int{2, 1}, [2]int{4, 10}},  // 2041
		{[2]int{1, 22}, [2]int{4, 29}}, // 2042
		{[2]int{2, 10}, [2]int{4, 19}}, // 2043
		{[2]int{1, 30}, [2]int{4, 7}},  // 2044
		{[2]int{2, 17}, [2]int{4, 26}}, // 2045
		{[2]int{2, 6}, [2]int{4, 15}},  // 2046
		{[2]int{1, 26}, [2]int{4, 4}},  // 2047
		{[2]int{2, 14}, [2]int{4, 22}}, // 2048
		{[2]int{2, 2}, [2]int{4, 11}},  // 2049
		{[2]int{1, 23}, [2]int{4, 1}},  // 2050
	}
}

const firstLunarYear = 2015

// lunar is the year's entry; ok is false outside the table.
func lunar(year int) (y lunarYear, ok bool) {
	all := lunarYears()
	if year < firstLunarYear || year >= firstLunarYear+len(all) {
		return y, false
	}
	return all[year-firstLunarYear], true
}
