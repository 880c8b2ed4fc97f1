"""Judges the licences of all that requirements-dev.lock installs, from what the installed packages say of themselves.

``python tools/check_licences.py`` needs no network. It prints what nobody has judged and exits 1: then somebody reads
the licence, and either the package goes or a line joins `TAKEN` or `JUDGED`. docs/decisions/0044 says what is taken.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements-dev.lock"  # all; the other two are parts of it
NODE = ROOT / "tests" / "published_clients" / "node" / "node_modules"
# Licences that ask for a notice and nothing of what is built with the package: names of SPDX, and of classifiers.
TAKEN = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0"),
        *("Zlib", "Apache Software License", "BSD License", "ISC License (ISCL)", "MIT License"),
        "Python Software Foundation License",
    }
)
# What some packages write where a name of SPDX belongs.
SPELT = {"3-Clause BSD License": "BSD-3-Clause", "Apache 2.0": "Apache-2.0"}
MPL = "MPL: what is changed in its own files stays open; used as it comes"
BUNDLED = "a library beside the wheel's own, loaded and replaceable; nothing of it is in ours"
# Read by a person. What copyleft is in them does not reach what uses them as they come.
JUDGED = {
    "certifi": f"{MPL} (a list of authorities)",
    "hypothesis": f"{MPL} (tests alone)",
    "numpy": f"BSD; with libgfortran (GPL 3 with the runtime exception) and libquadmath (LGPL): {BUNDLED}",
    "opencv-python-headless": f"Apache; with FFmpeg (LGPL 2.1): {BUNDLED}",
    "pathspec": f"{MPL} (mypy's alone)",
    "pillow": "MIT-CMU; the notice of liblzma (0BSD) names the GPL of XZ's programs, which are not in the wheel",
    "publicsuffixlist": f"{MPL} (a list of suffixes)",
    "setuptools": "MIT; carries autocommand (LGPL 3); builds packages, and no program of ours imports it",
    "shapely": f"BSD; with GEOS (LGPL 2.1): {BUNDLED}",
    "tqdm": f"MIT and {MPL}",
}
_COPYLEFT = re.compile(r"GNU (AFFERO |LESSER |LIBRARY )?GENERAL PUBLIC LICENSE\s+Version \d", re.IGNORECASE)
_LICENCE_FILE = re.compile(r"\.dist-info/.*(licen[cs]e|copying|notice)", re.IGNORECASE)


def main() -> int:
    """Print what is not in order, and what the tests' npm packages say; exit 1 when something is not in order."""
    names = locked(LOCK.read_text("utf-8"))
    unknown = sorted(JUDGED.keys() - set(names))
    findings = [*of_packages(names), *(f"{name} is judged and not in the lock: take its line out" for name in unknown)]
    print("\n".join(findings) or f"the licences of {len(names)} packages are in order")
    node = dict(of_node(NODE))
    if node:
        print(f"of the tests' npm packages: {', '.join(f'{count} {name}' for name, count in sorted(node.items()))}")
    return int(bool(findings))


def locked(text: str) -> list[str]:
    """Return the names of the packages that a lock file lists."""
    return re.findall(r"^([a-zA-Z0-9._-]+)==", text, re.MULTILINE)


def of_packages(names: Iterable[str]) -> list[str]:
    """Return a line for each package that is not judged, or is not there to be asked."""
    findings = []
    for name in names:
        try:
            why = "" if name in JUDGED else fault(distribution(name))
        except PackageNotFoundError:
            why = "is not installed: make environment"
        if why:
            findings.append(f"{name} {why}")
    return findings


def fault(found: Distribution) -> str:
    """Return why a package cannot be taken as it is; empty when it can."""
    said = _first(found, "License-Expression")
    classifiers = [text for text in found.metadata.get_all("Classifier") or [] if text.startswith("License ::")]
    named = [text.rsplit(" :: ", 1)[-1] for text in classifiers if text.count("::") > 1]
    if not said and not named:
        first = _first(found, "License").strip().split("\n", 1)[0]
        said = SPELT.get(first, first)
    if said and not is_taken(said):
        return f"says {said!r}"
    if not said and (not named or not set(named) <= TAKEN):
        return f"says {named or 'nothing of its licence'}"
    text = next((path for path, words in licence_files(found) if _COPYLEFT.search(words)), "")
    return f"brings a GNU licence in {text}" if text else ""


def _first(found: Distribution, field: str) -> str:
    return next(iter(found.metadata.get_all(field) or []), "")


def is_taken(expression: str) -> bool:
    """Tell whether an SPDX expression leaves the choice of licences that are all taken. Brackets are not read."""
    return any(all(each.strip() in TAKEN for each in choice.split(" AND ")) for choice in expression.split(" OR "))


def licence_files(found: Distribution) -> Iterator[tuple[str, str]]:
    """Yield the paths and texts of a package's licences: those of what it bundles lie there too."""
    for file in found.files or ():
        if _LICENCE_FILE.search(str(file)):
            yield str(file), file.locate().read_text("utf-8", "replace")  # type: ignore[attr-defined]


def of_node(folder: Path) -> dict[str, int]:
    """Return how many packages of a folder of npm's name each licence. They are run by tests and shipped to nobody."""
    counts: dict[str, int] = {}
    for path in [*folder.glob("*/package.json"), *folder.glob("@*/*/package.json")]:
        licence = str(json.loads(path.read_text("utf-8")).get("license", "no licence"))
        counts[licence] = counts.get(licence, 0) + 1
    return counts


if __name__ == "__main__":
    sys.exit(main())
