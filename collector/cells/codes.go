package cells

// Code names what is wrong, for translation.
type Code string

// What keeps a file from being read at all.
const (
	Empty       Code = "empty"
	TooLarge    Code = "too_large"
	TooManyRows Code = "too_many_rows"
	TooWide     Code = "too_wide"
	OldWorkbook Code = "old_workbook"
	BadWorkbook Code = "bad_workbook"
	NotUTF8     Code = "not_utf8"
	NoHeader    Code = "no_header"
)

// What is wrong with a header, or with the file as a whole.
const (
	UnknownColumn Code = "unknown_column" // warning
	UnnamedColumn Code = "unnamed_column" // warning
	IgnoredSheet  Code = "ignored_sheet"  // warning
	SameColumn    Code = "same_column"    // twice
	MissingColumn Code = "missing_column" // a shift without its times
	UnitMissing   Code = "unit_missing"   // kg or tonnes?
	UnitWrong     Code = "unit_wrong"     // not the column's
	MoreProblems  Code = "more_problems"  // than are told; Value says how many
	IgnoredTotal  Code = "ignored_total"  // warning: a row of sums
	TornRow       Code = "torn_row"       // quotes that do not match
	TooManyCells  Code = "too_many_cells" // more than the header has
	MergedCells   Code = "merged_cells"   // the value of which row?
	NoResult      Code = "no_result"      // a formula that was not computed, or that failed
	BecameDate    Code = "became_date"    // what was typed became a date
	DigitsLost    Code = "digits_lost"    // a long code that became a number
	NotANumber    Code = "not_a_number"
	Thousands     Code = "thousands" // separators between them
	Ambiguous     Code = "ambiguous" // 1234 or 1.234?
	NotATime      Code = "not_a_time"
	NotADay       Code = "not_a_day"
	NotAChoice    Code = "not_a_choice" // of the texts that the column takes
	DayOrMonth    Code = "day_or_month" // which stands first?
	TimeMissing   Code = "time_missing" // a date alone
	TimeTwice     Code = "time_twice"   // the clock was set back
	TimeSkipped   Code = "time_skipped" // the clock was set forward
)

// What Each finds; Read finds it too.
const (
	Missing        Code = "missing" // for a form's Check
	DateFarOff     Code = "date_far_off"
	TimeTooFine    Code = "time_too_fine"
	Negative       Code = "negative"
	NotWhole       Code = "not_whole" // Read only, for a row holds whole ones
	NumberTooLarge Code = "number_too_large"
	NotARatio      Code = "not_a_ratio"
	TextTooLong    Code = "text_too_long"
	TextUntidy     Code = "text_untidy"
)

func (f Form[R]) hint(code Code) string {
	if own, ok := f.Hints[code]; ok {
		return own
	}
	return hints[code]
}

// hints say what to do, where a form does not say it itself.
var hints = map[Code]string{
	Empty:       "Choose the file with your table, or start from the template.",
	TooLarge:    "Split the file.",
	TooManyRows: "Split the file.",
	TooWide:     "Keep the table on a sheet of its own.",
	OldWorkbook: "Open it, choose Save as, Excel workbook (.xlsx), without a password.",
	BadWorkbook: "Open it in your spreadsheet program and save it again as .xlsx, or save it as CSV UTF-8.",
	NotUTF8:     "Save it as CSV UTF-8, Unicode text, or .xlsx, so that letters with diacritics stay what they are.",
	NoHeader:    "Name the columns in one row among the first 20, as the template does.",

	UnknownColumn: "Rename the column as in the template if it should be read.",
	UnnamedColumn: "Give the column a name in the header if it should be read.",
	IgnoredSheet:  "Put all rows on one sheet, or send each sheet as a file.",
	SameColumn:    "Keep one of the two columns.",
	MissingColumn: "Add the column, as in the template.",
	UnitMissing:   "Write the unit beside the column's name, such as Nguyên liệu (kg) or Điện (kWh).",
	UnitWrong:     "Convert the figures to the column's unit and write that beside its name.",
	MoreProblems:  "Mend these first and read the file again.",
	IgnoredTotal:  "If it is no total, fill in its first column.",
	TornRow:       `Put a text with quotes in quotes, and double each quote within: "say ""hello""".`,
	TooManyCells:  `Put a figure or text that holds the separator in quotes: "12,5".`,
	MergedCells:   "Unmerge the cells and write the value in each row.",
	NoResult:      "Write the value itself, or open the file in your spreadsheet program and save it again.",
	BecameDate:    "The spreadsheet took what was typed for a date. Format the column as number or text and type it again.",
	DigitsLost:    "Format the column as text and type the value again.",
	NotANumber:    "Write the figure alone, or leave the cell empty if it is not known.",
	Thousands:     "Write the figure without separators: 1234567.",
	Ambiguous:     "Write 1234 for the whole number, or more or fewer than three decimals for the fraction: 1.2340.",
	NotATime:      "Write it as 2026-03-31 06:00 or, day first, 31/03/2026 06:00.",
	NotADay:       "Write it as 2026-03-31 or, day first, 31/03/2026.",
	NotAChoice:    "Write one of the values that the template names on its second sheet.",
	DayOrMonth:    "Other dates of this file have the month first. Write all as 2026-03-31 06:00, or all with the day first.",
	TimeMissing:   "Write the time of day too: 31/03/2026 06:00.",
	TimeTwice:     "Clocks were set back, so this time came twice. Write the offset too: 2026-10-25T02:30:00+01:00.",
	TimeSkipped:   "Clocks were set forward, so this time never was. Look it up again.",

	Missing:        "Fill in the cell.",
	DateFarOff:     "Look at the year.",
	TimeTooFine:    "Write times in whole seconds.",
	Negative:       "Leave the cell empty if it is not known.",
	NotWhole:       "Write a whole number.",
	NumberTooLarge: "Look at the digits.",
	NotARatio:      "Write a part of 1, such as 0.95, or percent with its sign: 95%.",
	TextTooLong:    "Shorten the text.",
	TextUntidy:     "Remove spaces around it and characters that cannot be seen.",
}
