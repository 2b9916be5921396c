package ledger

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// half are the names of what tessera writes before it gives it its own: that name and a random number. Tiles and
// bundles have three digits, their unfinished forms at most three.
var half = regexp.MustCompile(`^(x?\d{4,}|(checkpoint|treeState)\d+)$`)

// sweep removes what was written to a full disk and never came to its name: each try leaves some behind, and takes
// up room that the next one needs. What cannot be removed stays.
func (l *Ledger) sweep() {
	_ = filepath.WalkDir(filepath.Join(l.dir, "log"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && half.MatchString(d.Name()) {
			_ = os.Remove(path)
		}
		return nil
	})
}
