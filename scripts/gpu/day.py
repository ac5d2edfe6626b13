"""Ten minutes on a machine with an NVIDIA GPU: correctness, speed and memory beside the reference, profile, endurance.

Each result is written as it comes, to OUT/results.jsonl and OUT/results.md; OUT/log.txt has what the programs said. A step that
fails or takes too long does not stop the others, unless the GPU cannot be used at all. docs/gpu.md tells how to read what comes out.
"""
import argparse, os, pathlib, signal, sys, time, traceback

from checks import ceilings, correctness, facts
from kernels import profile
from machine import ROOT, Failed, Hopeless, Machine
from ranks import ranks
from record import Record
from runs import Runs
from table import FIRST, Table


def plan(m):
    """The steps in the order of their weight: name, seconds at most, what is done."""
    table, runs = Table(m), Runs(m)
    m.closers.append(table.close)
    return [
        ("machine", 60, lambda: facts(m)),
        ("begin", 60, lambda: (table.begin(), runs.begin())),
        ("correctness", 150, lambda: correctness(m)),
        ("ceilings", 40, lambda: ceilings(m)),
        ("speed", 180, lambda: table.compare(table.pretrain[:FIRST])),
        ("profile", 60, lambda: profile(m)),
        ("soak", 120, runs.soak),
        ("resume", 60, runs.resume),
        ("ranks", 90, lambda: ranks(m)),
        ("questions", 90, lambda: table.compare(table.questions)),
        ("finetune", 45, runs.finetune),
        ("rest", 240, lambda: table.compare(table.pretrain[FIRST:])),
    ]


def arguments():
    p = argparse.ArgumentParser(prog="gpu-day.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--minutes", type=float, default=10, help="time for everything (10)")
    p.add_argument("--out", type=pathlib.Path, default=pathlib.Path(os.environ.get("OUT", "gpu-day")), help="folder of the results ($OUT, else gpu-day)")
    p.add_argument("--device", default="cuda", help="cuda or cuda:N")
    p.add_argument("--programs", type=pathlib.Path, default=ROOT / "bin/gpu", help="folder of the programs; FOLDER.tar.xz is unpacked (bin/gpu)")
    p.add_argument("--libtorch", type=pathlib.Path, help="folder of LibTorch's libraries (this Python's torch)")
    p.add_argument("--only", default="", help="steps, with commas between them")
    p.add_argument("--rehearse", action="store_true", help="tiny sizes and no reference: to try the script where the GPU is only stood in for")
    p.add_argument("--reference", action="store_true", help="rehearse with the reference, too, on the CPU")
    a = p.parse_args()
    a.out, a.programs = a.out.absolute(), a.programs.absolute()
    a.out.mkdir(parents=True, exist_ok=True)
    return a


def main():
    a = arguments()
    record = Record(a.out)
    m = Machine(a, record)
    steps = plan(m)
    wanted = a.only.split(",") if a.only else [name for name, _, _ in steps]
    if unknown := set(wanted) - {name for name, _, _ in steps}:
        print(f"gpu-day: error: unknown step {', '.join(sorted(unknown))}: expected {', '.join(name for name, _, _ in steps)}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    try:
        for name, seconds, do in steps:
            if name not in wanted and name != "begin":
                continue
            m.limit = m.end if a.rehearse else time.time() + seconds  # a machine that stands in for another is slow
            if m.end - time.time() < 5:
                record.note(name, "there was no time left")
                continue
            try:
                do()
            except Failed as e:
                record.note(name, str(e), failed=True)
                if isinstance(e, Hopeless):
                    break
            except Exception:
                traceback.print_exc(file=m.log)
                record.note(name, "the script itself failed: " + traceback.format_exc().strip().splitlines()[-1], failed=True)
        if m.reference is None:
            record.note("reference", "left out: " + ("this is a rehearsal" if a.rehearse else "this Python has no torch and transformers"))
        record.note("done", f"{(time.time() - record.began) / 60:.1f} minutes, {record.failures} failures; {a.out}/results.md")
    except KeyboardInterrupt:
        record.note("stopped", "by hand; what is above stays")
        return 130
    finally:
        m.close()
    return 1 if record.failures else 0


if __name__ == "__main__":
    sys.exit(main())
