package table

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"gobert/data/labelled"
	"gobert/data/textfile"
	"gobert/internal/intake"
)

// parquetRows gives the rows of a Parquet file, a row group at a time.
type parquetRows struct {
	path    string
	reader  *parquet.GenericReader[any]
	columns []parquetColumn
	names   []string
	classes map[string][]string // names of the classes of Hugging Face's ClassLabel columns
	buffer  []parquet.Row
	filled  int
	taken   int
	record  int
}

// parquetColumn is a leaf of the schema.
type parquetColumn struct {
	field    int    // index of the top-level column
	inner    string // name below a group, for a column that is one
	list     bool
	defined  int  // definition level of a value that is there
	unsigned bool // of an integer
	kind     parquet.Kind
}

// ReadParquet reads rows from a Parquet file of size bytes, which it leaves open; name is used in messages.
func ReadParquet(name string, in io.ReaderAt, size int64, kind labelled.Kind, o Options) (_ *Reader, err error) {
	defer func() { err = caught(name, recover(), err) }()
	file, err := textfile.OpenParquet(in, size)
	if err != nil {
		return nil, labelled.Broken(labelled.Origin{File: name}, "%w", err)
	}
	p := &parquetRows{path: name, reader: parquet.NewGenericReader[any](file, file.Schema()), buffer: make([]parquet.Row, 64)}
	p.describe(file)
	return newReader(name, p, kind, o)
}

// openParquet opens a file.
func openParquet(path string, kind labelled.Kind, o Options) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("labelled: opening labelled data: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(labelled.Broken(labelled.Origin{File: path}, "%w", err), f.Close())
	}
	r, err := ReadParquet(path, f, info.Size(), kind, o)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r.file = f
	return r, nil
}

// caught turns a panic of the library about a damaged file into an error.
func caught(path string, recovered any, err error) error {
	if recovered != nil {
		return labelled.Broken(labelled.Origin{File: path}, "%w", textfile.Damaged(recovered))
	}
	return err
}

// describe notes which leaf belongs to which column.
func (p *parquetRows) describe(file *parquet.File) {
	index := map[string]int{}
	for _, path := range file.Schema().Columns() {
		name := path[0]
		if _, ok := index[name]; !ok {
			index[name] = len(p.names)
			p.names = append(p.names, name)
		}
		leaf, _ := file.Schema().Lookup(path...)
		c := parquetColumn{field: index[name], list: leaf.MaxRepetitionLevel > 0, defined: leaf.MaxDefinitionLevel, kind: leaf.Node.Type().Kind()}
		c.unsigned = strings.HasPrefix(leaf.Node.Type().String(), "INT(") && strings.HasSuffix(leaf.Node.Type().String(), ",false)")
		if rest := path[1:]; len(rest) > 0 && rest[0] != "list" && rest[0] != "array" && rest[0] != "bag" {
			c.inner = rest[0]
		}
		p.columns = append(p.columns, c)
	}
	p.classes = map[string][]string{}
	var meta struct {
		Info struct {
			Features map[string]json.RawMessage `json:"features"`
		} `json:"info"`
	}
	if text, ok := file.Lookup("huggingface"); ok && json.Unmarshal([]byte(text), &meta) == nil {
		for name, raw := range meta.Info.Features {
			if names := classNames(raw); len(names) > 0 {
				p.classes[name] = names
			}
		}
	}
}

// classNames finds the names of a ClassLabel feature, alone or in a sequence.
func classNames(raw json.RawMessage) []string {
	var f struct {
		Names   []string        `json:"names"`
		Feature json.RawMessage `json:"feature"`
	}
	if json.Unmarshal(raw, &f) != nil {
		return nil
	}
	if len(f.Names) == 0 && len(f.Feature) > 0 {
		return classNames(f.Feature)
	}
	return f.Names
}

func (p *parquetRows) next() (r row, err error) {
	defer func() { err = caught(p.path, recover(), err) }()
	if p.taken == p.filled {
		n, err := p.reader.ReadRows(p.buffer)
		if n == 0 {
			if err == nil || errors.Is(err, io.EOF) {
				return row{}, io.EOF
			}
			return row{}, labelled.Broken(labelled.Origin{File: p.path, Record: p.record + 1}, "%w", err)
		}
		p.filled, p.taken = n, 0
	}
	p.record++
	at, leaves := labelled.Origin{File: p.path, Record: p.record}, p.buffer[p.taken]
	p.taken++
	for _, v := range leaves {
		if v.Kind() == parquet.ByteArray && len(v.ByteArray()) > intake.Record {
			return row{}, labelled.Fault(at, "column %q: %w", p.names[p.columns[v.Column()].field], intake.TooLong("cell"))
		}
	}
	return row{at: at, names: p.names, values: p.values(leaves)}, nil
}

// values assembles the leaves of a row.
func (p *parquetRows) values(leaves parquet.Row) []any {
	values := make([]any, len(p.names))
	for _, v := range leaves {
		c := p.columns[v.Column()]
		target := &values[c.field]
		if c.inner != "" {
			group, ok := (*target).(map[string]any)
			if !ok {
				group = map[string]any{}
				*target = group
			}
			inner := group[c.inner]
			p.put(&inner, c, v)
			group[c.inner] = inner
			continue
		}
		p.put(target, c, v)
	}
	return values
}

func (p *parquetRows) put(target *any, c parquetColumn, v parquet.Value) {
	there := v.DefinitionLevel() == c.defined
	if !c.list {
		if there {
			*target = p.scalar(c, v)
		}
		return
	}
	list, _ := (*target).([]any)
	if list == nil {
		list = []any{}
	}
	if there {
		list = append(list, p.scalar(c, v))
	}
	*target = list
}

// scalar gives a value as the other formats would write it.
func (p *parquetRows) scalar(c parquetColumn, v parquet.Value) any {
	switch c.kind {
	case parquet.Boolean:
		return v.Boolean()
	case parquet.Int32, parquet.Int64:
		n := v.Int64()
		if c.kind == parquet.Int32 {
			n = int64(v.Int32())
		}
		if names := p.classes[p.names[c.field]]; names != nil {
			if n < 0 {
				return nil // The libraries' mark of a row without a label.
			}
			if n < int64(len(names)) {
				return names[n]
			}
		}
		if c.unsigned {
			return json.Number(strconv.FormatUint(uint64(n), 10))
		}
		return json.Number(strconv.FormatInt(n, 10))
	case parquet.Float:
		return decimal(float64(v.Float()), 32)
	case parquet.Double:
		return decimal(v.Double(), 64)
	}
	return string(v.ByteArray())
}

// decimal writes a number so that it is seen to be no whole one.
func decimal(x float64, bits int) json.Number {
	s := strconv.FormatFloat(x, 'g', -1, bits)
	if !strings.ContainsAny(s, ".eEnN") {
		s += ".0"
	}
	return json.Number(s)
}

// Close closes the file.
func (p *parquetRows) Close() error {
	return p.reader.Close()
}
