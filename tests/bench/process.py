"""Children of the benchmark: started, measured by /proc, and ended by their own pid."""

import ctypes
import os
import resource
import signal
import subprocess
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
STOP_SECONDS = 10


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Child:
    """A process that lasts as long as the `with` block; its errors go to `log`."""

    def __init__(self, argv, log, **options):
        self.log = Path(log)
        with open(self.log, "w") as errors:
            self.process = subprocess.Popen(
                [str(word) for word in argv],
                stdin=subprocess.PIPE,
                stdout=options.pop("stdout", subprocess.PIPE),
                stderr=errors,
                text=True,
                preexec_fn=_die_with_parent,
                **options,
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.process.stdin.close()
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def line(self):
        """The next line that it prints; an error with the end of its log if it has ended."""
        text = self.process.stdout.readline()
        if not text:
            raise RuntimeError(f"{self.process.args[0]} ended: {self.log.read_text()[-600:]}")
        return text.strip()

    def say(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def cpu(self):
        """User and system seconds so far, of all its threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def main_thread_cpu(self):
        """Seconds that the thread which began it has run."""
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e9

    def rss(self):
        """Resident bytes."""
        for text in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if text.startswith("VmRSS:"):
                return int(text.split()[1]) * 1024
        raise RuntimeError(f"{self.process.args[0]} has no VmRSS")


def cpu_of_command(argv, seconds):
    """Runs a command to its end, at most so long; its user and system seconds, and its output."""
    child = subprocess.Popen(
        [str(word) for word in argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        preexec_fn=_die_with_parent,
    )
    before = _children_cpu()
    try:
        output, _ = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise RuntimeError(f"{argv[0]} took longer than {seconds} s") from None
    if child.returncode != 0:
        raise RuntimeError(f"{argv[0]} failed: {output[-600:]}")
    return _children_cpu() - before, output


def _children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
