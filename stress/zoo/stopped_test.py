#!/usr/bin/env python3
"""ci/zoo is stopped and goes on: what was measured is kept, and not measured again; and not taken for that of another run.

usage: stopped_test.py BUILD_DIR
"""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def main():
    with tempfile.TemporaryDirectory() as scratch:
        kept = pathlib.Path(scratch, "kept.json")
        # The first dies at once; the second hangs, and is told so after three seconds.
        command = [sys.executable, ROOT / "ci/zoo", "--build", sys.argv[1], "--only", "k-a11,k-a16", "--rungs", "check", "--json", kept]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            give_up = time.monotonic() + 60
            while not kept.exists() and process.poll() is None and time.monotonic() < give_up:
                time.sleep(0.01)  # so as not to take a processor; nothing depends on how long
            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=60)
        assert process.returncode == 2, f"stopped, it ended with {process.returncode}: {said}"
        assert "1 of 2 were measured; the same command with --resume goes on." in said, said
        result = json.loads(kept.read_text(encoding="utf-8"))
        assert result["verdict"] == "stopped" and list(result["runs"]) == ["k-a11"], result

        result["runs"]["k-a11"]["check"]["seconds"] = 4321  # which no run of it takes
        kept.write_text(json.dumps(result), encoding="utf-8")
        went_on = subprocess.run([*command, "--resume"], capture_output=True, text=True, timeout=60, check=False)
        assert went_on.returncode == 0, went_on
        result = json.loads(kept.read_text(encoding="utf-8"))
        assert result["verdict"] == "pass" and list(result["runs"]) == ["k-a11", "k-a16"], result
        assert result["runs"]["k-a11"]["check"]["seconds"] == 4321, "what was measured was measured again"

        other = subprocess.run([*command, "--resume", "--seed", "2"], capture_output=True, text=True, timeout=60, check=False)
        assert other.returncode == 3 and "is of other sources, or of other limits" in other.stderr, other
    print("pass")


if __name__ == "__main__":
    main()
