package web

import (
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// packings are how the web app's build packs its files, the smallest first.
var packings = []struct{ encoding, ending string }{{"br", ".br"}, {"gzip", ".gz"}}

// packed gives the file that is sent for one of the web app's: as the build has packed it, which is smaller than a program packs
// while somebody waits, and no work for each reader. It is the file itself where the reader cannot unpack, or none is packed.
func packed(h http.Header, r *http.Request, files fs.FS, name string) string {
	h.Set("Vary", "Accept-Encoding")
	for _, p := range packings {
		if _, err := fs.Stat(files, name+p.ending); err == nil && accepts(r, p.encoding) {
			h.Set("Content-Encoding", p.encoding)
			h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
			return name + p.ending
		}
	}
	return name
}

// accepts tells whether a browser can unpack an encoding. What it would rather have makes no difference.
func accepts(r *http.Request, encoding string) bool {
	for one := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.ReplaceAll(one, " ", ""), ";")
		if strings.EqualFold(name, encoding) {
			return strings.Trim(strings.TrimPrefix(quality, "q="), "0.") != "" || quality == ""
		}
	}
	return false
}
