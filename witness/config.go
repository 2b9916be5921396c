package witness

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"

	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/internal/strictyaml"
)

// Config is what a witness is told.
type Config struct {
	Listen  string   `yaml:"listen"`  // host:port
	Dir     string   `yaml:"dir"`     // key and memory; made by Init
	Ledgers []string `yaml:"ledgers"` // whose checkpoints are cosigned: their keys, in the form of C2SP signed notes, named by the origin

	verifiers []note.Verifier
}

// DefaultListen is where requests are taken when the configuration does not say.
const DefaultListen = "127.0.0.1:8090"

// Load reads a witness's configuration. An error names every mistake with its file, line and column.
func Load(file string) (Config, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return Config{}, fmt.Errorf("read configuration: %w", err)
	}
	c := Config{Listen: DefaultListen}
	doc := strictyaml.Parse(file, src)
	if err := doc.Err(); err != nil {
		return Config{}, err
	}
	root := doc.Root()
	root.Decode(&c)
	c.validate(root.Mistake)
	return c, doc.Err()
}

func (c *Config) validate(mistake func(path []string, message, hint string)) {
	if c.Dir == "" {
		mistake([]string{"dir"}, "`dir` is missing", "name the folder that `lineproof witness init` made, such as dir: /var/lib/lineproof-witness")
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		mistake([]string{"listen"}, fmt.Sprintf("%q is not host:port", c.Listen), "such as listen: "+DefaultListen)
	}
	if len(c.Ledgers) == 0 {
		mistake([]string{"ledgers"}, "no ledger is watched", "add the line that `lineproof serve` prints after ledger:, such as - collector.example/lineproof+0a1b2c3d+AQ...")
	}
	seen := map[string]bool{}
	for i, key := range c.Ledgers {
		at := []string{"ledgers", strconv.Itoa(i)}
		v, err := note.NewVerifier(key)
		switch {
		case err != nil:
			mistake(at, fmt.Sprintf("%q is not the key of a ledger", key), "copy the whole line that `lineproof serve` prints after ledger:, name+number+letters")
			continue
		case len(url.PathEscape(v.Name())) > 200: // it names a file
			mistake(at, "the ledger's name is too long", "")
			continue
		case seen[v.Name()]:
			mistake(at, v.Name()+" is watched already", "a ledger has one key; remove the line that is not its own")
			continue
		}
		seen[v.Name()] = true
		c.verifiers = append(c.verifiers, v)
	}
}
