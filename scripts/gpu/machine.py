"""The machine of a GPU day: where programs and libraries are, and running programs within what time is left."""
import concurrent.futures, importlib.util, os, pathlib, shutil, signal, subprocess, sys, tarfile, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Failed(Exception):
    """A step that could not be done, in words for the reader."""


class Hopeless(Failed):
    """What leaves nothing else to try, as a machine whose GPU cannot be used."""


class Machine:
    def __init__(self, a, record):
        self.a, self.record, self.out, self.device = a, record, a.out, a.device
        self.programs, self.libraries = programs(a), libraries(a)
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="gpu-day-"))
        self.end = self.limit = record.began + 60 * a.minutes
        self.log = open(a.out / "log.txt", "w")
        self.children, self.closers = set(), []
        self.health = None  # what doctor says, once it was asked
        self.reference = reference(a)

    def left(self):
        """Seconds that the present step may still take."""
        return min(self.limit, self.end) - time.time()

    def patience(self, most):
        """How many seconds something may take that should take at most so many; of a rehearsal only the whole has a limit."""
        return max(1, self.left() if self.a.rehearse else min(most, self.left()))

    def start(self, program, *arguments, cwd=None, nice=False, **env):
        """Starts one of our programs. What it says goes to the log, its results to the pipe."""
        env = {k: str(v) for k, v in env.items()}
        paths = [str(self.libraries), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
        command = [*(["nice"] if nice else []), str(self.programs / program), *map(str, arguments)]
        print("$", *(f"{k}={v}" for k, v in env.items()), *command, file=self.log, flush=True)
        child = subprocess.Popen(command, cwd=cwd or self.work, env={**os.environ, "LD_LIBRARY_PATH": ":".join(paths), **env}, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True)
        self.children.add(child)
        return child

    def finish(self, child, most=3600):
        """What a program gave as its result, and its exit code. Beyond its time it is killed."""
        try:
            output, _ = child.communicate(timeout=self.patience(most))
        except subprocess.TimeoutExpired:
            kill(child)
            output, _ = child.communicate()
            self.log.write(output)
            raise Failed(f"{' '.join(child.args)[-80:]} took longer than there was time") from None
        finally:
            self.children.discard(child)
        self.log.write(output)
        self.log.flush()
        return output, child.returncode

    def run(self, program, *arguments, most=3600, **settings):
        """The result of a program that has to succeed."""
        output, code = self.finish(self.start(program, *arguments, **settings), most)
        if code:
            raise Failed(f"{program} ended with {code}: {self.last_words()}")
        return output

    def last_words(self):
        self.log.flush()
        lines = [line for line in open(self.out / "log.txt", errors="replace").read().splitlines() if line.strip()]
        return " / ".join(lines[-3:])[-600:]

    def within(self, seconds, future, worker):
        """The answer of a worker, which is ended when it takes too long."""
        try:
            return future.result(self.patience(seconds))
        except concurrent.futures.TimeoutError:
            worker.process.kill()
            raise Failed("the reference took longer than there was time") from None

    def close(self):
        for child in list(self.children):
            kill(child)
        for close in self.closers:
            close()
        shutil.rmtree(self.work, ignore_errors=True)
        self.log.close()


def kill(child):
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def programs(a):
    """The folder of the programs; an archive beside it is unpacked when it is newer."""
    folder, archive = a.programs, a.programs.with_suffix(".tar.xz")
    if archive.exists() and not (folder.exists() and folder.stat().st_mtime >= archive.stat().st_mtime):
        try:
            with tarfile.open(archive) as packed:
                packed.extractall(folder.parent, filter="data")
            os.utime(folder)
        except (tarfile.TarError, EOFError, OSError) as e:
            sys.exit(f"gpu-day: error: {archive} cannot be unpacked: {e}\ngpu-day: hint: bring it along again, or unpack it by hand: tar -xJf {archive} -C {folder.parent}")
    if not (folder / "pretrain").exists():
        sys.exit(f"gpu-day: error: {folder} has no programs\ngpu-day: hint: build them with scripts/gpu-bundle.sh and bring bin/gpu.tar.xz along")
    return folder


def libraries(a):
    """LibTorch's folder: of this Python's torch, unless another is named."""
    if a.libtorch:
        return a.libtorch
    torch = importlib.util.find_spec("torch")
    if torch is None:
        sys.exit(f"gpu-day: error: {sys.executable} has no torch\ngpu-day: hint: name a Python that has torch 2.11.0+cu130 in $PYTHON, or a LibTorch with --libtorch")
    return pathlib.Path(torch.origin).parent / "lib"


def reference(a):
    """Where the reference computes; None where it is not to be had or not asked for."""
    if a.rehearse and not a.reference:
        return None
    if any(importlib.util.find_spec(name) is None for name in ("torch", "transformers")):
        return None
    return "cpu" if a.rehearse else "cuda"
