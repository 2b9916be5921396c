package record

import (
	"fmt"
	"strings"
)

// Topic is the last part of an MQTT topic lineproof/v1/<gateway>/<topic>.
type Topic string

const (
	TopicBatch   Topic = "batch"   // sealed batches, QoS 1, from the gateway
	TopicLive    Topic = "live"    // Live as JSON, QoS 0, from the gateway
	TopicStatus  Topic = "status"  // Status as JSON, retained, from the gateway or its will
	TopicReceipt Topic = "receipt" // Receipt as JSON, QoS 1, to the gateway
)

const topicRoot = "lineproof/v1/"

// Of is the topic of one gateway.
func (t Topic) Of(gateway string) string { return topicRoot + gateway + "/" + string(t) }

// Filter is the subscription for every gateway's topic.
func (t Topic) Filter() string { return t.Of("+") }

// ParseTopic takes a topic apart; ok is false for any that is not Lineproof's.
func ParseTopic(s string) (gateway string, t Topic, ok bool) {
	rest, ok := strings.CutPrefix(s, topicRoot)
	if !ok {
		return "", "", false
	}
	gateway, last, ok := strings.Cut(rest, "/")
	if !ok || CheckName(gateway) != nil {
		return "", "", false
	}
	switch t = Topic(last); t {
	case TopicBatch, TopicLive, TopicStatus, TopicReceipt:
		return gateway, t, true
	}
	return "", "", false
}

// CheckName tells whether s can name a gateway, site, line, machine, device or signal: small letters,
// digits, - and _, at most 64, so that it goes unchanged into topics, tags, addresses and file names.
func CheckName(s string) error {
	if !isName(s) { // every batch is asked: a regular expression takes too long
		return fmt.Errorf("name %q: use 1 to 64 of a-z, 0-9, - and _, with a letter or digit at both ends", s)
	}
	return nil
}

func isName(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for n := range len(s) {
		c, inner := s[n], n > 0 && n < len(s)-1
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || inner && (c == '-' || c == '_')) {
			return false
		}
	}
	return true
}
