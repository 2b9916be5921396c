package record

import "testing"

func TestOnlyIntervals(t *testing.T) {
	for _, tt := range []struct {
		filter string
		want   bool
	}{
		{Interval{Site: "tan-thinh-phat", Line: "block-line", Machine: "press"}.Topic(), true},
		{"lineproof/v1/tan-thinh-phat/block-line/press/interval", true},
		{IntervalFilter(), true},
		{"lineproof/v1/tan-thinh-phat/+/+/interval", true},
		{"lineproof/v1/+/+/+/+", false},
		{"lineproof/v1/tan-thinh-phat/#", false},
		{"lineproof/v1/+/+/interval", false},
		{"lineproof/v1/a/b/c/d/interval", false},
		{"lineproof/v1/Site/line/press/interval", false},
		{"lineproof/v1//line/press/interval", false},
		{"$share/x/" + IntervalFilter(), false},
		{TopicBatch.Filter(), false},
		{"#", false},
		{"", false},
	} {
		if got := OnlyIntervals(tt.filter); got != tt.want {
			t.Errorf("%q: %v, want %v", tt.filter, got, tt.want)
		}
		if _, _, ok := ParseTopic(tt.filter); ok && tt.want {
			t.Errorf("%q is a gateway's too", tt.filter)
		}
	}
}
