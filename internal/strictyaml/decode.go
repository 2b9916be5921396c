package strictyaml

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

var (
	sectionType = reflect.TypeFor[Section]()
	timeType    = reflect.TypeFor[time.Time]()
	textType    = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func (s Section) decode(v any) {
	d := decoder{doc: s.doc}
	d.value(s.key, s.without(), reflect.ValueOf(v).Elem())
}

// without is the section's node less the keys that were cut.
func (s Section) without() ast.Node {
	if len(s.cut) == 0 {
		return s.node
	}
	var left []*ast.MappingValueNode
	taken := map[string]bool{}
	for _, name := range s.cut {
		taken[name] = true
	}
	for _, e := range entries(s.node) {
		if name := keyText(e); taken[name] {
			taken[name] = false // a second one is a mistake to be met
			continue
		}
		left = append(left, e)
	}
	return ast.Mapping(s.node.GetToken(), false, left...)
}

type decoder struct{ doc *Document }

func (d decoder) wrong(n ast.Node, wants string) {
	d.doc.addAt(n, fmt.Sprintf("wants %s, is %s", wants, describe(n)), "")
}

// value fills v from n, which stands under key.
func (d decoder) value(key, n ast.Node, v reflect.Value) {
	if v.Type() == sectionType {
		v.Set(reflect.ValueOf(Section{doc: d.doc, key: key, node: n}))
		return
	}
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		d.doc.addAt(n, "anchors, aliases and tags are not read here", "write the value out")
		return
	}
	if v.Kind() == reflect.Pointer {
		if n.Type() == ast.NullType {
			return
		}
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		d.value(key, n, v.Elem())
		return
	}
	if v.CanAddr() && v.Addr().Type().Implements(textType) {
		d.text(n, v)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v)
	case reflect.Map:
		d.mapping(n, v)
	case reflect.Slice:
		d.list(key, n, v)
	default:
		d.scalar(n, v)
	}
}

// text fills a type that reads itself from text.
func (d decoder) text(n ast.Node, v reflect.Value) {
	s, ok := scalarText(n)
	if !ok {
		d.wrong(n, "text")
		return
	}
	err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s))
	switch {
	case err == nil:
	case v.Type() == timeType:
		d.doc.addAt(n, fmt.Sprintf("time %q: use RFC 3339, such as 2027-02-05T06:00:00+07:00", s), "")
	default:
		d.doc.addAt(n, err.Error(), "")
	}
}

func (d decoder) structure(n ast.Node, v reflect.Value) {
	if n.Type() == ast.NullType {
		return
	}
	if _, isMap := n.(ast.MapNode); !isMap {
		d.wrong(n, "a section")
		return
	}
	fields := map[string]reflect.Value{}
	collectFields(v, fields)
	for _, e := range d.unique(n) {
		name := keyText(e)
		field, ok := fields[name]
		if !ok {
			known := make([]string, 0, len(fields))
			for k := range fields {
				known = append(known, k)
			}
			d.doc.addAt(e.Key, fmt.Sprintf("unknown key `%s`", name), Suggest(name, known))
			continue
		}
		d.value(e.Key, e.Value, field)
	}
}

// collectFields finds the settable fields of v by the name of their yaml tag, else their json tag, else
// their name in lower case. Embedded structs without a name count as part of v.
func collectFields(v reflect.Value, fields map[string]reflect.Value) {
	for f := range v.Type().Fields() {
		if !f.IsExported() {
			continue
		}
		tag, ok := f.Tag.Lookup("yaml")
		if !ok {
			tag = f.Tag.Get("json")
		}
		name, rest, _ := strings.Cut(tag, ",")
		field := v.FieldByIndex(f.Index)
		switch {
		case name == "-":
		case name == "" && (f.Anonymous || rest == "inline") && f.Type.Kind() == reflect.Struct:
			collectFields(field, fields)
		case name == "":
			fields[strings.ToLower(f.Name)] = field
		default:
			fields[name] = field
		}
	}
}

// unique gives the entries of a mapping without repeated keys, which it reports.
func (d decoder) unique(n ast.Node) []*ast.MappingValueNode {
	first := map[string]int{}
	var list []*ast.MappingValueNode
	for _, e := range entries(n) {
		line, _ := position(e.Key)
		switch e.Key.(type) {
		case *ast.MergeKeyNode, *ast.MappingKeyNode, *ast.AliasNode, *ast.AnchorNode, *ast.TagNode:
			d.doc.addAt(e.Key, "merge keys, aliases and compound keys are not read here", "write the keys out")
			continue
		}
		name := keyText(e)
		if at, seen := first[name]; seen {
			d.doc.addAt(e.Key, fmt.Sprintf("key `%s` is given twice, first in line %d", name, at), "")
			continue
		}
		first[name] = line
		list = append(list, e)
	}
	return list
}

func (d decoder) mapping(n ast.Node, v reflect.Value) {
	if n.Type() == ast.NullType {
		return
	}
	if _, isMap := n.(ast.MapNode); !isMap {
		d.wrong(n, "a section")
		return
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	for _, e := range d.unique(n) {
		key := reflect.New(v.Type().Key()).Elem()
		before := len(d.doc.mistakes)
		d.value(nil, e.Key, key)
		if len(d.doc.mistakes) > before {
			continue
		}
		value := reflect.New(v.Type().Elem()).Elem()
		d.value(e.Key, e.Value, value)
		v.SetMapIndex(key, value)
	}
}

// list takes a single value for a list of one.
func (d decoder) list(key, n ast.Node, v reflect.Value) {
	items := []ast.Node{n}
	switch n := n.(type) {
	case *ast.SequenceNode:
		items = n.Values
	case *ast.NullNode:
		return
	}
	list := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		d.value(key, item, list.Index(i))
	}
	v.Set(list)
}

func (d decoder) scalar(n ast.Node, v reflect.Value) {
	s, ok := scalarText(n)
	switch v.Kind() {
	case reflect.String:
		if !ok {
			d.wrong(n, "text")
			return
		}
		v.SetString(s)
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.wrong(n, "true or false")
			return
		}
		v.SetBool(b.Value)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		d.whole(n, v)
	case reflect.Float32, reflect.Float64:
		f, ok := number(n)
		if !ok || v.OverflowFloat(f) {
			d.wrong(n, "a number")
			return
		}
		v.SetFloat(f)
	default:
		d.doc.addAt(n, fmt.Sprintf("a %s cannot be configured", v.Type()), "")
	}
}

// whole fills a whole number within the range of its type.
func (d decoder) whole(n ast.Node, v reflect.Value) {
	integer, ok := n.(*ast.IntegerNode)
	if !ok {
		d.wrong(n, "a whole number")
		return
	}
	text := integer.GetToken().Value
	fits := false
	switch x := integer.Value.(type) {
	case int64:
		if v.CanInt() && !v.OverflowInt(x) {
			v.SetInt(x)
			fits = true
		} else if v.CanUint() && x >= 0 && !v.OverflowUint(uint64(x)) {
			v.SetUint(uint64(x))
			fits = true
		}
	case uint64:
		if v.CanUint() && !v.OverflowUint(x) {
			v.SetUint(x)
			fits = true
		} else if v.CanInt() && x <= math.MaxInt64 && !v.OverflowInt(int64(x)) {
			v.SetInt(int64(x))
			fits = true
		}
	}
	if !fits {
		low, high := limits(v.Type())
		d.doc.addAt(n, fmt.Sprintf("%s is out of range: use %s to %s", text, low, high), "")
	}
}

func limits(t reflect.Type) (low, high string) {
	if t.Kind() >= reflect.Uint {
		return "0", strconv.FormatUint(math.MaxUint64>>(64-t.Bits()), 10)
	}
	high64 := int64(math.MaxInt64 >> (64 - t.Bits()))
	return strconv.FormatInt(-high64-1, 10), strconv.FormatInt(high64, 10)
}
