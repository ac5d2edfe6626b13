"""Several GPUs: what goes between them, whether several ranks end with the bits of one, and how much faster they are."""
import json

from checks import doctor
from runs import digest, entries

MOST = 8  # ranks, of one machine


def ranks(m):
    """Pretraining on one GPU, on two and on as many as there are, the same batch on each."""
    if ":" in m.device:
        return m.record.note("ranks", f"left out: {m.device} was asked for, and not all GPUs")
    count = len(doctor(m)["gpus"])
    if count < 2:
        return m.record.note("ranks", f"left out: this machine has {count} GPU{'s' * (count != 1)}, and several ranks need one each")
    most = min(MOST, 1 << count.bit_length() - 1)
    sizes = sorted({2, most})
    for size in sizes:
        bandwidth(m, size)
    run = dict(model="tiny", length=32, batch=most, steps=4) if m.a.rehearse else dict(model="base", length=128, batch=32 * most, steps=40)
    bits, losses, speed = {}, {}, {}
    for size in [1, *sizes]:
        out = f"ranks-{size}"
        m.run("pretrain", "train", "--data", "corpus", "--out", out, "--model", run["model"], "--seq-length", run["length"], "--batch", run["batch"], "--steps", run["steps"],
              "--log-every", run["steps"] // 4, "--evaluate-every", 0, "--save-every", 0, "--evaluate-sequences", 16, "--samples", 0, "--no-rehearse", "--no-tensorboard",
              "-q", "--device", m.device, "--compute", "bf16", "--deterministic", "--parts", most, "--threads", 1, *(["--ranks", size] if size > 1 else []))
        steps = entries(m, out, "step")
        bits[size], losses[size] = digest(m, out), [e["loss"] for e in steps]
        speed[size] = steps[-1]["timing"]["tokens_per_second"]
        same = bits[size] == bits[1] and losses[size] == losses[1]
        m.record.row("ranks", ranks=size, parts=most, batch=run["batch"], tokens_a_second=speed[size], times_one_rank=speed[size] / speed[1], bits_of_one_rank=same, ok=same)


def bandwidth(m, size):
    """The doctor's sums between the GPUs of so many ranks: bytes a second that each sends, and receives."""
    output, code = m.finish(m.start("pretrain", "doctor", "--ranks", size, "--device", m.device, "--json", "-q"), 60)
    found = json.loads(output) if output else {"sums": [], "problems": [{"what": m.last_words()}]}
    for problem in found["problems"]:
        m.record.note("doctor of ranks", problem["what"], failed=True)
    for s in found["sums"]:
        seconds = (s["reduce_scatter_ns"] + s["gather_ns"]) / 1e9
        m.record.row("doctor of ranks", ranks=size, MB=s["bytes"] / 1e6, ms=1000 * seconds, GB_a_second=2 * (size - 1) / size * s["bytes"] / seconds / 1e9, ok=code == 0)
