package weights

import (
	"errors"
	"fmt"
	"io"

	"gobert/internal/pickle"
	"gobert/internal/safetensors"
	"gobert/internal/tensorflow"
)

// A Source is the weights of one model, mapped.
type Source struct {
	path    string
	format  Format
	tensors []Tensor
	byName  map[string]int
	files   []io.Closer
}

// Open opens the weights in a folder, or those at the path of a file. In a folder the first of
// model.safetensors, its index, pytorch_model.bin, its index, and *.ckpt.index is taken.
func Open(path string) (*Source, error) {
	file, format, err := find(path)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	s := &Source{path: file, format: format, byName: map[string]int{}}
	switch format {
	case Safetensors:
		err = s.openSafetensors(safetensors.Open(file))
	case ShardedSafetensors:
		err = s.openSafetensors(safetensors.OpenIndex(file))
	case Pickle:
		_, err = s.openPickle(file)
	case ShardedPickle:
		err = s.openPickleIndex(file)
	case TensorFlow:
		err = s.openCheckpoint(file)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Source) openSafetensors(file *safetensors.File, err error) error {
	if err != nil {
		return err
	}
	s.files = append(s.files, file)
	return s.addAll(file.Tensors())
}

// openPickle adds one file's tensors, and gives them.
func (s *Source) openPickle(path string) ([]safetensors.Tensor, error) {
	file, err := pickle.Open(path)
	if err != nil {
		return nil, err
	}
	s.files = append(s.files, file)
	return file.Tensors(), s.addAll(file.Tensors())
}

// openPickleIndex adds the tensors of all shards.
func (s *Source) openPickleIndex(path string) error {
	index, err := safetensors.ReadIndex(path)
	if err != nil {
		return fmt.Errorf("weights: %w", err)
	}
	shards, err := index.Shards(path)
	if err != nil {
		return fmt.Errorf("weights: %w", err)
	}
	var all []safetensors.Tensor
	for _, shard := range shards {
		tensors, err := s.openPickle(shard)
		if err != nil {
			return err
		}
		all = append(all, tensors...)
	}
	if err := index.Check(path, all); err != nil {
		return fmt.Errorf("weights: %w", err)
	}
	return nil
}

// openCheckpoint adds the variables of the model, under Hugging Face's names.
func (s *Source) openCheckpoint(path string) error {
	bundle, err := tensorflow.Open(path)
	if err != nil {
		return err
	}
	s.files = append(s.files, bundle)
	for _, entry := range bundle.Entries() {
		name, flip, ok := tensorflow.HuggingFaceName(entry.Name)
		if !ok {
			continue
		}
		tensor, err := bundle.Tensor(entry)
		if err != nil {
			return err
		}
		tensor.Name = name
		converted := Tensor{Tensor: tensor, Original: entry.Name}
		if flip {
			if len(tensor.Shape) != 2 {
				return fmt.Errorf("weights: %s: tensor %q: expected a matrix, got shape %v", tensor.File, entry.Name, tensor.Shape)
			}
			converted = transposed(tensor, entry.Name)
		}
		if err := s.add(converted); err != nil {
			return err
		}
	}
	if len(s.tensors) == 0 {
		return fmt.Errorf("weights: %s: %d variables, but none named as in BERT (bert/..., cls/...)", path, len(bundle.Entries()))
	}
	return nil
}

// addAll adds tensors under their present names.
func (s *Source) addAll(tensors []safetensors.Tensor) error {
	for _, tensor := range tensors {
		original := tensor.Name
		name, ok := currentName(original)
		if !ok {
			continue
		}
		tensor.Name = name
		if err := s.add(Tensor{Tensor: tensor, Original: original}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Source) add(tensor Tensor) error {
	if i, taken := s.byName[tensor.Name]; taken {
		return fmt.Errorf("weights: %s: tensors %q and %q both stand for %q", tensor.File, s.tensors[i].Original, tensor.Original, tensor.Name)
	}
	s.byName[tensor.Name] = len(s.tensors)
	s.tensors = append(s.tensors, tensor)
	return nil
}

// Path is the file that was opened: the weights, or the index of several.
func (s *Source) Path() string { return s.path }

// Format is what the file is.
func (s *Source) Format() Format { return s.format }

// Tensors gives all weights in the order of the file. Their Data is valid until Close.
func (s *Source) Tensors() []Tensor { return s.tensors }

// Tensor finds a weight by its present name.
func (s *Source) Tensor(name string) (Tensor, bool) {
	i, ok := s.byName[name]
	if !ok {
		return Tensor{}, false
	}
	return s.tensors[i], true
}

// Close unmaps all files; the Data of their tensors must not be touched afterwards.
func (s *Source) Close() error {
	var faults []error
	for _, file := range s.files {
		faults = append(faults, file.Close())
	}
	return errors.Join(faults...)
}
