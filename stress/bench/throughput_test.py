"""ci/throughput: measures, writes tables and a plot of what it measured, and objects to a channel through which not every value goes once,
or that is stuck.

usage: throughput_test.py CI BIN BROKEN DIRECTORY   BIN: has plumbline_throughput; BROKEN: a plug-in with the channels duplicates-after-wait
and sends-wake-nobody
"""

import importlib.machinery
import importlib.util
import json
import pathlib
import shutil
import subprocess
import sys

CI, BIN, BROKEN, SCRATCH = map(pathlib.Path, sys.argv[1:])
sys.dont_write_bytecode = True
sys.path.insert(0, str(CI.parent))  # as when it is run
loader = importlib.machinery.SourceFileLoader("throughput", str(CI))
throughput = importlib.util.module_from_spec(importlib.util.spec_from_loader("throughput", loader))
loader.exec_module(throughput)


def expect(code, *says, of):
    ran = subprocess.run([sys.executable, CI, *map(str, of)], capture_output=True, text=True, check=False)
    if ran.returncode != code or any(what not in ran.stdout + ran.stderr for what in says):
        sys.exit(f"{of}\n  expected: exit code {code}, and {says}\n  got: {ran.returncode}\n{ran.stdout}{ran.stderr}")


shutil.rmtree(SCRATCH, ignore_errors=True)
(SCRATCH / "plumbline-channels").mkdir(parents=True)
(SCRATCH / "docs").mkdir()
kept = SCRATCH / "kept.json"
expect(0, "Unbounded", "Capacity 1024", "Capacity 0", "`reference`", "`native`", of=["--bin", BIN, "--only", "reference", "native", "--repetitions", 2, "--json", kept])
measured = json.loads(kept.read_text(encoding="utf-8"))
if sorted(measured["rates"]) != sorted(f"{c}/{n}/{s}" for c in ("reference", "native") for n in ("unbounded", "1024", "0") for s in (1, 2, 4)):
    sys.exit(f"not everything was measured: {sorted(measured['rates'])}")
if any(len(rates) != 2 or min(rates) < 100 for rates in measured["rates"].values()):
    sys.exit(f"two repetitions, and values a second, were expected: {measured['rates']}")

# Of a copy of the program, beside which there is only this plug-in.
shutil.copy2(BIN / "plumbline_throughput", SCRATCH)
shutil.copy2(BROKEN, SCRATCH / "plumbline-channels")
expect(1, "duplicates-after-wait/", "values were lost, or came twice", of=["--bin", SCRATCH, "--only", "duplicates-after-wait", "--repetitions", 2])
expect(1, "sends-wake-nobody/", "is stuck", of=["--bin", SCRATCH, "--only", "sends-wake-nobody", "--repetitions", 2])
for wrong in (["--bin", SCRATCH / "docs"], ["--bin", BIN, "--only", "nobody"], ["--repetitions", 1], ["--repetitions", "many"], ["--results", BROKEN], ["--results", CI.parent / "hunt.json"]):
    expect(3, "ci/throughput: ", of=wrong)

# The ratio is the geometric mean over what both have; the page keeps what is outside of its part, and the plot has a point for each median.
made_up = {"machine": "this machine", "repetitions": 2, "versions": {"flume": "1.2"}, "rates": {f"{c}/1024/{s}": [r, r] for c, r in (("native", 2e6), ("reference", 1e6), ("flume", 4e6)) for s in (1, 2, 4)}}
made_up["rates"] |= {f"reference/unbounded/{s}": [5e6, 5e6] for s in (1, 2, 4)}
results = throughput.Results(made_up)
if round(results.ratio("native", "flume")[0], 6) != 0.5 or round(results.ratio("reference", "flume")[0], 6) != 0.25 or results.ratio("native", "tbb"):
    sys.exit("the ratios are wrong")
throughput.ROOT = SCRATCH
page = SCRATCH / "docs/throughput.md"
page.write_text(f"before\n{throughput.BEGIN}\nold\n{throughput.END}\nafter\n", encoding="utf-8")
throughput.record(made_up, results)
text, plot = page.read_text(encoding="utf-8"), page.with_suffix(".svg").read_text(encoding="utf-8")
if not (text.startswith("before\n") and text.endswith("\nafter\n") and "old" not in text and "| flume | 0.25 × | 0.50 × | 1024 |" in text):
    sys.exit(f"the page is not as it should be:\n{text}")
if plot.count("<circle") != len(made_up["rates"]) + 3:
    sys.exit("the plot lacks a point, or has one too many")
