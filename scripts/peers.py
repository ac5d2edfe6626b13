#!/usr/bin/env python3
"""Forward passes in fp32 beside ONNX Runtime and OpenVINO, in turn, on the threads of this machine: a line of a table for each case.

    PYTHON scripts/peers.py [--rounds 5] [--seconds 1] [--busy] [--avx2] [MODEL BATCHxTOKENS[:FILL] ...]

--busy keeps one other process at work on each core meanwhile. --avx2 caps ours alone: ONNX Runtime has no such switch. PYTHON has numpy,
onnx, onnxruntime and openvino; `eval "$(scripts/install-libtorch.sh --print-env)"` comes first. Wall time, medians; a ratio above 1: we are faster.
"""
import argparse, os, pathlib, re, statistics, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
CASES = ["minilm", "1x32", "base", "1x32", "minilm", "8x128", "minilm", "8x128:0.5"]
CAPS = {"ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2"}
SIDES = ["ours", "onnxruntime plain", "onnxruntime fused", "openvino"]


def inputs(batch, tokens, fill):
    """What BenchmarkForward has: full sequences, or lengths that rise from a low one."""
    import numpy as np
    low = max(1, round(tokens * max(0.0, 2 * fill - 1)))
    lengths = np.array([low + (tokens - low) * i // max(1, batch - 1) if fill < 1 else tokens for i in range(batch)])
    return {"ids": np.random.default_rng(1).integers(1000, 30000, (batch, tokens)), "types": np.zeros((batch, tokens), np.int64),
            "mask": (np.arange(tokens)[None] < lengths[:, None]).astype(np.int64)}


def peer(side, path, batch, tokens, fill, threads, seconds):
    """A process of its own: the seconds of a pass, median of as many as there is time for."""
    feed = inputs(batch, tokens, fill)
    if side == "openvino":
        import openvino
        model = openvino.Core().compile_model(path, "CPU", {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
        step = lambda: model(feed)
    else:
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        step = lambda: session.run(["last", "pooled"], feed)
    step(), step()
    times = []
    while len(times) < 3 or sum(times) < seconds:
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    print(statistics.median(times))


def ours(binary, model, batch, tokens, fill, threads, seconds, caps):
    env = {**os.environ, **caps, "OMP_NUM_THREADS": str(threads), "BENCH_MODEL": model, "BENCH_BATCH": str(batch), "BENCH_SEQ": str(tokens), "BENCH_FILL": str(fill)}
    command = [binary, "-test.run", "^$", "-test.bench", "^BenchmarkForward$", "-test.benchtime", f"{seconds}s"]
    out = subprocess.run(command, cwd=HERE.parent / "heads", env=env, capture_output=True, text=True, check=True).stdout
    return float(re.search(r"([0-9.e+-]+) s/step", out).group(1))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=float, default=1)
    p.add_argument("--busy", action="store_true")
    p.add_argument("--avx2", action="store_true")
    p.add_argument("cases", nargs="*", default=CASES)
    a = p.parse_args()
    threads = os.cpu_count()
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "heads.test")
        subprocess.run(["go", "test", "-c", "-ldflags=-w", "-o", binary, "./heads"], cwd=HERE.parent, check=True)
        sys.path.insert(0, str(HERE / "reference"))
        import onnx_graph
        print("| Case | " + " | ".join(SIDES) + " | the best of them / ours |\n|" + "---|" * (len(SIDES) + 2))
        for model, case in zip(a.cases[::2], a.cases[1::2], strict=True):
            batch, tokens, fill = re.fullmatch(r"(\d+)x(\d+)(?::([\d.]+))?", case).groups(default="1")
            paths = {side: os.path.join(folder, f"{model}-{side.endswith('fused')}.onnx") for side in SIDES[1:]}
            for side, path in paths.items():
                if not os.path.exists(path):
                    onnx_graph.write(model, side.endswith("fused"), path)
            busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(threads if a.busy else 0)]
            times = {side: [] for side in SIDES}
            try:
                for _ in range(a.rounds):
                    times["ours"].append(ours(binary, model, int(batch), int(tokens), float(fill), threads, a.seconds, CAPS if a.avx2 else {}))
                    for side, path in paths.items():
                        ask = [sys.executable, __file__, "--peer", side, path, batch, tokens, fill, str(threads), str(a.seconds)]
                        times[side].append(float(subprocess.run(ask, capture_output=True, text=True, check=True).stdout))
            finally:
                for process in busy:
                    process.kill()
            middle = [statistics.median(times[side]) for side in SIDES]
            what = f"{model} {batch}x{tokens}" + (f", {float(fill):.0%} filled" if float(fill) < 1 else "")
            print(f"| {what} | " + " | ".join(f"{1e3 * t:.1f} ms" for t in middle) + f" | {min(middle[1:]) / middle[0]:.2f} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        side, path, batch, tokens, fill, threads, seconds = sys.argv[2:]
        peer(side, path, int(batch), int(tokens), float(fill), int(threads), float(seconds))
    else:
        main()
