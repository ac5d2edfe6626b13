"""The table of speed and memory: a training step of ours beside the reference's, eager and compiled."""
import concurrent.futures, pathlib, re, sys

from machine import ROOT, Failed

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from reference.worker import Worker  # noqa: E402

COMPILERS = 3  # cases that the reference compiles at a time
PRETRAIN = [  # model, batch, length, fill; the first are the most important
    ("base", 256, 128, 1), ("base", 256, 128, 0.5), ("large", 64, 512, 1), ("base", 32, 128, 1), ("base", 64, 512, 1), ("large", 64, 512, 0.5),
    ("large", 256, 128, 1), ("base", 64, 512, 0.5), ("large", 256, 128, 0.5)]
FIRST = 3  # of them come before all that is less important
QUESTIONS = [("base", 32, 384, 0.5), ("base", 32, 384, 1)]
REHEARSED = [("tiny", 4, 16, 0.5)]


def key(task, model, batch, length, fill):
    return dict(what=task, model=model, batch=batch, seq=length, fill=fill, compute="bf16")


def name(case):
    return f"{case['model']} {case['batch']}x{case['seq']}" + (" half filled" if case["fill"] < 1 else "")


def step(m, case, **more):
    """One benchmark of ours: its metrics by unit."""
    output = m.run("heads.test", "-test.run", "^$", "-test.bench", "^BenchmarkStep$", "-test.benchtime", "1x" if m.a.rehearse else "2s", cwd=ROOT / "heads",
                   most=60, BENCH_TASK=case["what"], BENCH_MODEL=case["model"], BENCH_BATCH=case["batch"], BENCH_SEQ=case["seq"], BENCH_FILL=case["fill"],
                   BENCH_COMPUTE=case["compute"], BENCH_DEVICE=m.device, **more)
    line = next((line for line in output.splitlines() if line.startswith("Benchmark")), None)
    if line is None:
        raise Failed(f"the benchmark gave no result: {m.last_words()}")
    return {unit: float(value) for value, unit in re.findall(r"([0-9.e+-]+) (\S+)", line.split("\t", 1)[1])}


class Table:
    """The cases. Those that the reference compiles are begun at once, in processes of their own, some at a time."""

    def __init__(self, m):
        self.m, self.threads = m, concurrent.futures.ThreadPoolExecutor(1)
        self.pretrain = [key("pretrain", *c) for c in (REHEARSED if m.a.rehearse else PRETRAIN)]
        self.questions = [key("questions", *c) for c in (REHEARSED if m.a.rehearse else QUESTIONS)]
        self.eager, self.compiled, self.workers = None, {}, []

    def begin(self):
        if self.m.reference:
            self.eager = self.worker()
            cases = self.pretrain[:FIRST] + self.questions[:1] + self.pretrain[FIRST:] + self.questions[1:]
            compilers = concurrent.futures.ThreadPoolExecutor(COMPILERS)
            self.compiled = {name(c) + c["what"]: compilers.submit(self.compile, c) for c in cases}

    def worker(self, **env):
        self.workers.append(Worker(**env))
        return self.workers[-1]

    def compile(self, case):
        worker = self.worker(TORCHINDUCTOR_COMPILE_THREADS="3")
        worker.ask(do="build", warm=3, device=self.m.reference, variant=compiled(case), **case)
        return worker

    def compare(self, cases):
        """Rows of ours and of each variant of the reference."""
        for case in cases:
            if self.m.left() < 15:
                self.m.record.note("speed", f"no time for {name(case)} and what follows")
                return
            try:
                metrics = step(self.m, case)
                ours = metrics["tokens/s"]
                self.row(case, "ours", metrics["s/step"], ours, metrics["peak-MB"] / 1e3, None)
            except Failed as e:
                self.m.record.note("speed", f"{name(case)}: {e}", failed=True)
                continue
            for variant in [] if self.m.reference is None else ["eager", *(["eager-gather"] if case["what"] == "pretrain" else []), compiled(case)]:
                try:
                    self.measure(case, variant, ours)
                except (Failed, RuntimeError, OSError) as e:
                    self.m.record.note("speed", f"{name(case)}, {variant}: {e}")

    def measure(self, case, variant, ours):
        worker = self.eager
        if variant.startswith("compile"):
            future = self.compiled[name(case) + case["what"]]
            try:
                worker = future.result(self.m.patience(60))
            except concurrent.futures.TimeoutError:
                raise Failed("it was not compiled in time") from None
        elif worker.process.poll() is not None:
            worker = self.eager = self.worker()
        if not variant.startswith("compile"):
            built = self.threads.submit(worker.ask, do="build", warm=2, device=self.m.reference, variant=variant, **case)
            self.m.within(90, built, worker)
        running = self.threads.submit(worker.ask, do="run", seconds=0.1 if self.m.a.rehearse else 1.5, least=2, device=self.m.reference)
        answer = self.m.within(60, running, worker)
        rate = real_tokens(case) / answer["wall"]
        self.row(case, variant, answer["wall"], rate, answer["peak"] / 1e9, ours / rate)
        if variant.startswith("compile"):
            worker.close()  # its memory is for the next

    def row(self, case, who, seconds, rate, gigabytes, ratio):
        title = "speed, a step of pretraining" if case["what"] == "pretrain" else "speed, a step of answering questions"
        self.m.record.row(title, case=name(case), who=who, ms=seconds * 1e3, real_tokens_a_second=rate, peak_GB=gigabytes, ours_is_times=ratio)

    def close(self):
        for future in self.compiled.values():
            future.cancel()
        for worker in self.workers:
            worker.process.kill()


def compiled(case):
    return "compile-gather" if case["what"] == "pretrain" else "compile"


def real_tokens(case):
    """Tokens without padding, as both sides draw them."""
    if case["fill"] == 1:
        return case["batch"] * case["seq"]
    low = max(1, round(case["seq"] * max(0, 2 * case["fill"] - 1)))
    return sum(low + (case["seq"] - low) * i // max(1, case["batch"] - 1) for i in range(case["batch"]))
