#!/usr/bin/env python3
"""Draws findings by seed over all findings of a run, and prints them as a table to judge.

    leaklint check --format json --exit-zero REPOSITORY > repository.json
    python3 ecosystem/draw.py --seed 2026 --count 60 repository.json another.json

Draw before any finding is read: the same seed over the same input gives the same rows, so nobody can choose.

Input: one or more files, each an array of findings, or an object with such an array as `findings`. Of each finding it needs
`rule`, `confidence` (high, medium or low), and either `path` and `line` (from 1) or `primary` with `path` and `start.line`, as leaklint writes
them; `message` is shown if it is there. Draw over all confidences: run leaklint with `--min-confidence low` if low ones are to be among them.
A file given as NAME=FILE has its findings labelled NAME; otherwise the file's stem is the label.
"""
import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path


def read(argument):
    """The findings of one file, as rows of text: project, rule, confidence, place, message."""
    name, separator, path = argument.partition("=")
    if not separator:
        name, path = Path(argument).stem, argument
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    findings = document["findings"] if isinstance(document, dict) else document
    rows = []
    for finding in findings:
        if "primary" in finding:
            path, line = finding["primary"]["path"], finding["primary"]["start"]["line"]
        else:
            path, line = finding["path"], finding["line"]
        rows.append((name, finding["rule"], finding["confidence"], f"{path}:{line}", finding.get("message", "")))
    return rows


def cell(text):
    """Text that cannot break a table."""
    return " ".join(text.split()).replace("|", "\\|")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True, help="say it in the table's heading")
    parser.add_argument("--count", type=int, default=60, help="how many to draw (default: 60)")
    parser.add_argument("--confidence", action="append", choices=["high", "medium", "low"], help="draw from these only (default: all)")
    parser.add_argument("files", nargs="+", metavar="[NAME=]FILE")
    arguments = parser.parse_args()

    # Sorted, so that the order of the files and of the run does not matter.
    rows = sorted(row for argument in arguments.files for row in read(argument))
    if arguments.confidence:
        rows = [row for row in rows if row[2] in arguments.confidence]
    drawn = random.Random(arguments.seed).sample(rows, min(arguments.count, len(rows)))

    print(f"{len(drawn)} of {len(rows)} findings, seed {arguments.seed}: "
          + ", ".join(f"{count} {confidence}" for confidence, count in sorted(Counter(row[2] for row in rows).items())))
    print()
    print("| # | project | rule | confidence | place | message | reader 1 | reader 2 |")
    print("|---|---|---|---|---|---|---|---|")
    for number, row in enumerate(drawn, 1):
        print(f"| {number} | " + " | ".join(cell(text) for text in row) + " |  |  |")


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"draw.py: {type(error).__name__}: {error}")
