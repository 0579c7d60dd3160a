"""Runs cases in a child process under a memory limit, so that a crash or a hang is one failed case and not the end of the run."""
import json
import os
import resource
import select
import signal
import sys
import tempfile

MEMORY = 4 << 30   # address space of the child, bytes
PATIENCE = 120     # seconds for one case


def run(cases, make_runner):
    """Yields (case, outcome, text). `make_runner()` is called in the child and gives a function case -> (outcome, text)."""
    done = 0
    while done < len(cases):
        for case, outcome, text in run_child(cases[done:], make_runner):
            done += 1
            yield case, outcome, text


def run_child(cases, make_runner):
    """Results up to the end or the first case that kills the child, that one included."""
    sys.stdout.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            serve(cases, make_runner, writing)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        for case in cases:
            ready, _, _ = select.select([pipe], [], [], PATIENCE)
            if not ready:
                os.kill(child, signal.SIGKILL)
            line = pipe.readline() if ready else b""
            if not line.endswith(b"\n"):
                _, status = os.waitpid(child, 0)
                yield case, "failed", describe(status) if ready else f"no answer within {PATIENCE} s"
                return
            yield case, *json.loads(line)
    os.waitpid(child, 0)


def describe(status):
    if os.WIFSIGNALED(status):
        return f"the process died of {signal.Signals(os.WTERMSIG(status)).name}"
    return f"the process ended with {os.waitstatus_to_exitcode(status)}"


def serve(cases, make_runner, writing):
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryFile() as noise, os.fdopen(writing, "wb", buffering=0) as pipe:
        # A plain descriptor behind Python's back: the library must print nothing, whatever it is given.
        os.dup2(noise.fileno(), 1)
        os.dup2(noise.fileno(), 2)
        runner, heard = make_runner(), noise.seek(0, os.SEEK_END)
        for case in cases:
            outcome, text = runner(case)
            said = os.fstat(noise.fileno()).st_size - heard
            if said:
                outcome, text = "failed", f"{text} printed: {os.pread(noise.fileno(), said, heard)!r:.200}".strip()
                heard += said
            pipe.write(json.dumps([outcome, text]).encode() + b"\n")
