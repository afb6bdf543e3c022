#!/usr/bin/env python3
"""Holds an example program to the output that its source promises.

    check_output.py SOURCE.cpp PROGRAM     runs PROGRAM and compares
    check_output.py --self-test            shows that wrong output is noticed

The promise is a comment in SOURCE: a line "//   | TEXT" is a line of output, lines that follow one another are one
strand. The lines of a strand come in this order; strands may be interleaved in any way, for no order between threads is
promised. "//   * TEXT" stands for any number of such lines, none included.
"""

import re
import subprocess
import sys


def promised(source):
    """The strands, each a list of (text, repeats)."""
    strands, inside = [], False
    for line in source.splitlines():
        found = re.match(r"//   ([|*]) (.*)$", line)
        if found and not inside:
            strands.append([])
        if found:
            strands[-1].append((found[2], found[1] == "*"))
        inside = bool(found)
    return strands


def keeps(strands, lines):
    """Whether `lines` is an interleaving of the strands: follows every way to read them at once."""
    ways = {(0,) * len(strands)}  # how far each strand has come
    for line in lines:
        next_ways = set()
        for positions in ways:
            for which, strand in enumerate(strands):
                for p in range(positions[which], len(strand)):
                    text, repeats = strand[p]
                    if text == line:
                        next_ways.add(positions[:which] + (p if repeats else p + 1,) + positions[which + 1 :])
                    if not repeats:
                        break  # only a line that may be repeated may be left out
        ways = next_ways
    return any(
        all(all(repeats for _, repeats in strand[p:]) for strand, p in zip(strands, positions)) for positions in ways
    )


def self_test():
    strands = promised("//   | a1\n//   | a2\n//\n//   | b1\n//   * tick\n//   | b2\n")
    assert strands == [[("a1", False), ("a2", False)], [("b1", False), ("tick", True), ("b2", False)]]
    right = ["a1 a2 b1 b2", "b1 tick tick a1 b2 a2", "a1 b1 tick a2 b2"]
    wrong = ["a2 a1 b1 b2", "a1 a2 b1", "a1 a2 b2 b1", "a1 a2 b1 b2 b2", "a1 a2 tick b1 b2", "a1 a2 b1 b2 c"]
    for text in right:
        assert keeps(strands, text.split()), text
    for text in wrong:
        assert not keeps(strands, text.split()), text


def main(arguments):
    if arguments == ["--self-test"]:
        self_test()
        return 0
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 3
    source, program = arguments
    strands = promised(open(source, encoding="utf-8").read())
    if not strands:
        print(f"{source}: promises no output (no line '//   | TEXT')", file=sys.stderr)
        return 3
    ran = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=False)
    print(ran.stdout, end="")
    if ran.returncode != 0:
        print(f"{program}: exit code {ran.returncode}", file=sys.stderr)
        return 1
    if not keeps(strands, ran.stdout.splitlines()):
        print(f"{program}: this is not the output that {source} promises", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
