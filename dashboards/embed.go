// Package dashboards holds the web app: pages that show what each line does now, how its shift goes, and
// how every figure on them is computed. The sources are Svelte and TypeScript; `make build` turns them into
// dist, which is compiled into the collector, so that it serves its pages without a file beside it.
//
// A build without the web app is possible: dist then holds nothing but .keep.
package dashboards

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files is the built web app with index.html at its root. index.html is missing where the web app was not
// built before the Go program was.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // not possible: "dist" is a valid path
	}
	return files
}
