"""What is there, what it reaches at best, and whether it computes right."""
import json, os, platform, re, subprocess, sys

from machine import ROOT, Failed, Hopeless

# The tests that run their package's others on a device; the list of these stands in the package.
ON_DEVICE = "OnCUDA|OnEveryCard"
PACKAGES = ["internal/torch", "bert", "heads", "train"]


def facts(m):
    """The card, the driver, versions, and what doctor says of them."""
    fact = lambda name, value: m.record.row("machine", what=name, found=value)
    fact("processor", f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    try:
        asked = "name,driver_version,memory.total,power.limit,clocks.max.sm,clocks.max.mem"
        fact("nvidia-smi", subprocess.run(["nvidia-smi", f"--query-gpu={asked}", "--format=csv,noheader"], capture_output=True, text=True, timeout=20).stdout.strip())
    except (OSError, subprocess.TimeoutExpired) as e:
        fact("nvidia-smi", str(e))
    if m.reference:
        fact("reference", subprocess.run([sys.executable, "-c", "import torch, transformers; print('torch', torch.__version__, 'transformers', transformers.__version__)"],
                                         capture_output=True, text=True).stdout.strip())
    health = doctor(m)
    for gpu in health["gpus"]:
        fact(gpu["device"], f"{gpu['name']}, {gpu['total_bytes'] / 2**30:.0f} GiB, {gpu['free_bytes'] / 2**30:.0f} free, capability {gpu['capability']}")
    for path in health.get("attention") or []:
        fact(f"attention in {path['type']}", f"{path['path']} ({', '.join(path['models'])})")
    for problem in health["problems"]:
        m.record.note("machine", problem["what"], failed=True)
    failed = [test["name"] for test in health["tests"] if not test["passed"]]
    m.record.row("doctor", self_tests=len(health["tests"]), failed=", ".join(failed) or "none", ok=not failed)


def doctor(m):
    """What doctor says of the machine, asked once."""
    if m.health is None:
        report, code = m.finish(m.start("pretrain", "doctor", "--json", "--device", m.device), 60)
        if not report:
            raise Hopeless(f"doctor ended with {code}: {m.last_words()}")
        m.health = json.loads(report)
    return m.health


def ceilings(m):
    """Bandwidth of a copy and speed of square products."""
    size = {"BENCH_SIZE": 64} if m.a.rehearse else {}
    output = m.run("torch.test", "-test.run", "^$", "-test.bench", "^BenchmarkCeiling$", "-test.benchtime", "0.05s" if m.a.rehearse else "0.5s",
                   cwd=ROOT / "internal/torch", GOBERT_TEST_DEVICE=m.device, most=60, **size)
    for name, value, unit in re.findall(r"^BenchmarkCeiling/(\S+?)(?:-\d+)?\s.*?([0-9.e+-]+) (T\S+)", output, re.M):
        m.record.row("ceilings", operator="copy" if name == "copy" else f"product {name}", reaches=float(value), unit=unit)


def correctness(m):
    """The packages' tests on this device: parity in fp32, bounds of bf16 and fp16, golden steps, seed, resume, recomputation."""
    for package in PACKAGES[:1] if m.a.rehearse else PACKAGES:
        try:
            output, code = m.finish(m.start(package.split("/")[-1] + ".test", "-test.v", "-test.run", ON_DEVICE, cwd=ROOT / package, GOBERT_TEST_DEVICE=m.device), 60)
        except Failed as e:
            m.record.row("correctness", package=package, passed=None, failed=str(e), ok=False)
            continue
        results = re.findall(r"^\s*--- (PASS|FAIL): (\S+)", output, re.M)
        named = lambda kind: sorted({name for result, name in results if result == kind and not re.search(ON_DEVICE, name)})
        passed, failed = named("PASS"), named("FAIL")
        if code and not failed:
            failed = [m.last_words()]
        m.record.line("correctness", package=package, tests=passed)
        m.record.row("correctness", package=package, passed=len(passed), failed=", ".join(failed) or "none", ok=not failed and bool(passed))
