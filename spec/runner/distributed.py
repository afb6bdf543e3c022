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
    process = subprocess.Popen([*ALONE, "sh", "-c", SCRIPT, "sh", str(folder), *java], start_new_session=True,
                               env={**os.environ, "MODULE": model.module}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    start, late = time.monotonic(), False
    try:
        process.wait(max(model.limit, 120))
    except subprocess.TimeoutExpired:
        late = True
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    output = folder / "output"
    text = output.read_text(errors="replace") if output.is_file() else ""
    violated = "STARTMSG 2121:" in text
    outcome = tlc.read(text, 12 if violated else 0 if "STARTMSG 2193:" in text else process.returncode or 1)
    outcome.seconds = time.monotonic() - start  # by the clock: the processes are not our children
    if late:
        outcome.verdict, outcome.complaint = "time", "the distributed run did not end in time"
    return outcome


def check(runner, manifest, scratch):
    """Runs the models that are marked for it. Gives lines for the table, and sentences about what is wrong."""
    named = manifest.section("distributed")["models"]
    marked = [m for m in manifest.models if m.name in named]
    if not named or len(marked) != len(named):
        lost = ", ".join(sorted(set(named) - {m.name for m in marked})) or "nothing"
        raise tlc.Misuse(f"{manifest.path}: \"distributed\" names {lost}, which is no model")
    reason = impossible()
    if reason:
        return [f"skipped: the distributed runs need a network namespace of their own, and that is not to be had here ({reason})"], []
    lines, wrong = [], []
    for model in marked:
        outcome = run(runner, manifest, model, scratch / f"distributed-{model.name}")
        wanted = "violates" if model.must_violate else "holds"
        if outcome.verdict != wanted:
            wrong.append(f"{model.name}, distributed: {outcome.complaint or outcome.verdict}, and it ought to say: {wanted}")
        elif wanted == "holds" and outcome.states != model.expect["states"]:
            wrong.append(f"{model.name}, distributed: {outcome.states:,} distinct states, {model.expect['states']:,} recorded")
        lines.append(f"{model.name + ' (distributed)':44} {outcome.states:9,}     -  {outcome.seconds:6.1f}  "
                     + {"holds": "holds", "violates": "violated"}.get(outcome.verdict, "FAILS"))
    return lines, wrong
