package influx

import (
	"fmt"
	"strings"
)

// Names of the measurements.
const (
	signalMeasurement   = "signal"
	intervalMeasurement = "interval"
	bucketMeasurement   = "signal_15m"
	longMeasurement     = "signal_1h"
)

// What is appended to a signal's field for what its value does not say.
const (
	qualitySuffix = ".quality"
	minSuffix     = ".min"
	maxSuffix     = ".max"
	countSuffix   = ".n"
	spanSuffix    = ".span_ms"
)

// suffixes lists all of them, in the order of field.
func suffixes() []string {
	return []string{qualitySuffix, minSuffix, maxSuffix, countSuffix, spanSuffix}
}

// fieldName is the field of a signal within its device.
func fieldName(name string) string {
	if reserved(name) {
		return name + "_"
	}
	return name
}

// signalName undoes fieldName.
func signalName(field string) string {
	if short, ok := strings.CutSuffix(field, "_"); ok && reserved(short) {
		return short
	}
	return field
}

// reserved tells whether InfluxDB would take a field of this name for something else, or fieldName for another's.
func reserved(name string) bool {
	switch strings.TrimRight(name, "_") {
	case "time", "site", "line", "machine", "device":
		return true
	}
	return false
}

// checkName refuses signals that would be read back as a part of another one.
func checkName(name string) error {
	if !strings.Contains(name, ".") { // as all that follow record.CheckName
		return nil
	}
	for _, suffix := range suffixes() {
		if strings.HasSuffix(name, suffix) {
			return fmt.Errorf("signal %q: its ending %q is kept for what a reading says beside its value", name, suffix)
		}
	}
	return nil
}

// baseOf is the signal's field that a field belongs to.
func baseOf(field string) string {
	for _, suffix := range suffixes() {
		if base, ok := strings.CutSuffix(field, suffix); ok {
			return base
		}
	}
	return field
}
