package influx

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/influxdata/line-protocol/v2/lineprotocol"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// packedField holds a bucket as series.BucketRow.Pack writes it: one column of many rows is read much faster than
// fourteen. The others are for queries of people's own.
const packedField = "packed"

// signalTag is the tag of a bucket that names its signal within the device; readings have a field instead.
const signalTag = "signal"

// Buckets gives kept buckets in order of time.
func (s *Store) Buckets(ctx context.Context, q series.Query) iter.Seq2[series.Bucket, error] {
	var w where
	w.equal("site", q.Site)
	w.equal("line", q.Line)
	var signals []string
	for _, signal := range q.Signals {
		device, name := series.SplitSignal(signal)
		signals = append(signals, fmt.Sprintf("(%s AND %s)", exactly("device", device), exactly(signalTag, name)))
	}
	if len(signals) > 0 {
		w = append(w, "("+strings.Join(signals, " OR ")+")")
	}
	w.between(q)
	if q.Long {
		return s.buckets(ctx, longMeasurement, series.LongSpan, w)
	}
	return s.buckets(ctx, bucketMeasurement, series.BucketSpan, w)
}

func (s *Store) buckets(ctx context.Context, measurement string, span time.Duration, w where) iter.Seq2[series.Bucket, error] {
	statement := "SELECT " + ident(packedField) + " FROM " + ident(measurement) + w.String()
	buckets := decoded(s.rows(ctx, statement), "buckets", func(row []any) (series.Bucket, error) { return bucketOf(row, span) })
	return inOrder(buckets, func(b series.Bucket) time.Time { return b.Start },
		func(a, b series.Bucket) int { return a.FirstAt.Compare(b.FirstAt) })
}

func bucketOf(columns []any, span time.Duration) (b series.Bucket, err error) {
	start, err := number(columns[0])
	if err != nil {
		return b, err
	}
	row, err := series.UnpackBucketRow(text(columns[1]))
	if err != nil {
		return b, err
	}
	return row.Bucket(start, span)
}

// bucket adds one bucket.
func (l *lines) bucket(b series.PlacedBucket) {
	measurement := bucketMeasurement
	if b.End.Sub(b.Start) == series.LongSpan {
		measurement = longMeasurement
	}
	l.start(measurement)
	_, name := series.SplitSignal(b.Signal)
	l.tag("device", b.Place.Device)
	l.tag("line", b.Place.Line)
	l.tag("machine", b.Place.Machine)
	l.tag(signalTag, name)
	l.tag("site", b.Place.Site)
	l.line.AddField("n", lineprotocol.IntValue(b.Count))
	if mean, ok := b.Mean(); ok {
		for _, f := range []struct {
			name  string
			value float64
		}{{"low", b.Min}, {"high", b.Max}, {"mean", mean}} {
			v, _ := lineprotocol.FloatValue(f.value) // a bucket's are finite
			l.line.AddField(f.name, v)
		}
	}
	packed := b.Row().Pack()
	v, _ := lineprotocol.StringValue(packed) // readings whose text cannot be said are refused
	l.field(packedField, v, packed)
	if err := l.end(b.Start, point{}); err != nil {
		l.refused(fmt.Sprintf("bucket of %s at %s", b.Signal, b.Start.Format(time.RFC3339)), err)
	}
}

// ground is the store as a series.Roller sees it.
type ground struct{ *Store }

var _ series.Ground = ground{}

// Rolled asks for the newest of both measurements.
func (g ground) Rolled(ctx context.Context, of series.Placed) (to, newest time.Time, err error) {
	_, name := series.SplitSignal(of.Signal)
	w := placed(of.Place)
	if to, err = g.newest(ctx, []string{"n"}, bucketMeasurement, append(w, exactly(signalTag, name))); err != nil {
		return to, newest, err
	}
	if !to.IsZero() {
		to = to.Add(series.BucketSpan)
	}
	newest, err = g.newest(ctx, []string{fieldName(name), fieldName(name) + qualitySuffix}, signalMeasurement, w)
	return to, newest, err
}

func (g ground) newest(ctx context.Context, columns []string, measurement string, w where) (t time.Time, err error) {
	statement := "SELECT " + idents(columns) + " FROM " + ident(measurement) + w.String() + " ORDER BY time DESC LIMIT 1"
	for row, err := range g.rows(ctx, statement) {
		if err != nil {
			return t, err
		}
		ms, err := number(row[0])
		return time.UnixMilli(ms).UTC(), err
	}
	return t, nil
}

// ReadingsOf reads the signal's own fields at its place.
func (g ground) ReadingsOf(ctx context.Context, of series.Placed, from, to time.Time) iter.Seq2[record.Reading, error] {
	w := placed(of.Place)
	q := series.Query{Signals: []string{of.Signal}, From: from, To: to}
	w.between(q)
	return g.readings(ctx, q, w)
}

// BucketsOf reads the signal's own at its place.
func (g ground) BucketsOf(ctx context.Context, of series.Placed, from, to time.Time) iter.Seq2[series.Bucket, error] {
	_, name := series.SplitSignal(of.Signal)
	w := append(placed(of.Place), exactly(signalTag, name))
	w.between(series.Query{From: from, To: to})
	return g.buckets(ctx, bucketMeasurement, series.BucketSpan, w)
}

// Keep writes buckets over what is there. That one is too old to be kept was said of its readings.
func (g ground) Keep(ctx context.Context, buckets []series.PlacedBucket) error {
	l := newLines(func(point string, err error) {
		if !expired(err) {
			g.opts.OnRefused(point, err)
		}
	})
	for _, b := range buckets {
		l.bucket(b)
	}
	return g.sendAll(ctx, l)
}

// placed selects one place and no other; a tag that is not there equals ”.
func placed(p series.Place) where {
	return where{exactly("site", p.Site), exactly("line", p.Line), exactly("machine", p.Machine), exactly("device", p.Device)}
}

func exactly(tag, value string) string { return ident(tag) + " = " + literal(value) }
