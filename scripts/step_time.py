"""Where the time of a training step goes: samples of the processor, by what they fell into.

    source ~/.cache/gobert/env.sh
    python3 scripts/step_time.py [--steps 10] [CASE...]      # cases: base-fp32 base-bf16 mini-fp32 mini-bf16

Needs perf (Debian: linux-perf) and a kernel that lets users sample themselves. One thread, batches of full sequences of 128
(base 8, mini 32). The start of the process, which draws the weights, is left out as far as it can be told by name.
"""
import argparse, collections, pathlib, re, subprocess, os, tempfile

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("cases", nargs="*", default=["base-fp32", "base-bf16", "mini-fp32", "mini-bf16"])
p.add_argument("--steps", type=int, default=10)
a = p.parse_args()
root = pathlib.Path(__file__).resolve().parent.parent
work = pathlib.Path(tempfile.mkdtemp(prefix="gobert-step-"))

KINDS = [  # the first that fits; oneDNN's products are code made at run time, without names
    ("start", r"ErfInv|random64|uniform_kernel|SharedParserData|OperatorEntry|dl_relocate|do_lookup"),
    ("matrix products (oneDNN)", r"^\[JIT\]"),
    ("matrix products (MKL)", r"mkl_blas"),
    ("norms, dropout, residuals", r"gobert::.*(norm|dropout|sum_rows|add_three|roots|factor)"),
    ("attention between its products", r"gobert::.*(score|softmax)"),
    ("loss between its products", r"gobert::.*row_loss"),
    ("optimizer, clipping", r"gobert::.*(update_all|sum_squares)"),
    ("page faults and the rest of the kernel", r"^\[kernel"),
    ("activations, casts, sums, all else", r""),
]


def samples(case):
    """Numbers of samples by kind."""
    model, compute = case.split("-")
    env = dict(os.environ, OMP_NUM_THREADS="1", BENCH_MODEL=model, BENCH_BATCH="8" if model == "base" else "32", BENCH_SEQ="128", BENCH_COMPUTE=compute)
    record = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "199", "-o", work / case]
    bench = [work / "heads.test", "-test.run", "^$", "-test.bench", "^BenchmarkStep$", "-test.benchtime", f"{a.steps}x"]
    subprocess.run(record + ["--"] + bench, cwd=root / "heads", env=env, check=True, stdout=subprocess.DEVNULL)
    report = subprocess.run(["perf", "report", "-i", work / case, "--stdio", "--sort", "dso,sym", "-F", "sample,dso,sym"], check=True, capture_output=True, text=True)
    counts = collections.Counter()
    for line in report.stdout.splitlines():
        if found := re.match(r"\s*(\d+)\s+(\S.*?)\s+\[.\] (.*)", line):
            text = found[2] + " " + found[3]
            counts[next(kind for kind, pattern in KINDS if re.search(pattern, text))] += int(found[1])
    return counts


subprocess.run(["go", "test", "-c", "-o", work / "heads.test", "./heads"], cwd=root, check=True)
columns = [samples(case) for case in a.cases]
totals = [sum(c.values()) - c["start"] for c in columns]
print("| Share of a step | " + " | ".join(c.replace("-", " ") for c in a.cases) + " |\n" + "|---" * (len(a.cases) + 1) + "|")
for kind, _ in KINDS[1:]:
    print(f"| {kind} | " + " | ".join(f"{c[kind] / t * 100:.1f} %" for c, t in zip(columns, totals)) + " |")
products = [(c["matrix products (oneDNN)"] + c["matrix products (MKL)"]) / t for c, t in zip(columns, totals)]
print("| **not a matrix product** | " + " | ".join(f"**{(1 - x) * 100:.1f} %**" for x in products) + " |")
