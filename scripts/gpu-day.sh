#!/usr/bin/env bash
# Ten minutes on a machine with an NVIDIA GPU: is it right, how fast is it beside PyTorch, what does it take, does it last.
# Needs Python 3 with torch 2.11.0+cu130 and transformers, and the programs of scripts/gpu-bundle.sh; neither Go nor a compiler.
#
#   scripts/gpu-day.sh [--minutes 10] [--out gpu-day] [--only STEP,...] [--python: $PYTHON]
#   scripts/gpu-day.sh --help
#
# Each result is written as it comes, to results.jsonl and results.md; docs/gpu.md tells how to read them.
set -euo pipefail
exec "${PYTHON:-python3}" "$(dirname "${BASH_SOURCE[0]}")/gpu/day.py" "$@"
