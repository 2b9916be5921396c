package web

import (
	"bytes"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// packings are how the web app's build packs its files, the smallest first.
var packings = []struct{ encoding, ending string }{{"br", ".br"}, {"gzip", ".gz"}}

// sendPacked sends a file of the web app as its build has packed it: smaller than a program packs while somebody waits, and
// without work for each reader. It is false, and nothing is sent, where the reader cannot unpack or the file is not packed.
func sendPacked(w http.ResponseWriter, r *http.Request, files fs.FS, name string) bool {
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	for _, p := range packings {
		if !accepts(r, p.encoding) {
			continue
		}
		content, err := fs.ReadFile(files, name+p.ending)
		if err != nil {
			continue
		}
		h.Set("Content-Encoding", p.encoding)
		h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
		return true
	}
	return false
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
