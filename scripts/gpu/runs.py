"""The commands themselves on the GPU: a run whose memory and loss are watched, one that is killed and resumed, fine-tuning."""
import hashlib, json, os, time

from machine import ROOT, Failed, kill

FLAT = 64 << 20  # bytes that a run may grow by after its first third
NEAR = 0.02      # share by which losses of both devices may differ
ALIKE = 1e-3     # how far probabilities of both devices may be apart, in fp32
THREADS = 4      # of the run on the CPU, which is to leave the others alone


def entries(m, run, kind):
    """A run's record: its lines of a kind."""
    file = m.work / run / "metrics.jsonl"
    lines = file.read_text().splitlines() if file.exists() else []
    return [e for e in map(json.loads, lines) if e["kind"] == kind]


def digest(m, run):
    """The SHA-256 of the weights that a run ended with."""
    return hashlib.sha256((m.work / run / "model.safetensors").read_bytes()).hexdigest()


class Runs:
    def __init__(self, m):
        self.m, self.child = m, None
        self.size = dict(model="tiny", length=32, batch=4, steps=12, held=16) if m.a.rehearse else dict(model="mini", length=128, batch=32, steps=300, held=256)

    def begin(self):
        """The corpus, and the same run on the CPU, which takes its time beside all else."""
        text = ROOT / "testdata/demo/stories.txt"
        self.m.run("pretrain", "vocab", text, "--size", 600, "--out", "vocab", "-q", most=60)
        self.m.run("pretrain", "data", text, "--tokenizer", "vocab", "--out", "corpus", "-q", most=60)
        self.child = self.m.start("pretrain", *self.training("on-cpu", self.size["steps"], "cpu", "fp32", "--threads", min(THREADS, os.cpu_count())), nice=True)

    def training(self, out, steps, device, compute, *more):
        return ["train", "--data", "corpus", "--out", out, "--model", self.size["model"], "--seq-length", self.size["length"], "--batch", self.size["batch"],
                "--steps", steps, "--learning-rate", "1e-3", "--warmup", "0.1", "--log-every", max(1, steps // 30), "--evaluate-every", 0, "--save-every", 0,
                "--evaluate-sequences", self.size["held"], "--samples", 0,
                "--no-rehearse", "--no-tensorboard", "-q", "--device", device, "--compute", compute, *more]

    def soak(self):
        """Steps of varying length on the GPU: memory stays, and the loss is the CPU's."""
        self.m.run("pretrain", *self.training("on-gpu", self.size["steps"], self.m.device, "bf16"))
        steps = entries(self.m, "on-gpu", "step")
        held = [e["timing"]["memory"] for e in steps]
        settled = held[len(held) // 3]
        self.m.record.row("soak, memory", steps=self.size["steps"], MB_after_a_third=settled / 1e6, MB_at_the_end=held[-1] / 1e6, ok=held[-1] - settled <= FLAT,
                          tokens_a_second=steps[-1]["timing"]["tokens_per_second"])
        if self.child is None:
            raise Failed("the run on the CPU was not begun")
        _, code = self.m.finish(self.child)
        if code:
            raise Failed(f"the run on the CPU ended with {code}: {self.m.last_words()}")
        for what, kind, tail in (("training, the last third", "step", len(steps) // 3), ("held out", "evaluation", 1)):
            ours, theirs = (sum(e["loss"] for e in entries(self.m, run, kind)[-tail:]) / tail for run in ("on-gpu", "on-cpu"))
            self.m.record.row("soak, loss", of=what, gpu_bf16=ours, cpu_fp32=theirs, ok=abs(ours - theirs) <= NEAR * theirs)

    def resume(self):
        """A run that is killed in its midst and resumed ends as one that is not."""
        steps = max(12, self.size["steps"] // 5)
        settings = ["--save-every", steps // 4, "--deterministic"]
        self.m.run("pretrain", *self.training("whole", steps, self.m.device, "bf16"), *settings)
        child = self.m.start("pretrain", *self.training("killed", steps, self.m.device, "bf16"), *settings)
        while child.poll() is None and not any(e["text"].startswith("saved") for e in entries(self.m, "killed", "event")):
            time.sleep(0.05)
            if self.m.left() < 5:
                kill(child)
        alive = child.poll() is None
        kill(child)
        self.m.finish(child)
        at = entries(self.m, "killed", "step")[-1]["step"]
        self.m.run("pretrain", "train", "--out", "killed", "--data", "corpus", "--resume", "auto", "--device", self.m.device, "-q", "--deterministic")
        weights = [digest(self.m, run) for run in ("whole", "killed")]
        losses = [[(e["step"], e["loss"]) for e in entries(self.m, run, "step")] for run in ("whole", "killed")]
        self.m.record.row("kill and resume", steps=steps, killed_after=at if alive else "its end", same_losses=losses[0] == losses[1], same_bits=weights[0] == weights[1],
                          ok=alive and losses[0] == losses[1] and weights[0] == weights[1])

    def finetune(self):
        """Fine-tunes the soaked model on the demo's notes, and predicts on both devices."""
        demo = ROOT / "testdata/demo"
        steps, rows = (4, 25) if self.m.a.rehearse else (60, None)
        dev = self.m.work / "dev.tsv"
        dev.write_text("".join((demo / "dev.tsv").read_text().splitlines(keepends=True)[:rows]))
        self.m.run("finetune", "train", "--model", "on-gpu", "--task", "classify", "--train", demo / "train.tsv", "--dev", dev, "--steps", steps, "--learning-rate", "5e-4",
                   "--batch", 16, "--seq-length", 48, "--device", self.m.device, "--out", "moods", "-q")
        answers = [[json.loads(line) for line in self.m.run("finetune", "predict", "moods", "--input", dev, "--top", 4, "--device", device, "-q").splitlines()]
                   for device in (self.m.device, "cpu")]
        here, there = ([{x["label"]: x["probability"] for x in row["labels"]} for row in rows] for rows in answers)
        apart = max(abs(a[label] - b[label]) for a, b in zip(here, there) for label in b)
        self.m.record.row("fine-tuning", texts=len(there), steps=steps, probabilities_apart=apart, ok=len(here) == len(there) > 0 and apart <= ALIKE)
