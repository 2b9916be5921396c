package collector

import (
	"cmp"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/influx"
)

func (i *Influx) late() time.Duration { return cmp.Or(i.Late.D(), lateMost) }

func (i *Influx) open(log *slog.Logger, planned func(line string, minute time.Time) bool, refused func(point, reason string)) (series.Store, error) {
	database, policy, _ := strings.Cut(i.Bucket, "/")
	opts := influx.Options{
		URL: i.URL, Database: database, RetentionPolicy: policy, Org: i.Org, Username: i.Username, Planned: planned,
		OnRefused: func(point string, err error) {
			log.Error("InfluxDB refuses a point; the ledger has it", "point", point, "error", err)
			refused(point, err.Error())
		},
	}
	if i.Org != "" {
		opts.Bucket = i.Bucket
	}
	var err error
	if opts.Password, err = secret(i.PasswordFile); err != nil {
		return nil, fmt.Errorf("influx: %w", err)
	}
	if opts.Token, err = secret(i.TokenFile); err != nil {
		return nil, fmt.Errorf("influx: %w", err)
	}
	return influx.Open(opts)
}
