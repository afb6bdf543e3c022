"""Bad input to spec/settled/generate and to the programs that replay walks: one clear line, and exit code 3.

usage: misuse_test.py GENERATE REPLAY
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path


def expect(command, code, says, **environment):
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    lines = run.stderr.strip().splitlines()
    if run.returncode != code or len(lines) != 1 or says not in lines[0]:
        sys.exit(f"{' '.join(map(str, command))}\n  expected: exit code {code} and one line with '{says}'\n"
                 f"  got: {run.returncode}\n{run.stderr}")


def main():
    generate, replay = [sys.executable, sys.argv[1]], sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        expect([*generate, folder, "--only", "no-such-model"], 3, "no model is called 'no-such-model'")
        expect([*generate, folder / "new"], 3, "there is no such jar", TLA2TOOLS_JAR=str(folder / "absent.jar"))
        (folder / "no.jar").touch()
        expect([*generate, folder / "new"], 3, "which is no jar", TLA2TOOLS_JAR=str(folder / "no.jar"))
        with zipfile.ZipFile(folder / "other.jar", "w") as jar:
            jar.writestr("nothing", "of TLC")
        expect([*generate, folder / "new"], 3, "has no TLC in it", TLA2TOOLS_JAR=str(folder / "other.jar"))
        with zipfile.ZipFile(folder / "broken.jar", "w") as jar:
            jar.writestr("tlc2/TLC.class", "no class")
        expect([*generate, folder / "new"], 1, "TLC ends with", TLA2TOOLS_JAR=str(folder / "broken.jar"))
        expect([*generate, folder / "new"], 3, "java", PATH=str(folder))

        expect([replay, folder / "absent.json"], 3, "cannot be read; spec/settled/generate writes it")
        for text, complaint in (("", "not a settled graph"), ("{}", "not a settled graph"),
                                ('{"model":"m","capacity":0,"states":[],"edges":[],"walks":[]}', "nothing to walk")):
            (folder / "bad.json").write_text(text)
            expect([replay, folder / "bad.json"], 3, complaint)
        expect([replay, folder / "bad.json", "--no-such-flag"], 3, "--no-such-flag")
        expect([replay], 3, "required")


main()
