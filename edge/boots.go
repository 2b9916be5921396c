package edge

import (
	"log/slog"
	"slices"
	"strings"

	"github.com/lineproof/lineproof/internal/durable"
	"github.com/lineproof/lineproof/record"
)

// mostBoots is how many of its last boots a gateway remembers.
const mostBoots = 16

// boots are those under which this gateway ran, the last one last. By them it tells its own lost batches from those
// of another gateway that runs with a copy of its memory card.
type boots struct {
	all []record.Boot
}

// openBoots adds the present boot to those in the file.
func openBoots(path string, now record.Boot, log *slog.Logger) *boots {
	b := &boots{}
	text, err := durable.ReadChecked(path)
	if err == nil {
		for _, line := range strings.Fields(string(text)) {
			var one record.Boot
			if one.UnmarshalText([]byte(line)) == nil {
				b.all = append(b.all, one)
			}
		}
	}
	if now.IsZero() || b.own(now) {
		return b
	}
	b.all = append(b.all, now)
	b.all = b.all[max(len(b.all)-mostBoots, 0):]
	var lines strings.Builder
	for _, one := range b.all {
		lines.WriteString(one.String() + "\n")
	}
	if err := durable.WriteChecked(path, []byte(lines.String())); err != nil {
		log.Warn("the gateway's boots cannot be kept", "error", err)
	}
	return b
}

func (b *boots) own(one record.Boot) bool {
	return !one.IsZero() && slices.Contains(b.all, one)
}
