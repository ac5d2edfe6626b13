"""Sets our speed beside the reference's: same machine, one sitting, alternating; medians and their ratio.

    . ~/.cache/gobert/env.sh && go test -c -o heads.test ./heads
    PYTHON scripts/compare_speed.py --ours ./heads.test --reference hf_speed.py CASE [CASE...]

PYTHON has torch 2.11.0 and transformers 5.17.0; hf_speed.py times the reference and prints a line of JSON. A case is
WHAT:MODEL:BATCH:SEQ:COMPUTE[:FILL], such as pretrain:mini:32:128:bf16 or infer:base:8:128:fp32:0.5. The reference runs as
installed and once more with glibc's allocator kept from giving memory back ("tuned"). For bf16 inference it is given
autocast, as that script offers.
"""
import argparse, json, os, re, statistics, subprocess, sys

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("cases", nargs="+")
p.add_argument("--ours", required=True)
p.add_argument("--reference", required=True)
p.add_argument("--rounds", type=int, default=5)
p.add_argument("--device", default="cpu")
p.add_argument("--compile", action="store_true")
a = p.parse_args()
TUNED = {"MALLOC_MMAP_THRESHOLD_": "8589934592", "MALLOC_TRIM_THRESHOLD_": "8589934592"}


def ours(what, model, batch, seq, compute, fill):
    env = dict(os.environ, BENCH_MODEL=model, BENCH_BATCH=batch, BENCH_SEQ=seq, BENCH_COMPUTE=compute, BENCH_FILL=fill, BENCH_DEVICE=a.device)
    name = {"pretrain": "Step", "infer": "Forward"}[what]
    out = subprocess.run([a.ours, "-test.run", "xxx", "-test.bench", f"^Benchmark{name}$", "-test.benchtime", "2s"], env=env, capture_output=True, text=True)
    found = re.search(r"([0-9.]+) ns/op", out.stdout)
    if not found:
        sys.exit(out.stdout + out.stderr)
    return float(found[1]) / 1e9


def reference(what, model, batch, seq, compute, fill, env):
    command = [sys.executable, a.reference, what, "--model", model, "--batch", batch, "--seq", seq, "--fill", fill, "--device", a.device, "--steps", "5"]
    command += ["--bf16"] if compute == "bf16" else []
    command += ["--compile"] if a.compile else []
    out = subprocess.run(command, env=dict(os.environ, **env), capture_output=True, text=True)
    if out.returncode:
        sys.exit(out.stderr)
    return json.loads(out.stdout.strip().splitlines()[-1])["seconds"]


print("| case | ours, s | reference, s | tuned, s | ratio | ratio to tuned |\n|---|---|---|---|---|---|", flush=True)
for case in a.cases:
    what, model, batch, seq, compute, *rest = case.split(":")
    args = (what, model, batch, seq, compute, rest[0] if rest else "1")
    us, them, tuned = [], [], []
    for _ in range(a.rounds):
        us.append(ours(*args))
        them.append(reference(*args, {}))
        if a.device == "cpu":
            tuned.append(reference(*args, TUNED))
    u, t, q = statistics.median(us), statistics.median(them), statistics.median(tuned or them)
    print(f"| {case} | {u:.4f} | {t:.4f} | {q:.4f} | {t / u:.2f} | {q / u:.2f} |", flush=True)
