#!/usr/bin/env python3
"""Lints the projects of `projects.jsonl` with two builds of leaklint, and prints how their findings differ.

    python3 ecosystem/compare.py --mirror MIRROR BEFORE AFTER
    python3 ecosystem/compare.py --packages FOLDER --only koa BEFORE AFTER

BEFORE and AFTER are binaries of leaklint. Repositories are read at their pinned commits out of bare mirrors, `MIRROR/OWNER+NAME/repo`;
packages out of the tarballs that `npm pack NAME@VERSION --pack-destination FOLDER` writes. What is absent is named and left out.

A line for each difference: `+` a finding that only AFTER has, `-` one that only BEFORE has, `~` one whose confidence is another.
Findings are the same when rule, path, line and column are.
Exit: 0 no difference, 1 differences, 2 nothing was linted, or a build failed.
"""
import argparse
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte|astro)$")
CONTEXT = re.compile(r"(?:^|/)(?:package\.json|[jt]sconfig[^/]*\.json|pnpm-workspace\.yaml|\.gitignore)$")


def fail(reason):
    print(f"compare: {reason}", file=sys.stderr)
    sys.exit(2)


def label(project):
    return project.get("repository") or f"{project['package']}@{project['version']}"


def archive(project, options):
    """The bytes of a tar archive of a project's files, or `None` if it is absent."""
    if "repository" in project:
        if not options.mirror:
            return None
        mirror = options.mirror / project["repository"].replace("/", "+") / "repo"
        command = ["git", "--git-dir", str(mirror), "archive", "--format=tar", project["commit"]]
        made = subprocess.run(command, capture_output=True, check=False)
        return made.stdout if made.returncode == 0 else None
    if not options.packages:
        return None
    name = project["package"].removeprefix("@").replace("/", "-")
    tarball = options.packages / f"{name}-{project['version']}.tgz"
    return tarball.read_bytes() if tarball.is_file() else None


def unpack(content, target):
    """Writes the sources of an archive, and what says how they belong together."""
    with tarfile.open(fileobj=io.BytesIO(content)) as files:
        for member in files:
            if member.isfile() and (SOURCE.search(member.name) or CONTEXT.search(member.name)):
                files.extract(member, target, filter="data")


def findings(binary, folder, level):
    """The findings of one build, by place and rule."""
    command = [binary, "check", "--no-progress", "--no-cache", "--exit-zero", "--format", "json", "--min-confidence", level, "."]
    try:
        run = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        document = json.loads(run.stdout)
    except OSError as error:
        fail(f"{binary} cannot be run: {error.strerror}")
    except ValueError:
        fail(f"{binary} exited with {run.returncode}: {run.stderr.decode(errors='replace')[-500:]}")
    found = {}
    for finding in document["findings"]:
        primary = finding["primary"]
        found[primary["path"], primary["start"]["line"], primary["start"]["column"], finding["rule"]] = finding
    return found


def difference(before, after):
    """Lines for what differs, in the order of the files."""
    for key in sorted(before.keys() | after.keys()):
        path, line, _, rule = key
        old, new = before.get(key), after.get(key)
        if old and new and old["confidence"] == new["confidence"]:
            continue
        sign = "~" if old and new else "+" if new else "-"
        level = f"{old['confidence']} → {new['confidence']}" if old and new else (new or old)["confidence"]
        yield f"  {sign} {path}:{line} {rule} [{level}] {(new or old)['message']}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--mirror", type=Path, help="folder of bare mirrors")
    parser.add_argument("--packages", type=Path, help="folder of packed npm packages")
    parser.add_argument("--projects", type=Path, default=HERE / "projects.jsonl")
    parser.add_argument("--only", default="", help="only projects with this in their name")
    parser.add_argument("--min-confidence", default="medium", choices=["low", "medium", "high"])
    options = parser.parse_args()
    binaries = [str(Path(binary).resolve()) for binary in (options.before, options.after)]

    projects = [json.loads(line) for line in options.projects.read_text(encoding="utf-8").splitlines() if line.strip()]
    linted, absent, differences = 0, [], 0
    for project in projects:
        if options.only not in label(project):
            continue
        content = archive(project, options)
        if content is None:
            absent.append(label(project))
            continue
        with tempfile.TemporaryDirectory() as folder:
            unpack(content, folder)
            before, after = (findings(binary, folder, options.min_confidence) for binary in binaries)
        linted += 1
        lines = list(difference(before, after))
        differences += len(lines)
        if lines:
            print(f"{label(project)}: {len(before)} → {len(after)} findings", *lines, sep="\n")
    if absent:
        print(f"absent: {', '.join(absent)}")
    print(f"{linted} projects linted, {len(absent)} absent, {differences} differences")
    sys.exit(2 if linted == 0 else 1 if differences else 0)


if __name__ == "__main__":
    main()
