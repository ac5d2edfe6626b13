"""Where a step's time goes: the kernels of a trace, by time, and by what they are for."""
import collections, gzip, json, re

import table

STEPS = 3  # that the benchmark traces
MOST = 25  # kernels in the table
KINDS = [  # the first that fits
    ("attention", r"flash|fmha|mha_|efficient_attention"),
    ("matrix products", r"gemm|nvjet|cutlass|xmma|cublas|splitK"),
    ("copies", r"^Mem|memcpy|memset"),
    ("optimizer, norm of the gradient", r"adam|lamb|multi_tensor|lpnorm"),
    ("norms, dropout, embedding, GELU, loss", r"norm|dropout|gelu|embed|cross_entropy|softmax|nll"),
    ("casts, sums, all else", r""),
]


def profile(m):
    """Traces some steps of base and counts. Without a GPU's profiler the operators are counted instead."""
    case = table.key("pretrain", *(table.REHEARSED if m.a.rehearse else table.PRETRAIN)[0])
    file = m.work / "trace.json"
    seconds = table.step(m, case, BENCH_PROFILE=file)["s/step"]
    text = file.read_bytes()
    with gzip.open(m.out / "trace.json.gz", "wb") as packed:
        packed.write(text)
    events = [e for e in json.loads(text)["traceEvents"] if e.get("ph") == "X"]
    on_device = [e for e in events if e.get("cat") in ("kernel", "gpu_memcpy", "gpu_memset")]
    if not on_device:
        m.record.note("profile", "the trace has no kernels of a GPU; operators are counted, with what they call")
    times, calls = collections.Counter(), collections.Counter()
    for e in on_device or [e for e in events if e.get("cat") == "cpu_op"]:
        times[short(e["name"])] += e["dur"] / 1e3 / STEPS
        calls[short(e["name"])] += 1
    total = sum(times.values())
    if on_device:
        kinds, numbers = collections.Counter(), collections.Counter()
        for name, ms in times.items():
            kind = next(kind for kind, pattern in KINDS if re.search(pattern, name, re.I))
            kinds[kind] += ms
            numbers[kind] += calls[name] / STEPS
        for kind, ms in kinds.most_common():
            m.record.row("profile, by kind", kind=kind, ms_a_step=ms, launches_a_step=numbers[kind], share=ms / total)
        waits = sum(e.get("cat") == "cuda_runtime" and "Synchronize" in e["name"] for e in events) / STEPS
        m.record.row("profile, a step", case=table.name(case), ms=seconds * 1e3, ms_in_kernels=total, launches=sum(calls.values()) / STEPS, waits=waits)
    for name, ms in times.most_common(MOST):
        m.record.row("profile, kernels" if on_device else "profile, operators", name=name, ms_a_step=ms, calls_a_step=calls[name] / STEPS, share=ms / total)


def short(name):
    """A kernel's name without arguments and namespaces, so that a table can hold it."""
    name = re.sub(r"\(anonymous namespace\)::|at::native::|void |std::|c10::", "", name)
    depth, kept = 0, []
    for c in name:
        depth -= c == ">"
        if depth < 2 and not (c == "(" and depth == 0):
            kept.append(c)
        elif c == "(" and depth == 0:
            break
        depth += c == "<"
    return "".join(kept)[:120]
