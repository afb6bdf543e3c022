"""Runs TLC and reads what it says."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_JAR = Path.home() / ".cache/plumbline/tla2tools.jar"
SHA256 = "fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3"


class Misuse(Exception):
    """What keeps the runner from running: one line that says what, where, and what to do."""


@dataclass
class Outcome:
    # "holds", "violates", "cannot": TLC could not evaluate something, "time": it ran out of it, "stopped": by the user.
    verdict: str = "cannot"
    violated: str = ""  # the property, "Deadlock", or "" if TLC does not name it (temporal properties)
    states: int = 0  # distinct
    depth: int = 0  # of the state graph; of a violation: the steps of the trace
    seconds: float = 0.0  # CPU, of all of TLC's threads
    trace: list = field(default_factory=list)  # (action, text of the state); the last may be ("Stuttering", "") …
    printed: list = field(default_factory=list)  # what the model printed
    taken: dict = field(default_factory=dict)  # action -> how often it was taken (with coverage)
    complaint: str = ""


def find_jar():
    named = os.environ.get("TLA2TOOLS_JAR")
    if named:
        if not Path(named).is_file():
            raise Misuse(f"TLA2TOOLS_JAR names '{named}', and there is no such jar: correct or unset it")
        if (lacks := why_not_tlc(named)):
            raise Misuse(f"TLA2TOOLS_JAR names '{named}', which {lacks}: correct or unset it")
        return Path(named)
    if not DEFAULT_JAR.is_file():
        raise Misuse(f"TLC is not at {DEFAULT_JAR}: run ci/setup, or let TLA2TOOLS_JAR name a tla2tools.jar")
    if not is_pinned(DEFAULT_JAR):
        raise Misuse(f"{DEFAULT_JAR} is not the TLC that the numbers were recorded with (sha256 differs): remove it and run ci/setup")
    return DEFAULT_JAR


def why_not_tlc(jar):
    """What is wrong with a file that ought to be a jar with TLC in it, or an empty string."""
    try:
        with zipfile.ZipFile(jar) as content:
            return "" if "tlc2/TLC.class" in content.namelist() else "is a jar that has no TLC in it"
    except (zipfile.BadZipFile, OSError, ValueError):
        return "is no jar"


def is_pinned(jar):
    return hashlib.sha256(Path(jar).read_bytes()).hexdigest() == SHA256


def find_java():
    java = shutil.which("java")
    if not java:
        raise Misuse("there is no java on the PATH: run ci/setup, or install a Java runtime (11 or later)")
    return java


class Runner:
    """Starts TLC processes, and can stop all those that it started.

    They have process groups of their own: the terminal's Ctrl-C is for the runner alone, which then knows whom it stopped.
    """

    def __init__(self, jar, java):
        self.jar, self.java = jar, java
        self.running = set()
        self.guard = threading.RLock()
        self.stopping = False
        self.stopped_by = 0  # the number of a signal

    def stop(self, by):
        # The guard is recursive, for the thread that has it may be the one that the signal interrupts.
        with self.guard:
            self.stopping, self.stopped_by = True, by
            for process in self.running:
                process.kill()

    def start(self, command, **options):
        """The process, or None if everything is to stop."""
        with self.guard:
            if self.stopping:
                return None
            try:
                process = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0, **options)
            except OSError as error:
                raise Misuse(f"{command[0]} cannot be started ({error.strerror})") from None
            self.running.add(process)
            if self.stopping:  # by a signal, between the last two lines
                process.kill()
            return process

    def ended(self, process):
        with self.guard:
            self.running.discard(process)

    def run(self, module, cfg, scratch, *, library=None, deadlock=True, coverage=False, limit=60.0, small=True, memory="1500m"):
        # One worker: this TLC misses violations of temporal properties with more (tlaplus issue 971), and breadth-first
        # search by one worker finds the same counterexample each time.
        command = [self.java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1" if small else "-XX:+TieredCompilation",
                   f"-Xmx{memory}", f"-Djava.io.tmpdir={scratch}"]
        if library:
            command.append(f"-DTLA-Library={library}")
        command += ["-cp", str(self.jar), "tlc2.TLC", "-tool", "-workers", "1", "-lncheck", "final", "-config", str(cfg),
                    "-metadir", str(scratch / "states")]
        command += [] if deadlock else ["-deadlock"]  # which switches the check for deadlock off
        command += ["-coverage", "1"] if coverage else []
        command.append(module.name)
        text = scratch / "output"
        with open(text, "w") as output:
            process = self.start(command, stdout=output, stderr=subprocess.STDOUT, cwd=module.parent)
            if process is None:
                return Outcome("stopped")
            late = threading.Event()

            def give_up():
                late.set()
                process.kill()

            timer = threading.Timer(limit, give_up)
            timer.start()
            try:
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)  # so that Popen does not wait for it again
            finally:
                timer.cancel()
                self.ended(process)
        outcome = read(text.read_text(errors="replace"), process.returncode)
        outcome.seconds = usage.ru_utime + usage.ru_stime
        if late.is_set():
            outcome.verdict, outcome.complaint = "time", f"not finished after {limit:g} s"
        elif self.stopping and process.returncode == -signal.SIGKILL:
            outcome.verdict = "stopped"
        return outcome


MESSAGE = re.compile(r"@!@!@STARTMSG (\d+):(\d) @!@!@\n(.*?)\n?@!@!@ENDMSG \1 @!@!@\n?", re.S)
ERROR = "1"  # a message's severity
STATE = re.compile(r"(\d+): <?(\w+)[^\n]*\n?(.*)", re.S)
COVERED = re.compile(r"<(\w+) line [^>]* of module (\w+)[^>]*>: (\d+):(\d+)")


def read(text, exit_code):
    """TLC's output (with -tool) and exit code, as an Outcome."""
    outcome = Outcome()
    errors = []
    for code, severity, body in MESSAGE.findall(text):
        match code:
            case "2110" | "2107" | "2112" | "2108":  # an invariant, an action property, or one of the initial state
                # TLC names a property, or says where the part of it that is violated stands.
                named = re.search(r"(?:Invariant|[Pp]roperty) (\S+) (?:of|is)", body)
                place = re.search(r"line (\d+), col .* of module (\w+)", body)
                outcome.violated = f"{place[2]}:{place[1]}" if place else named[1].split("!")[-1]
            case "2114":
                outcome.violated = "Deadlock"
            case "2116" | "2117":  # some temporal property; TLC does not say which
                outcome.violated = ""
            case "2217" | "2218" | "2122":  # a state of the trace, stuttering, back to a state
                number, action, state = STATE.match(body).groups()
                outcome.trace.append((f"Back {number}" if code == "2122" else action, state))
            case "2199":
                outcome.states = int(re.search(r"([\d,]+) distinct states found", body)[1].replace(",", ""))
            case "2194":
                outcome.depth = int(re.search(r"search is (\d+)", body)[1])
            case "2772":  # how often an action was taken; the last report is the complete one
                for action, module, _, generated in COVERED.findall(body):
                    outcome.taken[f"{module}.{action}"] = int(generated)
            case _ if severity == ERROR:
                errors.append(" ".join(body.split()))
    outcome.printed = [line for line in MESSAGE.sub("", text).splitlines() if line.startswith("<<")]
    if exit_code == 0:
        outcome.verdict = "holds"
    elif exit_code in (11, 12, 13):
        outcome.verdict = "violates"
        outcome.depth = len([1 for action, _ in outcome.trace if action != "Stuttering" and not action.startswith("Back")])
    else:
        outside = " ".join(MESSAGE.sub("", text).split())
        outside = re.sub(r"(Parsing file|Semantic processing of module) \S+ ?", "", outside)  # leaves what SANY objects to
        outcome.complaint = f"TLC's exit code is {exit_code}: " + " ".join([*errors, outside or "it says nothing"])[:400]
    return outcome
