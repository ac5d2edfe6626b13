#!/usr/bin/env bash
# The first ten minutes, in one go: from a text to a pretrained and a fine-tuned BERT, and a page that shows both.
# "make demo" builds the commands and calls this; TEXT names a text of your own. Safe to interrupt and to call again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

text=${TEXT:-testdata/demo/stories.txt}
out=${OUT:-demo}
export PATH=$PWD/bin:$PATH

# step TITLE COMMAND... shows a command and runs it.
step() {
	printf '\n== %s\n$ %s\n' "$1" "${*:2}" >&2
	"${@:2}"
}

if [[ ! -r $text ]]; then
	printf 'demo: error: the text %s cannot be read\ndemo: hint: make demo TEXT=path/to/a/text.txt\n' "$text" >&2
	exit 2
fi
mkdir -p "$out"
# A demo of another text, or of another version of it, begins anew.
mark=$(cksum "$text" testdata/demo/*.tsv "${BASH_SOURCE[0]}")
if [[ ! -f $out/made-of || $(<"$out/made-of") != "$mark" ]]; then
	rm -rf "$out"/{vocab,corpus,pretrained,finetuned,report.html}
	printf '%s\n' "$mark" >"$out/made-of"
fi

size=600 sizes=(--seq-length 64 --steps 3000) split=()
if [[ -n ${TEXT:-} ]]; then
	# Little of a real text is learnt in that time, and most of it from short pieces.
	size=4000 sizes=(--seq-length 16 --batch 128 --second-length 64 --second-share 0.4 --budget 150s) split=(--split)
fi
[[ -f $out/vocab/vocab.txt ]] || step "1 of 6: a vocabulary of word pieces" pretrain vocab "$text" --size "$size" --out "$out/vocab"
[[ -f $out/corpus/manifest.json ]] || step "2 of 6: the text as token ids" pretrain data "$text" "${split[@]}" --tokenizer "$out/vocab" --heldout 0.05 --out "$out/corpus"
if [[ ! -f $out/pretrained/done ]]; then
	resume=()
	[[ ! -f $out/pretrained/run.json ]] || resume=(--resume auto)
	step "3 of 6: pretraining: hidden words, and whether two passages belong together" \
		pretrain train --data "$out/corpus" --model tiny "${sizes[@]}" --learning-rate 2e-3 --warmup 0.1 --dropout 0 --attention-dropout 0 \
		--evaluate-every 250 --save-every 500 --log-every 50 --out "$out/pretrained" "${resume[@]}"
	touch "$out/pretrained/done"
fi
if [[ -z ${TEXT:-} ]]; then
	step "4 of 6: filling in a blank" pretrain fill "$out/pretrained" "The baker kneaded the [MASK] near the oven."
	if [[ ! -f $out/finetuned/done ]]; then
		resume=()
		[[ ! -d $out/finetuned ]] || resume=(--resume auto)
		step "5 of 6: fine-tuning on 480 notes with their moods; the other half of the mood words only the stories have told" \
			finetune train --model "$out/pretrained" --task classify --train testdata/demo/train.tsv --dev testdata/demo/dev.tsv \
			--epochs 12 --learning-rate 5e-4 --batch 16 --seq-length 48 --log-every 30 --out "$out/finetuned" "${resume[@]}"
		touch "$out/finetuned/done"
	fi
	step "6 of 6: predicting" finetune predict "$out/finetuned" "Near the barn we met the farmer, who was furious."
	step "the page" pretrain report "$out/pretrained" --finetuned "$out/finetuned" --out "$out/report.html"
else
	step "the page" pretrain report "$out/pretrained" --out "$out/report.html"
fi

cat <<END

Open $out/report.html in a browser: it shows what was learnt, and which token looks at which.
Try
    bin/pretrain fill $out/pretrained "The sailor mended the [MASK]."
    bin/pretrain next $out/pretrained "The farmer fed the cow." "There was no hay in the barn."
    make demo TEXT=mytext.txt          # a sentence or a paragraph a line, blank lines between documents
    bin/pretrain train --help          # your own model
END
