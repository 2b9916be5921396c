package collector

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lineproof/lineproof/collector/registry"
)

// OpenRegistry opens the registry of a collector that ran, which may run meanwhile.
func OpenRegistry(ctx context.Context, cfg Config) (*registry.Registry, error) {
	file := filepath.Join(cfg.Dir, registryName)
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("open registry: %w", err)
	}
	return registry.Open(ctx, file)
}
