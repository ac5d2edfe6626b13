"""Every figure of speed and memory, ours beside the reference's: one machine, one sitting, alternating, medians.

    source ~/.cache/gobert/env.sh
    PYTHON scripts/figures.py [--rounds 5] [GROUP...]      # groups: operators adamw load infer pretrain loop memory leaks, and int8

The group loop trains on real text: $BERT_DATA (default ../shared/data) holds corpus/wikipedia.txt and
vocab/bert-base-uncased. PYTHON has torch 2.11.0 and transformers 5.17.0. Each case is timed --rounds times, in turn: ours, the reference as
installed, the reference with glibc's allocator kept from giving memory back ("tuned"). Tables are Markdown. Five rounds take
about fifteen minutes on two quiet cores. The group int8, which is made when it is named, needs onnx, onnxruntime, openvino and nncf. On a busy machine only --cpu means something: one thread, processor time.
"""
import argparse, json, os, pathlib, re, statistics, subprocess, sys, tempfile, time

from reference.worker import Worker

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("groups", nargs="*", default=[])
p.add_argument("--rounds", type=int, default=5)
p.add_argument("--seconds", type=float, default=1.5, help="time that each measurement of a round takes, at least")
p.add_argument("--device", default="cpu")
p.add_argument("--compile", action="store_true", help="let the reference compile its model")
p.add_argument("--cpu", action="store_true", help="one thread, and processor time in the place of the clock's")
p.add_argument("--only", default="", help="cases whose name has this in it")
a = p.parse_args()
groups = a.groups or ["operators", "adamw", "load", "infer", "pretrain", "loop", "memory", "leaks"]
root = pathlib.Path(__file__).resolve().parent.parent
work = pathlib.Path(tempfile.mkdtemp(prefix="gobert-figures-"))
TUNED = {"MALLOC_MMAP_THRESHOLD_": "8589934592", "MALLOC_TRIM_THRESHOLD_": "8589934592"}
THREADS = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"} if a.cpu else {}

OPERATORS = 100_000  # that the reference times at once
INFER = [  # model, batch, length, compute, fill, wanted ratio to the reference
    ("base", 1, 32, "fp32", 1, "1.2"), ("base", 8, 128, "fp32", 1, "1.0"), ("base", 8, 128, "fp32", 0.5, "1.8"), ("minilm", 1, 32, "fp32", 1, "1.5"),
    ("base", 8, 128, "bf16", 1, "1.1"), ("base", 8, 128, "bf16", 0.5, "1.8")]
PRETRAIN = [  # wanted: as installed / tuned
    ("mini", 32, 128, "fp32", 1, "4 / 2.5"), ("mini", 32, 128, "bf16", 1, "6 / 2.8"), ("base", 8, 128, "fp32", 1, "1.4 / 1.2"), ("base", 8, 128, "bf16", 1, "1.8 / 1.5"),
    ("mini", 32, 128, "fp32", 0.5, "7.2 / 4.5"), ("mini", 32, 128, "bf16", 0.5, "10.8 / 5.0"), ("base", 8, 128, "fp32", 0.5, "2.5 / 2.2"), ("base", 8, 128, "bf16", 0.5, "3.2 / 2.7")]


INT8 = [("minilm", 1, 32, 1), ("minilm", 8, 128, 1), ("minilm", 8, 128, 0.5), ("base", 1, 32, 1), ("base", 8, 128, 1), ("base", 8, 128, 0.5)]

LOOP = [  # model, batch, compute of ours, compute of the reference, steps; wanted: as installed / tuned
    ("tiny", 32, "fp32", "fp32", 60, "6 / -"), ("mini", 32, "fp32", "fp32", 30, "4.3 / 2.8"), ("mini", 32, "bf16", "bf16", 30, "6.5 / 3"),
    ("mini", 32, "bf16", "fp32", 30, "12 / -"), ("base", 8, "fp32", "fp32", 18, "1.5 / 1.3"), ("base", 8, "bf16", "bf16", 18, "2 / 1.65"),
    ("base", 8, "bf16", "fp32", 18, "5 / -")]


def build(package):
    """A test binary of a package."""
    path = work / (package.replace("/", "-") + ".test")
    subprocess.run(["go", "test", "-c", "-o", path, "./" + package], cwd=root, check=True)
    return path


binaries = {}


def ours(package, bench, **env):
    """The metrics of one run of a benchmark, by unit."""
    if package not in binaries:
        binaries[package] = build(package)
    seconds = env.pop("seconds", a.seconds)
    out = subprocess.run([binaries[package], "-test.run", "^$", "-test.bench", f"^Benchmark{bench}$", "-test.benchtime", f"{seconds}s"], cwd=root / package,
                         env={**os.environ, **THREADS, "BENCH_DEVICE": a.device, **{k: str(v) for k, v in env.items()}}, capture_output=True, text=True)
    line = next((l for l in out.stdout.splitlines() if l.startswith("Benchmark")), None)
    if line is None:
        sys.exit(out.stdout + out.stderr)
    return {unit: float(value) for value, unit in re.findall(r"([0-9.e+-]+) (\S+)", line.split("\t", 1)[1])}


def seconds(metrics):
    """Of one iteration: of the clock, or of the processor."""
    if not a.cpu:
        return metrics["ns/op"] / 1e9
    return metrics["cpu-s/step"] if "cpu-s/step" in metrics else metrics["cpu-ns/op"] / 1e9


class Reference(Worker):
    """The reference, in a process that is asked for one case after the other."""

    def build(self, what, warm=2, **case):
        return self.ask(do="build", what=what, warm=warm, device=a.device, variant="compile" if a.compile else "eager", threads=1 if a.cpu else 0, **case)

    def run(self):
        return self.ask(do="run", seconds=a.seconds, least=2, device=a.device)["cpu" if a.cpu else "wall"]


class OnnxRuntime(Reference):
    """The other sides of int8; see reference/onnx_int8.py."""

    script = "onnx_int8.py"


def compare(mine, references):
    """Medians over the rounds: ours, and each reference's; and the median of the ratios of neighbours in time."""
    us, them = [], [[] for _ in references]
    for _ in range(a.rounds):
        us.append(mine())
        for r, times in zip(references, them):
            times.append(r.run())
    ratios = [statistics.median(t / u for t, u in zip(times, us)) for times in them]
    return statistics.median(us), [statistics.median(t) for t in them], ratios


def row(*cells):
    print("| " + " | ".join(str(c) for c in cells) + " |", flush=True)


def head(title, *names):
    print(f"\n### {title}\n", flush=True)
    row(*names)
    row(*["---"] * len(names))


def pair():
    return [Reference(**THREADS), Reference(**THREADS, **TUNED)] if a.device == "cpu" else [Reference(**THREADS)]


def speed(title, what, bench, cases, references):
    head(title, "case", "ours, ms", "reference, ms", "tuned, ms", "ratio", "ratio to tuned", "wanted")
    for model, batch, seq, compute, fill, wanted in cases:
        name = f"{model} {batch}x{seq} {compute}" + (f" fill {fill}" if fill < 1 else "")
        if a.only not in name:
            continue
        env = dict(BENCH_MODEL=model, BENCH_BATCH=batch, BENCH_SEQ=seq, BENCH_COMPUTE=compute, BENCH_FILL=fill)
        for r in references:
            r.build(what, model=model, batch=batch, seq=seq, compute=compute, fill=fill)
        u, them, ratios = compare(lambda: ours("heads", bench, **env)["cpu-s/step" if a.cpu else "s/step"], references)
        row(name, f"{u * 1e3:.1f}", *(f"{t * 1e3:.1f}" for t in them), *(f"{x:.2f}" for x in ratios), wanted)


def operators(references):
    head("One small operator, gradient off", "operator", "ours, us", "Python, us", "ratio", "wanted")
    for name in ("add", "matmul"):
        references[0].build("operator", warm=1, name=name)
        mine = lambda: seconds(ours("internal/torch", f"Operator/{name}", OMP_NUM_THREADS=1)) * OPERATORS
        u, (t, *_), (ratio, *_) = compare(mine, references[:1])
        row(f"{name} of [4,4]", f"{u / OPERATORS * 1e6:.3f}", f"{t / OPERATORS * 1e6:.3f}", f"{ratio:.2f}", "1.0")


def int8():
    """Passes in int8, beside ONNX Runtime's, OpenVINO's and ours in fp32; and what the weights take in memory."""
    head("Inference in int8", "case", "ours int8, ms", "ours fp32, ms", "ONNX Runtime int8, ms", "OpenVINO int8, ms", "ratio to fp32", "to ONNX Runtime", "to OpenVINO", "resident/fp32",
         "wanted: to fp32, to both")
    maker, others, made = Reference(**THREADS), {"int8": OnnxRuntime(**THREADS), "openvino": OnnxRuntime(**THREADS)}, set()
    unit = "cpu-s/step" if a.cpu else "s/step"
    for model, batch, seq, fill in INT8:
        name, folder = f"{model} {batch}x{seq}" + (f" fill {fill}" if fill < 1 else ""), str(work / ("int8-" + model))
        if a.only not in name:
            continue
        if model not in made:
            maker.build("save", warm=0, model=model, folder=folder)
            made.add(model)
        for compute, other in others.items():
            print(other.build("infer", folder=folder, batch=batch, seq=seq, fill=fill, compute=compute)["versions"], file=sys.stderr)
        times, resident = {"ours": [], "fp32": [], "int8": [], "openvino": []}, 0.0
        for _ in range(a.rounds):
            for compute in ("int8", "fp32"):
                metrics = ours("bert", "Encode", BENCH_FOLDER=folder, BENCH_BATCH=batch, BENCH_SEQ=seq, BENCH_FILL=fill, BENCH_COMPUTE=compute)
                times["ours" if compute == "int8" else compute].append(metrics[unit])
                resident = metrics["resident/size"] if compute == "int8" else resident
            for compute, other in others.items():
                times[compute].append(other.run())
        ratio = lambda what: statistics.median(t / u for t, u in zip(times[what], times["ours"]))
        wanted = "1.9 (AVX2: 1.4) / " + ("1.0" if batch == 1 else "1.2" if fill == 1 else "2.0")
        row(name, *(f"{statistics.median(t) * 1e3:.2f}" for t in times.values()), *(f"{ratio(w):.2f}" for w in list(times)[1:]), f"{resident:.3f}", wanted)
    for worker in (maker, *others.values()):
        worker.close()


def adamw(references):
    head("One fused AdamW step, 110 million parameters", "ours, ms", "reference, ms", "ratio", "wanted")
    references[0].build("adamw")
    u, (t, *_), (ratio, *_) = compare(lambda: seconds(ours("internal/torch", "AdamW")), references[:1])
    row(f"{u * 1e3:.0f}", f"{t * 1e3:.0f}", f"{ratio:.2f}", "1.0")


def load(references):
    folder = str(work / "base")
    references[0].build("save", warm=0, model="base", folder=folder)
    head("Loading base from safetensors, warm file cache", "ours, ms", "ours with one pass, ms", "from_pretrained, ms", "share", "share with a pass", "resident memory / size", "wanted")
    references[0].build("load", folder=folder)
    opened, touched, resident = [], [], []

    def mine():
        m = ours("bert", "Load", BENCH_FOLDER=folder)
        opened.append(seconds(m)), touched.append(m["first-pass-cpu-s" if a.cpu else "first-pass-s"]), resident.append(m["resident/size"])
        return opened[-1]

    u, (t, *_), _ = compare(mine, references[:1])
    both = u + statistics.median(touched)
    row(f"{u * 1e3:.2f}", f"{both * 1e3:.0f}", f"{t * 1e3:.0f}", f"{u / t:.4f}", f"{both / t:.2f}", f"{statistics.median(resident):.3f}", "0.3; 1.1")


class Loop:
    """`pretrain train` on the Wikipedia file: the whole loop, with reading, masking, logging."""

    def __init__(self):
        data = pathlib.Path(os.environ.get("BERT_DATA", root.parent / "shared" / "data"))
        self.program, self.corpus = work / "pretrain", work / "corpus"
        subprocess.run(["go", "build", "-o", self.program, "./cmd/pretrain"], cwd=root, check=True)
        subprocess.run([self.program, "data", data / "corpus/wikipedia.txt", "--tokenizer", data / "vocab/bert-base-uncased", "--out", self.corpus, "-q"], check=True)

    def tokens_per_second(self, model, batch, compute, steps):
        """Real tokens a second, the median over windows of steps, without the first; and the share of time that waits for data."""
        run = pathlib.Path(tempfile.mkdtemp(dir=work))
        every = max(1, steps // 6)
        out = subprocess.run([self.program, "train", "--data", self.corpus, "--out", run, "--model", model, "--batch", str(batch), "--steps", str(steps + every),
                              "--compute", compute, "--log-every", str(every), "--evaluate-sequences", "8", "--save-every", "0", "--no-rehearse", "--no-tensorboard",
                              "--device", a.device, "--threads", "1" if a.cpu else "0", "-q"], capture_output=True, text=True)
        if out.returncode:
            sys.exit(out.stderr)
        timing = [e["timing"] for e in map(json.loads, open(run / "metrics.jsonl")) if e["kind"] == "step"][1:]
        return statistics.median(t["tokens_per_second"] for t in timing), max(t["data_wait"] for t in timing)


def loop(references):
    head("The whole training loop on Wikipedia, sequences of 128", "case", "ours, tokens/s", "reference, tokens/s", "tuned, tokens/s", "ratio", "ratio to tuned", "wanted", "wait for data")
    program = Loop()
    for model, batch, compute, their, steps, wanted in LOOP:
        name = f"{model} {batch}x128 {compute}" + (f" against {their}" if their != compute else "")
        if a.only not in name:
            continue
        for r in references:
            r.build("pretrain", model=model, batch=batch, seq=128, compute=their, fill=1)
        waits = []

        def mine():
            speed, wait = program.tokens_per_second(model, batch, compute, steps)
            waits.append(wait)
            return 1 / speed

        u, them, ratios = compare(mine, references)
        tokens = batch * 128
        row(name, f"{1 / u:,.0f}", *(f"{tokens / t:,.0f}" for t in them), *(f"{x * tokens ** -1:.2f}" for x in ratios), wanted, f"{max(waits) * 100:.2f} %")


def memory():
    head("Peak resident memory of a training process, mini 32x128", "compute", "ours, MB", "reference, MB", "tuned, MB", "share", "wanted")
    for compute in ("fp32", "bf16"):
        peaks = []
        for env in ({}, TUNED):
            r = Reference(**THREADS, **env)
            r.build("pretrain", model="mini", batch=32, seq=128, compute=compute, fill=1)
            peaks.append(r.ask(do="run", seconds=1, least=3)["peak"] / 1e6)
            r.close()
        mine = ours("heads", "Step", BENCH_MODEL="mini", BENCH_BATCH=32, BENCH_SEQ=128, BENCH_COMPUTE=compute)["peak-MB"]
        row(compute, f"{mine:.0f}", *(f"{x:.0f}" for x in peaks), f"{mine / peaks[0]:.2f}", "0.5")


def leaks():
    head("Growth of resident memory, full length", "run", "grew by, kB", "wanted")
    for package, test in (("internal/torch", "TestNothingLeaks"), ("bert", "TestForwardPassesKeepMemoryFlat")):
        out = subprocess.run(["go", "test", "-count=1", "-v", "-run", f"^{test}$", "./" + package], cwd=root, env={**os.environ, "GOBERT_LONG": "1"}, capture_output=True, text=True)
        for what, grown in re.findall(r"(\S.*?): resident memory grew by (-?\d+) kB", out.stdout):
            row(re.sub(r"^\S+\.go:\d+: ", "", what), grown, "2048")
        if out.returncode:
            print(out.stdout + out.stderr)


start = time.time()
needs = set(groups) & {"operators", "adamw", "load", "infer", "pretrain", "loop"}
references = pair() if needs else []
if references:
    print(references[0].build("save", warm=0, model="tiny", folder=str(work / "tiny"))["versions"], "| load before:", os.getloadavg()[0])
for group in groups:
    match group:
        case "operators": operators(references)
        case "adamw": adamw(references)
        case "load": load(references)
        case "infer": speed("Inference", "infer", "Forward", INFER, references)
        case "pretrain": speed("Training step, MLM+NSP", "pretrain", "Step", PRETRAIN, references)
        case "loop": loop(references)
        case "memory": memory()
        case "leaks": leaks()
        case "int8": int8()
        case _: sys.exit(f"unknown group {group}")
for r in references:
    r.close()
print(f"\n({(time.time() - start) / 60:.0f} minutes, {'processor time of one thread' if a.cpu else 'wall clock'}, {a.rounds} rounds)")
