package chaos

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
)

// sector is what a disk writes whole or not at all.
const sector = 512

// disk is a file system in memory that keeps apart what was only written and what is safe, as a disk with
// a volatile cache does: data is safe after fsync of the file, a name after fsync of its directory.
type disk struct {
	mu   sync.Mutex
	root *inode
	last uint64 // inode number
	room int64  // bytes that all files may take; 0: no limit
	sick bool   // writing and syncing fail with EIO
}

// inode is a file or a directory.
type inode struct {
	number uint64
	dir    bool
	mode   uint32

	data, safe []byte  // a file's content, as written and as synced
	writes     []write // between the two, in order
	names      map[string]*inode
	safeNames  map[string]*inode
	moves      [][]naming // between the two, in order; each is one step of the file system's journal
}

// write is one that was not synced: data at an offset, or a new size where data is nil.
type write struct {
	at   int64
	data []byte
}

// naming is a name and what it stands for from then on; nil: nothing.
type naming struct {
	name string
	is   *inode
}

func newDisk() *disk {
	d := &disk{}
	d.root = d.make(true, 0o755)
	return d
}

func (d *disk) make(dir bool, mode uint32) *inode {
	d.last++
	i := &inode{number: d.last, dir: dir, mode: mode & 0o7777}
	if dir {
		i.names, i.safeNames = map[string]*inode{}, map[string]*inode{}
	}
	return i
}

// put writes into a file.
func (d *disk) put(i *inode, at int64, data []byte) syscall.Errno {
	end := at + int64(len(data))
	if d.sick {
		return syscall.EIO
	}
	if grow := end - int64(len(i.data)); grow > 0 && d.room > 0 && d.used()+grow > d.room {
		return syscall.ENOSPC
	}
	i.apply(write{at, slices.Clone(data)})
	return 0
}

// resize cuts a file off or fills it up with zeros.
func (d *disk) resize(i *inode, size int64) syscall.Errno {
	if d.sick {
		return syscall.EIO
	}
	i.apply(write{at: size})
	return 0
}

func (i *inode) apply(w write) {
	i.data = w.on(i.data)
	i.writes = append(i.writes, w)
}

// on gives data after the write.
func (w write) on(data []byte) []byte {
	size := w.at + int64(len(w.data))
	if w.data == nil && int64(len(data)) > size {
		return data[:size:size]
	}
	if grow := size - int64(len(data)); grow > 0 {
		data = append(data, make([]byte, grow)...)
	}
	copy(data[w.at:], w.data)
	return data
}

// sync makes a file's content, or a directory's names, safe.
func (d *disk) sync(i *inode) syscall.Errno {
	if d.sick {
		return syscall.EIO
	}
	if i.dir {
		for _, m := range i.moves {
			rename(i.safeNames, m)
		}
		i.moves = nil
		return 0
	}
	i.safe, i.writes = bytes.Clone(i.data), nil
	return 0
}

// name carries out one step on a directory.
func (d *disk) name(dir *inode, m ...naming) syscall.Errno {
	if d.sick {
		return syscall.EIO
	}
	rename(dir.names, m)
	dir.moves = append(dir.moves, m)
	return 0
}

func rename(names map[string]*inode, m []naming) {
	for _, n := range m {
		if n.is == nil {
			delete(names, n.name)
		} else {
			names[n.name] = n.is
		}
	}
}

// used is how many bytes all files take.
func (d *disk) used() int64 { return d.root.size() }

func (i *inode) size() int64 {
	n := int64(len(i.data))
	for _, each := range i.names {
		n += each.size()
	}
	return n
}

// fill leaves no room but for what is deleted; heal gives room and health again.
func (d *disk) fill() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = max(d.used(), 1)
}

func (d *disk) spoil() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sick = true
}

func (d *disk) heal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room, d.sick = 0, false
}

// cut is what a power cut leaves: what is safe, and of the rest what chance had already written. Without
// a generator nothing of the rest.
func (d *disk) cut(rng *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.root.cut(rng)
}

func (i *inode) cut(rng *rand.Rand) {
	if i.dir {
		if rng != nil {
			for _, m := range i.moves[:rng.IntN(len(i.moves)+1)] { // a journal is written in order
				rename(i.safeNames, m)
			}
		}
		i.moves, i.names = nil, map[string]*inode{}
		for name, each := range i.safeNames {
			i.names[name] = each
			each.cut(rng)
		}
		return
	}
	if rng != nil {
		for _, w := range i.writes {
			i.safe = w.torn(i.safe, rng)
		}
	}
	i.data, i.writes = bytes.Clone(i.safe), nil
}

// torn lets some sectors of a write reach the disk. The file may have its new size all the same: then
// there are zeros for what did not come.
func (w write) torn(data []byte, rng *rand.Rand) []byte {
	if w.data == nil {
		if rng.IntN(2) == 0 {
			return w.on(data)
		}
		return data
	}
	if rng.IntN(2) == 0 && w.at+int64(len(w.data)) > int64(len(data)) {
		data = write{at: w.at + int64(len(w.data))}.on(data)
	}
	for from := int64(0); from < int64(len(w.data)); {
		to := min((w.at+from)/sector*sector+sector-w.at, int64(len(w.data)))
		if rng.IntN(2) == 0 {
			data = write{w.at + from, w.data[from:to]}.on(data)
		}
		from = to
	}
	return data
}

// file finds a file by its path's parts.
func (d *disk) file(path ...string) *inode {
	at := d.root
	for _, name := range path {
		if at = at.names[name]; at == nil {
			return nil
		}
	}
	return at
}
