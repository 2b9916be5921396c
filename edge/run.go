package edge

import (
	"context"
	"time"
)

// poll reads one device and hands on what it said at now.
func (a *Agent) poll(ctx context.Context, d *device, now time.Time) {
	readings, err := d.read(ctx)
	if ctx.Err() != nil {
		return // it was cut off, which says nothing of the device
	}
	l, shown := d.judge(now, readings, err)
	shown = a.derive(&l, shown)
	a.take(d, l)
	if d.note(now, l) {
		a.publisher.StatusChanged()
	}
	a.publisher.Show(a.time.look().date(now), shown)
}

// take puts a look into the intake, and seals what is there when it has to be.
func (a *Agent) take(d *device, l look) {
	if a.intake.blocked(d.Name, l) {
		a.opts.Logger.Warn("time ran backwards", "device", d.Name, "to", l.at)
		a.seal()
	}
	if a.intake.add(d.Name, l) {
		a.seal()
	}
}

// batches seals what was collected at whole multiples of the batch period.
func (a *Agent) batches(ctx context.Context) {
	for {
		due := tick(a.opts.Clock.Now(), a.config.Uplink.Batch.D())
		if a.opts.Clock.SleepUntil(ctx, due) != nil {
			return
		}
		a.extendWatches()
		a.seal()
	}
}

// seal makes a batch of what was collected. What cannot be stored now waits for the next time.
func (a *Agent) seal() {
	if err := a.sealer.seal(a.intake.take(false)...); err != nil {
		a.opts.Logger.Error("a batch could not be stored; its readings wait in memory", "error", err)
	}
}

// finish seals everything, with the windows that have not ended.
func (a *Agent) finish() error {
	a.extendWatches()
	for _, d := range a.devices {
		a.intake.append(d.flush())
	}
	a.intake.append(a.deriver.flush())
	return a.sealer.seal(a.intake.take(true)...)
}
