"""deploy/Containerfile and deploy/compose.yaml as they are written, and the first's steps in a plain directory."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from support import repository
from support.wheels import link
from tools.check_licences import locked

DEPLOY = repository.ROOT / "deploy"
FETCHES = "/opt/manyeyes/bin/pip install --no-cache-dir --no-compile --require-hashes --requirement requirements.lock"
OWN = ("/opt/manyeyes", "/var/lib/manyeyes")  # what the image has and no machine: these lie in the directory


class Step(NamedTuple):
    """A line of the file: ``word`` such as RUN, and what stands behind it."""

    word: str
    said: str

    def listed(self) -> list[str]:
        """Return the words of a list in JSON."""
        found: list[str] = json.loads(self.said)
        return found


def stages() -> list[list[Step]]:
    """Return the steps of each stage, FROM first."""
    found: list[list[Step]] = []
    for line in (DEPLOY / "Containerfile").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            word, _, said = line.partition(" ")
            if word == "FROM":
                found.append([])
            found[-1].append(Step(word, said))
    return found


def compose() -> Any:
    """Return what compose.yaml says."""
    return msgspec.yaml.decode((DEPLOY / "compose.yaml").read_bytes())


class PlainDirectory:
    """Runs the steps of all stages in one directory; paths of the image lie below it. Nothing is fetched."""

    def __init__(self, root: Path) -> None:
        """Take an empty directory; this process is root's."""
        self.root, self.work = root, root
        self.set: dict[str, str] = {}
        self.last: dict[str, str] = {}  # of what is said once: USER, ENTRYPOINT and so on
        (root / "opt").mkdir(parents=True)
        (root / "var" / "lib").mkdir(parents=True)
        (root / "etc").mkdir()
        (root / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (root / "etc" / "group").write_text("root:x:0:\n")

    def here(self, text: str) -> str:
        """Return a text of the image with the paths of this directory."""
        for path in OWN:
            text = text.replace(path, f"{self.root}{path}")
        return text

    def do(self, step: Step) -> None:
        """Do one step. Raises AssertionError with what a command said, and for a step that nobody knows."""
        if step.word == "WORKDIR":
            self.work = self.root / step.said.lstrip("/")
            self.work.mkdir(parents=True)
        elif step.word == "COPY":
            self._copy(step.said.split())
        elif step.word == "RUN" and step.said == FETCHES:
            [packages] = (self.root / "opt/manyeyes/lib").glob("python*/site-packages")
            # As pip does with what an older Python brings; what it compiled stays.
            self._run("/opt/manyeyes/bin/pip uninstall --quiet --yes setuptools")
            shutil.rmtree(packages / "_distutils_hack", ignore_errors=True)
            link(packages, set(locked((self.work / "requirements.lock").read_text("utf-8"))))
        elif step.word == "RUN":
            self._run(step.said)
        elif step.word == "ENV":
            name, _, value = step.said.partition("=")
            self.set[name] = self.here(value)
        else:
            assert step.word in {"FROM", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
            self.last[step.word] = step.said

    def _copy(self, words: list[str]) -> None:
        if words[0] == "--from=build":
            assert words[1] == words[2]  # both stages are one directory here
            return
        *sources, target = words
        for source in map(repository.ROOT.joinpath, sources):
            place = self.work / target
            if source.is_dir():
                shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            else:
                shutil.copy(source, place / source.name)

    def _run(self, said: str) -> None:
        words = shlex.split(self.here(said))
        if words[0] in ("groupadd", "useradd"):
            words[1:1] = ["--prefix", str(self.root)]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin"
        done = subprocess.run(
            words,
            cwd=self.work,
            env={"PATH": path, "HOME": "/nonexistent"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{said}: {done.stdout}{done.stderr}"
