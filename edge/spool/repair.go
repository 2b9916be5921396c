package spool

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/lineproof/lineproof/internal/durable"
)

// mostDamaged is how many damaged segments are kept for whoever wants to look into them.
const mostDamaged = 4

// load reads one segment with the numbers over after, and repairs it as far as the disk lets it; nil
// where nothing in it can be read.
func (s *Spool) load(path string, after uint64, last bool) *segment {
	data, err := os.ReadFile(path)
	if err != nil {
		s.opts.Logger.Error("a segment of the spool cannot be read and is set aside", "segment", path, "error", err)
		s.warn("set aside", path, os.Rename(path, path+".damaged"))
		return nil
	}
	found, end, used, damaged := scan(data, after)
	torn, held := end < used, int64(len(data))
	switch {
	case len(found) == 0:
	case damaged || torn && !last:
		s.opts.Logger.Error("a segment of the spool is damaged and is set aside", "segment", path, "saved batches", len(found))
		good, err := salvage(path, data, found)
		if err != nil { // the disk may be full: what is whole can be read where it is
			s.warn("repair", path, err)
			break
		}
		found, _, _, _ = scan(good, after)
		held, torn = int64(len(good)), false
	case torn:
		s.opts.Logger.Warn("the last write to the spool was not finished and is cut off", "segment", path, "bytes", used-end)
	}
	if len(found) > 0 {
		return newSegment(path, found, held, torn)
	}
	if used > 0 {
		s.opts.Logger.Error("nothing in a segment of the spool can be read; it is set aside", "segment", path)
		s.warn("set aside", path, os.Rename(path, path+".damaged"))
	} else {
		s.warn("delete", path, os.Remove(path))
	}
	return nil
}

// salvage keeps the damaged content beside the segment and leaves in the segment what can be read.
func salvage(path string, data []byte, found []entry) (good []byte, err error) {
	if err := durable.WriteFile(path+".damaged", data); err != nil {
		return nil, err
	}
	for _, e := range found {
		good = append(good, data[e.offset:e.end()]...)
	}
	return good, durable.WriteFile(path, good)
}

// tidy deletes what earlier runs left half written, and all but the newest damaged segments.
func (s *Spool) tidy() {
	left, _ := filepath.Glob(filepath.Join(s.dir, ".write-*"))
	for _, path := range left {
		s.warn("delete", path, os.Remove(path))
	}
	damaged, _ := filepath.Glob(filepath.Join(s.dir, "*.damaged"))
	slices.SortStableFunc(damaged, newestFirst)
	for _, path := range damaged[min(len(damaged), mostDamaged):] {
		s.warn("delete", path, os.RemoveAll(path))
	}
}

func newestFirst(a, b string) int {
	one, err := os.Stat(a)
	other, err2 := os.Stat(b)
	if err != nil || err2 != nil {
		return 0
	}
	return other.ModTime().Compare(one.ModTime())
}

// warn tells of what failed and may fail.
func (s *Spool) warn(what, path string, err error) {
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.opts.Logger.Warn(what+" a file of the spool", "file", path, "error", err)
	}
}
