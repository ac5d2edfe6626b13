#!/usr/bin/env bash
# The first five minutes, in one go: what BERT is, shown on one that is trained here from nothing, and a page to look at.
# "make demo" calls this; TEXT names a text of your own. Safe to interrupt and to call again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

text=${TEXT:-testdata/demo/stories.txt}
out=${OUT:-demo} bin=${BIN:-bin}
mkdir -p "$bin" "$out"
PATH=$(cd "$bin" && pwd):$PATH
export PATH
bold='' plain=''
if [[ -t 2 && -z ${NO_COLOR:-} ]]; then bold=$'\e[1m' plain=$'\e[0m'; fi

# title TEXT [LINE...]: a step begins.
title() {
	printf '\n%s== %s%s\n' "$bold" "$1" "$plain" >&2
	if (($# > 1)); then printf '%s\n' "${@:2}" >&2; fi
}

# run COMMAND...: shows a command as one would type it, in lines of 78 columns, and runs it.
run() {
	local word line='$'
	for word in "$@"; do
		case $word in *[!a-zA-Z0-9_./=-]*) word="\"$word\"" ;; esac
		if ((${#line} + ${#word} > 75)); then
			printf '%s \\\n' "$line" >&2
			line='     '
		fi
		line+=" $word"
	done
	printf '%s\n' "$line" >&2
	"$@"
}

# again FOLDER: the flags that let a run go on where it was interrupted.
again() { if [[ -f $1/run.json ]]; then echo --resume auto; fi; }

if [[ ! -r $text ]]; then
	printf 'demo: error: the text %s cannot be read\ndemo: hint: make demo TEXT=path/to/a/text.txt\n' "$text" >&2
	exit 2
fi

title 'BERT, while your machine gets ready'
cat >&2 <<'END'
BERT reads; it does not write. It is the encoder of a Transformer alone,
without a decoder. Older translators read one way, word after word. In BERT
every layer has heads of self-attention, in each of which every token learns
from all tokens around it, to its left and to its right at once:

    the  cat  sat  on  [MASK]  because  [MASK]  was  a  nice  rug  .
     |____|____|____|____^________|________|_____|___|____|____|___|

A reader that sees both sides cannot be trained by asking for the next word,
which it sees. So words are hidden at random, and it must learn from what
stands around them what they were: masked language modelling, MLM. And it is
shown two texts: does the second go on from the first? That is next sentence
prediction, NSP. Neither needs labels; any text will do.

END

# What needs no LibTorch compiles while that is fetched or its headers are read for all of our C++, and works while the C++ compiles.
if ! scripts/install-libtorch.sh --print-env >/dev/null 2>&1; then
	{
		GOFLAGS="${GOFLAGS:+$GOFLAGS }-trimpath" go build -ldflags=-w -o "$bin/" ./scripts/prepare
		go mod download github.com/sugarme/gotch
	} >/dev/null 2>&1 &
	scripts/install-libtorch.sh --quiet
	wait || true # what failed is tried again below, and said
fi
scripts/install-libtorch.sh --quiet >/dev/null 2>&1 &
reading=$!
eval "$(scripts/install-libtorch.sh --print-env)"
scripts/build.sh "$bin" ./scripts/prepare

# A demo of another text, or of another version of it, begins anew.
mark=$(cksum "$text" testdata/demo/*.tsv scripts/demo.sh scripts/prepare/main.go)
if [[ ! -f $out/made-of || $(<"$out/made-of") != "$mark" ]]; then
	rm -rf "$out"/{vocab,corpus,pretrained,finetuned,random,untaught,report.html}
	printf '%s\n' "$mark" >"$out/made-of"
fi
entries=700 split=() sizes=(--seq-length 32 --batch 48 --steps 2400 --learning-rate 4e-3)
if [[ -n ${TEXT:-} ]]; then
	# Little of a real text is learnt in that time, and most of it from short pieces.
	entries=4000 split=(split)
	sizes=(--seq-length 16 --batch 128 --second-length 64 --second-share 0.4 --budget 90s --learning-rate 2e-3)
fi
prepare "$text" "$out" "$entries" "${split[@]}" >"$out/prepared.txt" 2>&1 &
preparing=$!
trap 'kill $preparing 2>/dev/null || true' EXIT
wait "$reading" || true # without it the C++ takes longer
scripts/build.sh "$bin" ./cmd/pretrain ./cmd/finetune
title "The text as word pieces (made while that compiled)" "$(head -n 3 "$text")" "..."
wait "$preparing" || { cat "$out/prepared.txt" >&2 && exit 1; }
cat "$out/prepared.txt" >&2

title 'Pretraining, from nothing: words are hidden, texts are put together' \
	'Some tokens of each text are chosen at random: 80 % of them become [MASK],' \
	'10 % another token, 10 % stay. Watch mlm and nsp fall (how surprised it is)' \
	'and acc rise (how often it is right), of each of the two tasks.'
if [[ ! -f $out/pretrained/done ]]; then
	# shellcheck disable=SC2046
	run pretrain train --data "$out/corpus" --model tiny "${sizes[@]}" --mask-rate 0.2 --beta2 0.98 --warmup 0.1 --dropout 0 --attention-dropout 0 \
		--evaluate-every 250 --save-every 500 --log-every 50 --out "$out/pretrained" $(again "$out/pretrained")
	touch "$out/pretrained/done"
fi
model=$out/pretrained

if [[ -n ${TEXT:-} ]]; then
	# A sentence of the text itself, with a word hidden.
	line=$(awk 'NF >= 6 && NF <= 14 { $(int(NF / 2) + 1) = "[MASK]"; print; exit }' "$text")
	if [[ -n $line ]]; then
		title 'A hidden word of your text' 'A minute and a half is little for a real text: the recipe below takes an hour.'
		run pretrain fill "$model" "$line"
	fi
	run pretrain report "$model" --out "$out/report.html"
else
	cat="The cat sat on it because it was"
	title 'A hidden word' 'It learnt from little stories what a cat may sit on:'
	run pretrain fill "$model" "$cat a nice [MASK]."
	title 'A hidden run of words' 'Each mask by itself, then all of them together, the surest first:'
	run pretrain fill "$model" -k 3 "$cat [MASK] [MASK] [MASK]."
	title 'From both sides' 'What did the cat do? To the left of the mask stands the same each time;' 'what stands to its right decides:'
	run pretrain fill "$model" -k 3 "The cat [MASK] on it because it was a nice rug." "The cat [MASK] on it because it was a nice fish." \
		"The cat [MASK] on it because it was a nice ball."
	title 'And with the right half hidden' 'Now nothing tells what the cat did (mask 1):'
	run pretrain fill "$model" "The cat [MASK] on it because it was a [MASK] [MASK]."
	title '"It", "her" or "him"?' 'The last word decides, and no word before it:'
	run pretrain fill "$model" -k 3 "The cat counted on [MASK] because [MASK] was a nice rug." "The cat counted on [MASK] because [MASK] was a nice woman." \
		"The cat counted on [MASK] because [MASK] was a nice man."
	title 'What does "it" look at?' 'Nobody told the model what "it" stands for. A line is a head of a layer:' \
		'which tokens it lets "it" look at, to the left and to the right, in %:'
	run pretrain attention "$model" "$cat a nice rug." --token it
	title 'Does B follow A?' 'How probable it finds that the second text goes on from the first:'
	run pretrain next "$model" "There was a nice rug in the hall." "$cat a nice rug."
	run pretrain next "$model" "The sailor mended the net near the dock." "$cat a nice rug."
	title 'Fine-tuning: 480 notes, labelled with their moods, teach it a task' \
		'Half of the words for moods in the notes to be judged are in none of the' 'labelled ones: only the stories had them.'
	if [[ ! -f $out/finetuned/done ]]; then
		# shellcheck disable=SC2046
		run finetune train --model "$model" --task classify --train testdata/demo/train.tsv --dev testdata/demo/dev.tsv --epochs 8 \
			--learning-rate 5e-4 --batch 16 --seq-length 48 --pooling mean --log-every 30 --out "$out/finetuned" $(again "$out/finetuned")
		touch "$out/finetuned/done"
	fi
	title 'The same without pretraining' 'Random weights (one step that changes nothing), and the 480 notes alone:'
	if [[ ! -f $out/untaught/done ]]; then
		rm -rf "$out/random" "$out/untaught"
		run pretrain train --data "$out/corpus" --model tiny --seq-length 32 --steps 1 --learning-rate 1e-9 --quiet --out "$out/random"
		run finetune train --model "$out/random" --task classify --train testdata/demo/train.tsv --dev testdata/demo/dev.tsv --epochs 8 \
			--learning-rate 5e-4 --batch 16 --seq-length 48 --pooling mean --quiet --out "$out/untaught" >"$out/untaught.txt"
		touch "$out/untaught/done"
	fi
	grep accuracy "$out/untaught.txt"
	run finetune predict "$out/finetuned" "Everybody at the harbour seemed cheerful about the rope."
	title 'The same on a page'
	run pretrain report "$model" --finetuned "$out/finetuned" --out "$out/report.html" --sentence "$cat a nice rug." \
		--sentence "$cat a nice [MASK]." --sentence "$cat [MASK] [MASK] [MASK]." --sentence "The cat [MASK] on it because it was a nice fish." \
		--sentence "The cat [MASK] on it because it was a [MASK] [MASK]." \
		--sentence "There was a nice rug in the hall. [SEP] $cat a nice rug." --sentence "The sailor mended the net near the dock. [SEP] $cat a nice rug."
fi

cat <<END

Open $out/report.html in a browser: what was learnt, and which token looks at which.
Ask it something else; without a text it waits for your lines:
    $bin/pretrain fill $model
    $bin/pretrain attention $model --layer 2
The same on a text of yours, a sentence or a paragraph a line, blank lines
between documents:
    make demo TEXT=mytext.txt
A model of your own, in three lines:
    $bin/pretrain vocab mytext.txt --size 8000 --out vocab
    $bin/pretrain data mytext.txt --tokenizer vocab --out corpus
    $bin/pretrain train --data corpus --recipe laptop --out run
END
