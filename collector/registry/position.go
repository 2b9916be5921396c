package registry

import (
	"context"
	"fmt"

	"github.com/lineproof/lineproof/internal/sqlitecopy"
)

// Position is Next of a file that lies somewhere as a copy: it is read as it is, its tables are not brought up
// to date.
func Position(ctx context.Context, path string) (next uint64, err error) {
	db, err := sqlitecopy.Open(path)
	if err != nil {
		return 0, fmt.Errorf("read position in %s: %w", path, err)
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, `SELECT next FROM position`).Scan(&next); err != nil {
		return 0, fmt.Errorf("read position in %s: %w", path, err)
	}
	return next, nil
}
