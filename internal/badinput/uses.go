package badinput

// Use is a call of a verb in which all is well. Names in braces are inputs of [World].
type Use struct {
	Verb string   // "pretrain fill"
	Args []string // behind the verb
}

// Uses are calls of all verbs. Every flag that names a file or a folder stands in one of them at least.
func Uses() []Use {
	return []Use{
		{"pretrain vocab", words("{text} --out {new} --size 60")},
		{"pretrain data", words("{text} --tokenizer {tokenizer} --out {new} --heldout 0.3")},
		{"pretrain data", words("{text} --tokenizer {vocabulary} --out {new} --google --max-seq-length 24")},
		{"pretrain data", words("--join --out {parts}")},
		{"pretrain train", words("--data {corpus} --model {pretrained} --out {new} --steps 1 --batch 2 --seq-length 16 --no-rehearse --compute fp32 --device cpu --config {config}")},
		{"pretrain train", words("--data {corpus} --model {shape} --out {new} --steps 1 --batch 2 --seq-length 16 --no-rehearse --compute fp32 --device cpu --tokenizer {tokenizer}")},
		{"pretrain train", words("--data {corpus} --heldout {corpus} --model {shape} --out {new} --steps 1 --batch 2 --seq-length 16 --no-rehearse --compute fp32 --device cpu")},
		{"pretrain train", words("--data {records} --model {shape} --out {new} --steps 1 --batch 2 --seq-length 24 --no-rehearse --compute fp32 --device cpu")},
		{"pretrain train", words("--out {resumed} --resume auto")},
		{"pretrain eval", words("{pretrained} --data {corpus} --seq-length 16 --device cpu")},
		{"pretrain fill", append(words("{pretrained} --device cpu"), "the cat saw the [MASK].")},
		{"pretrain next", append(words("{pretrained} --device cpu"), "the cat saw the dog.", "it ran home.")},
		{"pretrain attention", append(words("{pretrained} --device cpu"), "the cat saw the dog.")},
		{"pretrain plot", words("{run} --out {picture}")},
		{"pretrain report", words("{run} --out {page}")},
		{"pretrain recipes", words("laptop")},
		{"pretrain doctor", words("--device cpu")},
		{"pretrain completion", words("bash")},
		{"pretrain man", nil},
		{"finetune train", words("--model {model} --task classify --data {labelled} --out {new} --steps 1 --batch 4 --no-rehearse --device cpu --config {config}")},
		{"finetune train", words("--model {model} --task classify --train {labelled} --dev {labelled} --test {labelled} --out {new} --steps 1 --batch 4 --no-rehearse --device cpu")},
		{"finetune train", words("--model {model} --task tag --train {tagged} --dev {tagged} --out {new} --steps 1 --batch 4 --no-rehearse --device cpu")},
		{"finetune train", words("--model {model} --task squad --train {questions} --dev {questions} --out {new} --steps 1 --batch 4 --no-rehearse --seq-length 48 --stride 8 --device cpu")},
		{"finetune train", words("--model {model} --task classify --data {labelled} --teacher {tuned} --out {new} --steps 1 --batch 4 --no-rehearse --device cpu")},
		{"finetune eval", words("{tuned} --data {labelled} --bootstrap 5 --device cpu --json {json}")},
		{"finetune eval", words("{tuned} --dev {labelled} --bootstrap 5 --device cpu --plots {new}")},
		{"finetune predict", append(words("{tuned} --device cpu"), "it was good")},
		{"finetune predict", words("{tuned} --input {texts} --device cpu --output {lines}")},
		{"finetune embed", append(words("{model} --device cpu"), "it was good")},
		{"finetune embed", words("{model} --input {texts} --device cpu --output {vectors}")},
		{"finetune report", words("{tuned} --out {page}")},
		{"finetune report", words("{tuned} --data {labelled} --out {page}")},
		{"finetune merge", words("{adapted} --out {new}")},
		{"finetune quantize", words("{tuned} {new}")},
		{"finetune quantize", words("{adapted} {new}")},
		{"finetune doctor", words("--device cpu")},
		{"finetune completion", words("bash")},
		{"finetune man", nil},
		{"serve run", words("{model} --check --device cpu --compute fp32")},
		{"serve run", words("{tuned} --check --device cpu --access-log {log} --api-keys {keys} --tls-cert {certificate} --tls-key {key}")},
		{"serve doctor", words("--device cpu")},
		{"serve completion", words("bash")},
		{"serve man", nil},
	}
}
