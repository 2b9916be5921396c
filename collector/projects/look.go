package projects

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/lineproof/lineproof/collector/programme"
)

// How far back evidence is looked at, and how often.
const (
	lookBack   = 28 * 24 * time.Hour
	lookAgain  = 10 * time.Minute
	mostMonths = 24 // of a line in the index
	rests      = 2  // times as long as reading a month took, so that pages come first
)

// ErrNoLine is a Plant's answer for a line that there is not.
var ErrNoLine = errors.New("there is no such line")

// Plant is where lines are measured.
type Plant interface {
	// Lines are the lines that gateways read.
	Lines() []string
	// Watched says how a line's evidence is since a time, but for its findings.
	Watched(ctx context.Context, line string, since time.Time) (programme.Watched, error)
	// Findings counts what speaks against the line's figures since a time.
	Findings(ctx context.Context, line string, since time.Time) (int, error)
	// Made is what the line made in a month by its own clock; nil where too little of it was seen.
	Made(ctx context.Context, line string, year int, month time.Month) ([]programme.Made, error)
	// Months are those of which the line has data, the first one first.
	Months(ctx context.Context, line string) ([]time.Time, error)
}

// seen is what was last seen of the lines. Looking takes minutes of a month's readings, and so pages show the last look.
type seen struct {
	mu     sync.Mutex
	lines  map[string]programme.Watched
	made   map[string]map[string][]programme.Made // by line and month
	ask    chan struct{}
	looked time.Time
}

func newSeen() seen {
	return seen{lines: map[string]programme.Watched{}, made: map[string]map[string][]programme.Made{}, ask: make(chan struct{}, 1)}
}

// wake has the lines looked at soon.
func (b *Book) wake() {
	select {
	case b.seen.ask <- struct{}{}:
	default: // that is asked for already
	}
}

// Run looks at the lines again and again until ctx ends. failed is told what could not be read.
func (b *Book) Run(ctx context.Context, plant Plant, failed func(error)) error {
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		if err := b.Look(ctx, plant); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		case <-b.seen.ask:
		}
	}
}

// Look sees how the evidence of all lines is: of those that projects name, and of those that gateways read. What costs
// most, findings, comes last.
func (b *Book) Look(ctx context.Context, plant Plant) error {
	all, err := b.All(ctx)
	if err != nil {
		return err
	}
	lines := map[string]bool{}
	for _, id := range plant.Lines() {
		lines[id] = false
	}
	for _, p := range all {
		for _, id := range p.Lines {
			lines[id] = true
		}
	}
	since := b.clock.Now().Add(-lookBack)
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(lines)) {
		errs = append(errs, b.lookAt(ctx, plant, id, since), b.lookAtMonths(ctx, plant, id))
	}
	for _, id := range slices.Sorted(maps.Keys(lines)) {
		if lines[id] {
			errs = append(errs, b.judge(ctx, plant, id, since))
		}
	}
	b.seen.mu.Lock()
	defer b.seen.mu.Unlock()
	b.seen.looked = b.clock.Now().UTC()
	return errors.Join(errs...)
}

func (b *Book) lookAt(ctx context.Context, plant Plant, line string, since time.Time) error {
	w, err := plant.Watched(ctx, line, since)
	if errors.Is(err, ErrNoLine) {
		w, err = programme.Watched{Line: line, Health: "unknown", Since: since.UTC()}, nil
	}
	if err != nil {
		return fmt.Errorf("evidence of line %s: %w", line, err)
	}
	b.seen.mu.Lock()
	defer b.seen.mu.Unlock()
	w.Findings = b.seen.lines[line].Findings // until they are looked for again
	b.seen.lines[line] = w
	return nil
}

// lookAtMonths reads what a line made month by month. A month that is over is read once.
func (b *Book) lookAtMonths(ctx context.Context, plant Plant, line string) error {
	months, err := plant.Months(ctx, line)
	if errors.Is(err, ErrNoLine) {
		return nil
	}
	months = months[max(0, len(months)-mostMonths):]
	for n, month := range months {
		key := month.Format("2006-01")
		b.seen.mu.Lock()
		_, there := b.seen.made[line][key]
		b.seen.mu.Unlock()
		if there && n < len(months)-2 { // the last but one may still get late figures
			continue
		}
		begun := time.Now()
		made, err := plant.Made(ctx, line, month.Year(), month.Month())
		if err != nil {
			return fmt.Errorf("output of line %s in %s: %w", line, key, err)
		}
		b.keep(line, key, made)
		if err := rest(ctx, rests*time.Since(begun)); err != nil {
			return err
		}
	}
	return err
}

// rest lets others work for a while.
func rest(ctx context.Context, d time.Duration) error {
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-over.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *Book) keep(line, month string, made []programme.Made) {
	b.seen.mu.Lock()
	defer b.seen.mu.Unlock()
	if b.seen.made[line] == nil {
		b.seen.made[line] = map[string][]programme.Made{}
	}
	b.seen.made[line][month] = made
}

func (b *Book) judge(ctx context.Context, plant Plant, line string, since time.Time) error {
	n, err := plant.Findings(ctx, line, since)
	if errors.Is(err, ErrNoLine) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("findings of line %s: %w", line, err)
	}
	b.seen.mu.Lock()
	defer b.seen.mu.Unlock()
	w := b.seen.lines[line]
	w.Findings = &n
	b.seen.lines[line] = w
	return nil
}

// watched is what was last seen of each line, and when.
func (b *Book) watched() (map[string]programme.Watched, *time.Time) {
	b.seen.mu.Lock()
	defer b.seen.mu.Unlock()
	if b.seen.looked.IsZero() {
		return maps.Clone(b.seen.lines), nil
	}
	at := b.seen.looked
	return maps.Clone(b.seen.lines), &at
}

func (b *Book) allMade() (all []programme.Made) {
	b.seen.mu.Lock()
	defer b.seen.mu.Unlock()
	for _, line := range slices.Sorted(maps.Keys(b.seen.made)) {
		for _, month := range slices.Sorted(maps.Keys(b.seen.made[line])) {
			all = append(all, b.seen.made[line][month]...)
		}
	}
	return all
}
