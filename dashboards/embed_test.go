package dashboards

import (
	"io/fs"
	"testing"
)

// The root must be the inside of dist: a page asked for as /index.html is not at /dist/index.html.
func TestFilesBeginInsideDist(t *testing.T) {
	if _, err := fs.Stat(Files(), ".keep"); err != nil {
		t.Fatal(err)
	}
	if _, err := fs.Stat(Files(), "dist"); err == nil {
		t.Fatal("dist itself is in the file system, want its inside")
	}
}
