package report

import (
	"errors"
	"fmt"
	"io/fs"
)

// Folder is what an office keeps for its documents: templates of its own, by names such as acceptance.vi.txt, and the
// particulars of each study's project, as STUDY.yaml. It is read each time, so that what is changed there holds at once.
type Folder struct{ Files fs.FS } // nil: there is none

// Template is the office's, or else the program's own.
func (f Folder) Template(kind Kind, lang string) (Template, error) {
	name := fmt.Sprintf("%s.%s.txt", kind, lang)
	src, err := f.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		src, err = Default(kind, lang)
	}
	if err != nil {
		return Template{}, fmt.Errorf("read template: %w", err)
	}
	return Parse(name, src)
}

// Particulars are those of a study's project; nothing where they are not written down.
func (f Folder) Particulars(study string) (Particulars, error) {
	name := study + ".yaml"
	src, err := f.read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Particulars{}, nil
	case err != nil:
		return Particulars{}, fmt.Errorf("read project: %w", err)
	}
	return ReadParticulars(name, src)
}

func (f Folder) read(name string) ([]byte, error) {
	if f.Files == nil {
		return nil, fs.ErrNotExist
	}
	return fs.ReadFile(f.Files, name)
}
