package influx

import (
	"context"
	"fmt"
)

// Drop removes all measurements. InfluxDB 1.8 can; 2.x and 3 refuse this statement, and say so.
func (s *Store) Drop(ctx context.Context) error {
	for _, measurement := range []string{signalMeasurement, bucketMeasurement, longMeasurement, intervalMeasurement} {
		for _, err := range s.rows(ctx, "DROP MEASUREMENT "+ident(measurement)) {
			if err != nil {
				return fmt.Errorf("drop series: %w", err)
			}
		}
	}
	s.rollers.forget()
	return nil
}
