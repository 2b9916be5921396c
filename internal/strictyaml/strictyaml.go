// Package strictyaml reads configuration that people write. It fills Go values from YAML and collects
// every mistake with its file, line and column, instead of stopping at the first: keys that are not
// known, keys given twice, values of the wrong kind, and what the caller's own validation finds.
//
// It reads one document of plain YAML: no anchors, aliases, merge keys or tags, so that each value
// stands where it is used.
package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxSize bounds a document, in bytes: no configuration that a person wrote is longer.
const maxSize = 1 << 20

// Document is one YAML file and the mistakes found in it so far.
type Document struct {
	file     string
	lines    []string
	root     ast.Node // nil when the file is empty or could not be parsed
	mistakes []Mistake
}

// Parse reads src, which came from the named file. It always gives a document: what is wrong with the
// YAML itself is the first of its mistakes, and then there is nothing to decode.
func Parse(file string, src []byte) *Document {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	d := &Document{file: file, lines: strings.Split(string(src), "\n")}
	if len(src) > maxSize {
		d.add(1, 1, fmt.Sprintf("the file has %d bytes, more than %d", len(src), maxSize), "")
		return d
	}
	parsed, err := parse(src)
	if err != nil {
		d.syntax(err)
		return d
	}
	for _, doc := range parsed.Docs {
		switch {
		case doc.Body == nil:
		case d.root == nil:
			d.root = doc.Body
		default:
			line, column := position(doc.Body)
			d.add(line, column, "a second document begins here", "remove the line `---` and what follows it")
		}
	}
	return d
}

// parse turns a panic of the parser, which some malformed texts cause, into an error.
func parse(src []byte) (f *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("the text is not YAML")
		}
	}()
	return parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
}

// syntax reports why the text cannot be parsed: all lines indented by tabs, or else the parser's reason.
func (d *Document) syntax(err error) {
	for i, line := range d.lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if at := strings.IndexByte(indent, '\t'); at >= 0 && len(indent) < len(line) {
			d.add(i+1, at+1, "a tab in the indentation", "indent with spaces")
		}
	}
	if len(d.mistakes) > 0 {
		return
	}
	var syntax yaml.Error
	if errors.As(err, &syntax) && syntax.GetToken() != nil {
		at := syntax.GetToken().Position
		d.add(at.Line, at.Column, syntax.GetMessage(), "")
		return
	}
	d.add(1, 1, err.Error(), "")
}

// Root is the whole document.
func (d *Document) Root() Section { return Section{doc: d, node: d.root} }

// Err is nil, or an *Error with every mistake found so far.
func (d *Document) Err() error {
	if len(d.mistakes) == 0 {
		return nil
	}
	mistakes := slices.Clone(d.mistakes)
	slices.SortStableFunc(mistakes, compareMistakes)
	return &Error{File: d.file, Mistakes: slices.Compact(mistakes)}
}

func (d *Document) add(line, column int, message, hint string) {
	line, column = max(line, 1), max(column, 1)
	source := ""
	if line <= len(d.lines) {
		source = strings.TrimRight(d.lines[line-1], "\r")
	}
	d.mistakes = append(d.mistakes, Mistake{Line: line, Column: column, Message: message, Hint: hint, Source: source})
}

func (d *Document) addAt(n ast.Node, message, hint string) {
	line, column := position(n)
	d.add(line, column, message, hint)
}

// Section is a part of a document that is decoded later, when it is known into what. A field of this
// type takes any value. The zero Section is empty.
type Section struct {
	doc  *Document
	key  ast.Node // nil for the root
	node ast.Node
	cut  []string
}

// Given tells whether the section stands in the document, be it with nothing in it.
func (s Section) Given() bool { return s.doc != nil }

// Cut takes the value of a key out of the section, so that Decode does not meet it.
func (s *Section) Cut(key string) (value Section, ok bool) {
	for _, e := range entries(s.node) {
		if keyText(e) == key && !slices.Contains(s.cut, key) {
			s.cut = append(s.cut, key)
			return Section{doc: s.doc, key: e.Key, node: e.Value}, true
		}
	}
	return Section{}, false
}

// Keys lists the section's keys in order of appearance, with those that were cut.
func (s Section) Keys() []string {
	var keys []string
	for _, e := range entries(s.node) {
		keys = append(keys, keyText(e))
	}
	return keys
}

// Decode fills v, a pointer, over the defaults that it holds. Mistakes are added to the document; ok
// tells whether there were none.
func (s Section) Decode(v any) (ok bool) {
	if s.doc == nil || s.node == nil {
		return true
	}
	before := len(s.doc.mistakes)
	s.decode(v)
	return len(s.doc.mistakes) == before
}

// Mistake adds one that the caller found, at the place that path names from the section on: keys of
// maps and indices of lists. Where the path leads nowhere, the last place on the way is taken.
func (s Section) Mistake(path []string, message, hint string) {
	if s.doc == nil {
		return
	}
	at := s.key
	if at == nil || !isCollection(s.node) && s.node != nil {
		at = s.node
	}
	node := s.node
	for _, name := range path {
		key, value := step(node, name)
		if value == nil {
			continue
		}
		node = value
		if at = key; key == nil || !isCollection(value) && value.Type() != ast.NullType {
			at = value
		}
	}
	s.doc.addAt(at, message, hint)
}

// step goes from a node to the value of a key or to an item. key is nil for an item.
func step(node ast.Node, name string) (key, value ast.Node) {
	if seq, ok := node.(*ast.SequenceNode); ok {
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(seq.Values) {
			return nil, seq.Values[i]
		}
		return nil, nil
	}
	for _, e := range entries(node) {
		if keyText(e) == name {
			return e.Key, e.Value
		}
	}
	return nil, nil
}

func entries(node ast.Node) []*ast.MappingValueNode {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func keyText(e *ast.MappingValueNode) string { return e.Key.GetToken().Value }

func isCollection(node ast.Node) bool {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
		return true
	}
	return false
}

// position is where a node begins: a mapping at its first key, which the parser's own token is not.
func position(node ast.Node) (line, column int) {
	if node == nil {
		return 1, 1
	}
	t := node.GetToken()
	if list := entries(node); len(list) > 0 && t.Type == token.MappingValueType {
		t = list[0].Key.GetToken()
	}
	return t.Position.Line, t.Position.Column
}
