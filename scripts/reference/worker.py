"""The other side of speed.py: the reference in a process of its own, asked line by line."""
import json, os, pathlib, subprocess, sys


class Worker:
    script = "speed.py"

    def __init__(self, **env):
        command = [sys.executable, str(pathlib.Path(__file__).with_name(self.script))]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **env})

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the reference ended; its own words are above")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
