#!/usr/bin/env bash
# torchrun.sh FIRST_MACHINE MACHINES: the same line on every machine, in any order. torchrun starts a process for each GPU (GPUS, 8 by
# default) and, where one is lost, all of them anew, up to three times.
set -euo pipefail

first=${1:?the name of the machine at which all meet}
machines=${2:?the number of machines}
exec torchrun --no-python --nnodes "$machines" --nproc-per-node "${GPUS:-8}" --max-restarts 3 \
  --rdzv-id bert --rdzv-backend c10d --rdzv-endpoint "$first:29500" \
  pretrain train --data "${WORK:-/bert}/corpus" --recipe bert-paper --out "${WORK:-/bert}/run" --resume auto
