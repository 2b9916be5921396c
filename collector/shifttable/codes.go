package shifttable

import "github.com/lineproof/lineproof/collector/cells"

// What Check finds beside what cannot be in any table.
const (
	EndNotAfter     Code = "end_not_after_start"
	ShiftTooLong    Code = "shift_too_long"
	MoreThanMade    Code = "more_than_produced"
	SumTooLarge     Code = "good_and_scrap_more_than_produced"
	WorkedTooLong   Code = "worked_more_than_attended"
	AttendedTooMuch Code = "attended_more_than_possible"
)

// SameShift is what Read finds where two rows are of one shift.
const SameShift Code = "same_shift"

// hints say what to do about a shift log.
var hints = map[Code]string{
	cells.Empty:         "Choose the file with your shift log, or start from the template.",
	cells.TooLarge:      "Split the file, one for each year or line.",
	cells.TooManyRows:   "Split the file, one for each year or line.",
	cells.TooWide:       "Keep the shift log on a sheet of its own.",
	cells.NoHeader:      "Name the columns in one row among the first 20, as the template does, such as shift_start or Bắt đầu ca.",
	cells.MissingColumn: "Each row needs when its shift began and when it ended, date and time, in the columns shift_start and shift_end.",
	cells.IgnoredTotal:  "If it is a shift, write when it began.",
	cells.Missing:       "Every row needs when its shift began and when it ended.",
	cells.Negative:      "Write what was made, not a correction. Leave the cell empty if it is not known.",
	cells.NotWhole:      "Pieces and people are counted in whole numbers.",

	SameShift:       "Keep one of the rows, or say in machine, product or order how they differ.",
	EndNotAfter:     "A shift that goes past midnight ends on the next day.",
	ShiftTooLong:    "Write each shift in a row of its own, of at most 24 hours.",
	MoreThanMade:    "Produced counts everything that was made, good or not.",
	SumTooLarge:     "Produced counts everything that was made, good or not.",
	WorkedTooLong:   "Attended hours are all hours that people were there; worked hours are a part of them.",
	AttendedTooMuch: "Attended hours are those of all workers together, each for at most the shift.",
}
