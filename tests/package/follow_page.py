#!/usr/bin/env python3
"""Does what a page says, step by step, in an empty directory, and holds the page to what it says comes of it.

    follow_page.py PAGE BUILD     BUILD is where Plumbline was built: the page calls it build/release
    follow_page.py --self-test    shows that a page that is wrong is noticed

The code blocks of the page are followed in their order, by the words behind their backquotes:
    ```cpp queue.hpp    a file of that name, with this content (any language)
    ```sh               commands, run by one bash after the other, each where the last one stopped, with its variables;
                        that bash must succeed
    ```text             what the commands above it print, among other things: these lines in this order
A number in such a line stands for any number, "…" for anything, and the lines of a time-line may be of any length.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile


class WrongPage(Exception):
    pass


def blocks(text):
    """The code blocks: (line number, words behind the backquotes, content)."""
    found, opened = [], None
    for number, line in enumerate(text.splitlines(), 1):
        if opened is None and line.startswith("```"):
            opened = (number, line[3:].split(), [])
        elif opened is not None and line == "```":
            found.append((opened[0], opened[1], "".join(one + "\n" for one in opened[2])))
            opened = None
        elif opened is not None:
            opened[2].append(line)
    if opened is not None:
        raise WrongPage(f"line {opened[0]}: this block has no end")
    return found


def shape(line):
    """A line without what differs from run to run."""
    line = re.sub(r"[┣┫├┤━─╌╍ ]+", " ", line).strip()
    return re.sub(r"\d+(?:[. ]\d+)*", "#", line)


def matches(expected, line):
    parts = [re.escape(part.strip()) for part in shape(expected).split("…")]
    return re.fullmatch(".*".join(parts), shape(line)) is not None


def hold(number, expected, printed):
    rest = iter(printed.splitlines())
    for offset, line in enumerate(expected.splitlines(), 1):
        if line.strip() and not any(matches(line, one) for one in rest):
            raise WrongPage(f"line {number + offset}: this line was not printed, or not after those before it:\n"
                            f"  {line}\nWhat was printed:\n{printed}")


def run(number, commands, directory, state):
    script = f"""cd "$HOME"; [ ! -e {state} ] || . {state}
set -e
trap 'export -p > {state}; echo "cd $(printf %q "$PWD")" >> {state}' EXIT
{commands}"""
    done = subprocess.run(["bash", "-c", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False,
                          env={**os.environ, "HOME": str(directory)})
    print(f"$ {commands.strip()}\n{done.stdout}", flush=True)
    if done.returncode != 0:
        raise WrongPage(f"line {number}: these commands ended with exit code {done.returncode}")
    return done.stdout


def where(directory, state):
    """The directory in which the last commands stopped."""
    lines = state.read_text(encoding="utf-8").splitlines() if state.exists() else []
    return pathlib.Path(lines[-1][len("cd "):]) if lines else directory


def follow(text, directory, state):
    printed = None
    steps = blocks(text)
    if not any(words == ["sh"] for _, words, _ in steps):
        raise WrongPage("the page has no commands")
    for number, words, content in steps:
        if words == ["sh"]:
            printed = run(number, content, directory, state)
        elif words == ["text"]:
            if printed is None:
                raise WrongPage(f"line {number}: nothing has been run that could print this")
            hold(number, content, printed)
        elif len(words) == 2:
            (where(directory, state) / words[1]).write_text(content, encoding="utf-8")
        else:
            raise WrongPage(f"line {number}: this block is no file, no commands and no output: {' '.join(words)!r}")


def follow_in_scratch(text, build=None):
    with tempfile.TemporaryDirectory(prefix="plumbline-page-") as scratch:
        home = pathlib.Path(scratch) / "home"
        home.mkdir()
        if build:
            (home / "build").mkdir()
            (home / "build/release").symlink_to(build.resolve())
        follow(text, home, pathlib.Path(scratch) / "state")


def self_test():
    right = ("```txt a.txt\none 1\n```\n```sh\nmkdir d && cd d && export WORD=two\n```\n```txt b.txt\nthree\n```\n"
             "```sh\ncat ../a.txt b.txt; echo $WORD 1 234; echo '├── send(1) ──┤'\n```\n"
             "```text\none 7\nthree\n…wo 3\n├ send(2) ┤\n```\n")
    follow_in_scratch(right)
    wrong = {
        "a line that is not printed": right.replace("three\n…wo", "four\n…wo"),
        "lines in another order": right.replace("one 7\nthree\n", "three\none 7\n"),
        "a command that fails": right.replace("mkdir d", "mkdir no/d"),
        "a file that is not there": right.replace("b.txt\nthree", "c.txt\nthree"),
        "a picture of something else": right.replace("├ send", "├ recv"),
        "a number where there is none": right.replace("three\n…wo", "three 3\n…wo"),
        "output before any command": "```text\none\n```\n```sh\ntrue\n```\n",
        "a block that is nothing": right + "```\nrun this\n```\n",
        "a block without an end": right + "```sh\n",
        "no commands": "```txt a.txt\none\n```\n",
    }
    for what, page in wrong.items():
        assert page != right, what
        try:
            follow_in_scratch(page)
        except WrongPage as noticed:
            print(f"noticed: {what}: {str(noticed).splitlines()[0]}")
        else:
            raise AssertionError(f"not noticed: {what}")


def main(arguments):
    if arguments == ["--self-test"]:
        self_test()
        return 0
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 3
    page = pathlib.Path(arguments[0])
    try:
        follow_in_scratch(page.read_text(encoding="utf-8"), pathlib.Path(arguments[1]))
    except WrongPage as wrong:
        print(f"{page}: {wrong}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
