"""TLC's distributed mode: a server, two workers, and the same numbers as on one machine.

Its RMI listens on every interface, whatever it is told. So here it runs only in a network namespace that has nothing but
the loopback interface; where there is none to be had, it is skipped with a line.
"""

import os
import signal
import subprocess
import time

from . import tlc

ALONE = ["unshare", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--"]

# The namespace is this shell: what it started ends with it. $1 the folder, the rest: java and its arguments for both.
SCRIPT = """
cd "$1" && shift
ip link set lo up || exit 9
"$@" tlc2.tool.distributed.TLCServer -tool -config model.cfg -metadir states "$MODULE" > output 2>&1 &
server=$!
until grep -q 'STARTMSG 7000' output; do kill -0 $server || exit 8; sleep 0.2; done
for worker in 1 2; do
  "$@" -Dtlc2.tool.distributed.TLCWorker.threadCount=1 tlc2.tool.distributed.TLCWorker 127.0.0.1 > worker$worker 2>&1 &
done
wait $server
"""


def impossible():
    """Why there can be no namespace, or an empty string."""
    try:
        test = subprocess.run([*ALONE, "ip", "link", "set", "lo", "up"], capture_output=True, text=True, check=False)
    except OSError as error:
        return f"there is no {error.filename}"
    return test.stderr.strip() if test.returncode else ""


def run(runner, manifest, model, folder):
    """The outcome of the model. The depth means nothing here, and a violation has no whole trace."""
    folder.mkdir()
    (folder / "model.cfg").write_text(manifest.cfg(model))
    for module in manifest.folder.glob("*.tla"):  # workers ask the server for modules, and it looks only here
        (folder / module.name).write_bytes(module.read_bytes())
    java = [runner.java, "-XX:+UseParallelGC", "-Xmx1g", f"-Djava.io.tmpdir={folder}", "-Djava.net.preferIPv4Stack=true",
            "-Djava.rmi.server.hostname=127.0.0.1", "-cp", str(runner.jar)]
    process = runner.start([*ALONE, "sh", "-c", SCRIPT, "sh", str(folder), *java], env={**os.environ, "MODULE": model.module},
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if process is None:
        return tlc.Outcome("stopped")
    start, late = time.monotonic(), False
    try:
        process.wait(model.limit)
    except subprocess.TimeoutExpired:
        late = True
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        runner.ended(process)
    output = folder / "output"
    text = output.read_text(errors="replace") if output.is_file() else ""
    violated = "STARTMSG 2121:" in text
    outcome = tlc.read(text, 12 if violated else 0 if "STARTMSG 2193:" in text else process.returncode or 1)
    outcome.seconds = time.monotonic() - start  # by the clock: the processes are not our children
    if late:
        outcome.verdict, outcome.complaint = "time", f"not finished after {model.limit:g} s"
    elif runner.stopping and process.returncode == -signal.SIGKILL:
        outcome.verdict = "stopped"
    return outcome


def wrong(model, outcome):
    """What is not as on one machine, in sentences."""
    wanted = "violates" if model.must_violate else "holds"
    if outcome.verdict != wanted:
        return [outcome.complaint or f"{outcome.violated or 'a property'} is violated" if outcome.verdict != "holds"
                else f"it holds, and {model.must_violate} ought to be violated"]
    if outcome.violated not in ("", model.must_violate):
        return [f"{outcome.violated} is violated, and {model.must_violate} ought to be violated"]
    if wanted == "holds" and outcome.states != model.expect.get("states"):
        return [f"states: {outcome.states:,} found, {model.expect.get('states', 'nothing')} recorded"]
    return []


def chosen(manifest, models, only):
    """Those of the models that are marked, or all of them if the user named them."""
    if not only:
        models = [m for m in models if m.distributed]
        if not models:
            raise tlc.Misuse(f"{manifest.path}: no model of this tier is marked \"distributed\": mark one, or name one with --only")
    for model in models:
        if model.temporal or model.library:
            raise tlc.Misuse(f"'{model.name}' cannot be distributed: TLC's distributed mode knows no "
                             + ("temporal properties" if model.temporal else "libraries"))
    return models
