package chaos

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// mount shows a disk to other processes. Nothing of it stays in the kernel's caches.
type mount struct {
	dir    string
	disk   *disk
	server *fuse.Server
}

// canMount tells why a file system of our own is not to be had; nil where it is.
var canMount = sync.OnceValue(func() error {
	dir, err := os.MkdirTemp("", "lineproof-chaos-")
	if err != nil {
		return err
	}
	defer os.Remove(dir)
	m := &mount{dir: dir, disk: newDisk()}
	if err := m.up(); err != nil {
		return err
	}
	return m.down()
})

func (m *mount) up() (err error) {
	var none time.Duration
	m.server, err = fs.Mount(m.dir, &node{disk: m.disk, is: m.disk.root}, &fs.Options{
		EntryTimeout: &none, AttrTimeout: &none, NegativeTimeout: &none,
		RootStableAttr: &fs.StableAttr{Ino: m.disk.root.number},
		MountOptions:   fuse.MountOptions{DirectMountStrict: true, FsName: "lineproof-chaos", MaxWrite: 128 << 10},
	})
	if err != nil {
		return fmt.Errorf("mount %s: %w", m.dir, err)
	}
	return nil
}

// down takes the disk away. Who had it open must have ended.
func (m *mount) down() error {
	if m.server == nil {
		return nil
	}
	err := syscall.Unmount(m.dir, 0)
	if err != nil {
		err = fmt.Errorf("unmount %s: %w", m.dir, err)
		_ = syscall.Unmount(m.dir, syscall.MNT_DETACH)
	}
	m.server.Wait()
	m.server = nil
	return err
}

// mounted mounts a disk until the test ends.
func mounted(t *testing.T, d *disk) *mount {
	t.Helper()
	m := &mount{dir: t.TempDir(), disk: d}
	if err := m.up(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.down(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// node is an inode as the kernel asks for it.
type node struct {
	fs.Inode
	disk *disk
	is   *inode
}

var (
	_ fs.NodeLookuper  = (*node)(nil)
	_ fs.NodeReaddirer = (*node)(nil)
	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
	_ fs.NodeCreater   = (*node)(nil)
	_ fs.NodeMkdirer   = (*node)(nil)
	_ fs.NodeUnlinker  = (*node)(nil)
	_ fs.NodeRmdirer   = (*node)(nil)
	_ fs.NodeRenamer   = (*node)(nil)
	_ fs.NodeLinker    = (*node)(nil)
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeReader    = (*node)(nil)
	_ fs.NodeWriter    = (*node)(nil)
	_ fs.NodeFsyncer   = (*node)(nil)
	_ fs.NodeStatfser  = (*node)(nil)
)

func (i *inode) attr(out *fuse.Attr) {
	out.Ino, out.Mode, out.Nlink = i.number, i.kind()|i.mode, 1
	out.Size, out.Blksize = uint64(len(i.data)), 4096
	out.Blocks = (out.Size + 511) / 512
}

func (i *inode) kind() uint32 {
	if i.dir {
		return syscall.S_IFDIR
	}
	return syscall.S_IFREG
}

func (n *node) child(ctx context.Context, i *inode, out *fuse.EntryOut) *fs.Inode {
	i.attr(&out.Attr)
	return n.NewInode(ctx, &node{disk: n.disk, is: i}, fs.StableAttr{Mode: i.kind(), Ino: i.number})
}

func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	i := n.is.names[name]
	if i == nil {
		return nil, syscall.ENOENT
	}
	return n.child(ctx, i, out), 0
}

func (n *node) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	var list []fuse.DirEntry
	for _, name := range slices.Sorted(maps.Keys(n.is.names)) {
		i := n.is.names[name]
		list = append(list, fuse.DirEntry{Name: name, Ino: i.number, Mode: i.kind()})
	}
	return fs.NewListDirStream(list), 0
}

func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	n.is.attr(&out.Attr)
	return 0
}

func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) (errno syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if size, ok := in.GetSize(); ok {
		errno = n.disk.resize(n.is, int64(size))
	}
	if mode, ok := in.GetMode(); ok {
		n.is.mode = mode & 0o7777
	}
	n.is.attr(&out.Attr)
	return errno
}

func (n *node) add(ctx context.Context, name string, dir bool, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	i := n.disk.make(dir, mode)
	if errno := n.disk.name(n.is, naming{name, i}); errno != 0 {
		return nil, errno
	}
	return n.child(ctx, i, out), 0
}

func (n *node) Create(ctx context.Context, name string, _, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	made, errno := n.add(ctx, name, false, mode, out)
	return made, nil, fuse.FOPEN_DIRECT_IO, errno
}

func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	return n.add(ctx, name, true, mode, out)
}

func (n *node) Unlink(_ context.Context, name string) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	return n.disk.name(n.is, naming{name: name})
}

func (n *node) Rmdir(_ context.Context, name string) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if i := n.is.names[name]; i != nil && len(i.names) > 0 {
		return syscall.ENOTEMPTY
	}
	return n.disk.name(n.is, naming{name: name})
}

// Rename works within a directory; the agent needs no more.
func (n *node) Rename(_ context.Context, name string, parent fs.InodeEmbedder, newName string, _ uint32) syscall.Errno {
	if parent.EmbeddedInode() != n.EmbeddedInode() {
		return syscall.EXDEV
	}
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	return n.disk.name(n.is, naming{name: name}, naming{newName, n.is.names[name]})
}

// Link gives a file another name.
func (n *node) Link(ctx context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	other, ok := target.(*node)
	if !ok {
		return nil, syscall.EXDEV
	}
	if n.is.names[name] != nil {
		return nil, syscall.EEXIST
	}
	if errno := n.disk.name(n.is, naming{name, other.is}); errno != 0 {
		return nil, errno
	}
	return n.child(ctx, other.is, out), 0
}

func (n *node) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if flags&syscall.O_TRUNC == 0 {
		return nil, fuse.FOPEN_DIRECT_IO, 0
	}
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	return nil, fuse.FOPEN_DIRECT_IO, n.disk.resize(n.is, 0)
}

func (n *node) Read(_ context.Context, _ fs.FileHandle, dest []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	at = min(at, int64(len(n.is.data)))
	return fuse.ReadResultData(dest[:copy(dest, n.is.data[at:])]), 0
}

func (n *node) Write(_ context.Context, _ fs.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	if errno := n.disk.put(n.is, at, data); errno != 0 {
		return 0, errno
	}
	return uint32(len(data)), 0
}

func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	return n.disk.sync(n.is)
}

func (n *node) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	out.Bsize, out.NameLen = 4096, 255
	out.Blocks = 1 << 18
	if n.disk.room == 0 {
		out.Bfree, out.Bavail = 1<<17, 1<<17
	}
	return 0
}
