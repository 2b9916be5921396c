package plausible

import "time"

// Limits are from where on figures are a finding. Each is set so that the honest plants of the tests stay far from it, and
// what it looks for goes far beyond.
type Limits struct {
	// SilentRejects is how many rejects must be missing, by the product's own rate, for none to be a finding. Shifts
	// differ by more than chance: in one with a fifth of the usual rate, none of 50 still has a chance of e^-10.
	SilentRejects float64
	// SilentStated is the same by a stated rate, where the product never had any: a line may be ten times as good as
	// was asked of it, and then none of 300 has a chance of e^-30.
	SilentStated float64

	// FewCycles is from how many cycles on an hour can be judged: with fewer, one cycle more or less decides.
	FewCycles float64
	// ManyHours is how many hours say what is usual for a machine.
	ManyHours int

	// ShortCycle is the part of the planned cycle, and of the machine's own median, below which no cycle is believed.
	// Plans are kept with a reserve of a tenth or a fifth; a counter that counts twice gives a half.
	ShortCycle float64
	// RestCycles is from how many cycles an hour on counts of a machine at rest are a finding: a cycle that ends as a
	// stop begins may be read in the minute after it, and somebody may try the machine by hand.
	RestCycles float64

	// RegularFor is how long counts must be even, and RegularCycles of how many cycles. Real lines stop for a moment
	// more often than once in three hours.
	RegularFor    time.Duration
	RegularCycles float64
	// RegularBand is how many cycles counts may be away from a straight line, from the least to the most. Those of a
	// generator are within 1, and a fraction more for the time between two polls. A cycle that varies by 3 per cent
	// wanders over 2 in three hours.
	RegularBand float64

	// IdleEnergy is the part of the way from the energy at rest to that of production that an hour with output must
	// have used at least. Between products and days honest hours differ by a fifth.
	IdleEnergy float64
	// BlindRatio is how much more than at rest a machine must use at work for energy to say anything, and BlindHours is
	// how many hours of each it takes to say that it does not.
	BlindRatio float64
	BlindHours int
	// BusyEnergy is the part of the same way from which on a machine without output uses the energy of production, and
	// BusyHours for how many hours: warming up and washing take less.
	BusyEnergy float64
	BusyHours  int

	// StepErrors is how many of its standard errors a step must measure. Hours of a shift are alike, so that standard
	// errors from hours are up to twice too small: 6 is at least 3.
	StepErrors float64

	// YieldSlack is by how much more than what went in may come out, for the scales' errors and what lay between them.
	YieldSlack float64

	// FrozenHours is for how many running hours a gauge must stand still, FrozenRun for how long the machine must run
	// in an hour that counts, and FrozenUsual in which part of its other hours the gauge moves.
	FrozenHours int
	FrozenRun   time.Duration
	FrozenUsual float64

	// MiscountShare is by how much people who count a sample are wrong.
	MiscountShare float64
}

// Standard are the limits that findings are made with.
func Standard() Limits {
	return Limits{
		SilentRejects: 50, SilentStated: 300,
		FewCycles: 20, ManyHours: 12,
		ShortCycle: 0.7, RestCycles: 10,
		RegularFor: 3 * time.Hour, RegularCycles: 200, RegularBand: 1.5,
		IdleEnergy: 0.5, BlindRatio: 1.15, BlindHours: 24,
		BusyEnergy: 0.5, BusyHours: 3,
		StepErrors:  6,
		YieldSlack:  0.02,
		FrozenHours: 3, FrozenRun: 30 * time.Minute, FrozenUsual: 0.9,
		MiscountShare: 0.005,
	}
}
