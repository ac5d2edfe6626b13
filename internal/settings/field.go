package settings

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Field is one setting of a declaration.
type Field struct {
	Name    string // of its flag: "learning-rate"
	Key     string // in files: "learning_rate"; empty where it is kept in none
	Aliases []string
	Tag     reflect.StructTag
	Value   reflect.Value
}

// Fields lists the settings of a struct that a pointer is given to, those of embedded ones included.
func Fields(declaration any) []Field { return fields(reflect.ValueOf(declaration).Elem(), nil) }

func fields(v reflect.Value, list []Field) []Field {
	for i := range v.NumField() {
		of := v.Type().Field(i)
		if of.Anonymous && of.Type.Kind() == reflect.Struct {
			list = fields(v.Field(i), list)
			continue
		}
		f := Field{Tag: of.Tag, Value: v.Field(i), Name: of.Tag.Get("name")}
		if key, _, _ := strings.Cut(of.Tag.Get("json"), ","); key != "-" {
			f.Key = key
		}
		if f.Name == "" {
			if f.Name = strings.ReplaceAll(f.Key, "_", "-"); f.Key == "" {
				f.Name = strings.ToLower(of.Name)
			}
		}
		if aliases := of.Tag.Get("aliases"); aliases != "" {
			f.Aliases = strings.Split(aliases, ",")
		}
		list = append(list, f)
	}
	return list
}

// Default sets every setting to what its tag says. Where that is ${name}, of says what a kind of run takes for it.
func Default(declaration any, of map[string]string) {
	for _, f := range Fields(declaration) {
		text := f.Tag.Get("default")
		if name, ok := strings.CutPrefix(text, "${"); ok {
			text = of[strings.TrimSuffix(name, "}")]
		}
		if err := set(f.Value, text); err != nil {
			panic(fmt.Sprintf("settings: the default of %s: %v", f.Name, err)) // a declaration that no test has seen
		}
	}
}

// set gives a value what a text says; an empty text leaves it.
func set(v reflect.Value, text string) (err error) {
	if text == "" {
		return nil
	}
	if reads, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return reads.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(text == "true")
	case reflect.Int, reflect.Int64:
		var x int64
		x, err = strconv.ParseInt(text, 10, 64)
		v.SetInt(x)
	case reflect.Uint64:
		var x uint64
		x, err = strconv.ParseUint(text, 10, 64)
		v.SetUint(x)
	case reflect.Float64:
		var x float64
		x, err = strconv.ParseFloat(text, 64)
		v.SetFloat(x)
	case reflect.Slice:
		v.Set(reflect.ValueOf(strings.Split(text, ",")))
	default:
		err = fmt.Errorf("no setting is a %v", v.Type())
	}
	return err
}
