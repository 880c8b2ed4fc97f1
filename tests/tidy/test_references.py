"""Every reference in code, docs and tests can be opened: the file is there, and so is the anchor."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from support import repository

TEXTS = (".py", ".md", ".sql", ".js", ".css", ".html", ".toml", ".sh", ".in", "")
SKIPPED = {
    "tests/tidy/test_references.py": "its planted text is broken on purpose",
}
ROOMS = ("docs", "src", "tests", "tools", "bench", "demo", "fuzz")
NOT_KEPT = {
    "fuzz/found": "made by `make fuzz`",
    "tests/published_clients/node/node_modules": "made by `make test`",
    "tools/call": "a method of MCP",
    "tools/list": "a method of MCP",
}
NO_FILES = {
    "Node.js": "a program",
    "api.js": "a widget's script, at its maker's",
    "shared/code_points.js": "made by the server of values/text/code_points.py",
    "enterprise.js": "a widget's script, at its maker's",
    "MODEL_LICENSES.md": "in RapidOCR's package",
    "darkness.py": "what the reader of the how-to writes",
    "dispute.sql": "written by a bench while it runs",
}

PATH = re.compile(rf"(?<![\w./~-])((?:{'|'.join(ROOMS)})/[\w./-]*\w)(?:/|\b)(?![\w{{<])(?:#([\w-]+))?")
LINK = re.compile(r"\[(?:[^\]\n]|\n(?!\n))*\]\(([^)\s#]*)(?:#([^)\s]+))?\)")
DECISION = re.compile(r"\b[Dd]ecisions?[ /](\d{4})\b")
NUMBER = re.compile(r"[(\[](0\d{3})[)\],;]")
MODULE = re.compile(r"(?<![\w./{}*<>$\\-])([A-Za-z_][\w/-]*\.(?:py|sql|js|css|html|md|sh))\b(?!\w|\.\w|[/{(])")
FOLDER = re.compile(r"`([a-z_0-9]+(?:/[a-z_0-9]+)*)/`")
NAME = re.compile(r"`+((?:[a-z_0-9]+\.)+\w+)(?:\(\))?`+")
OUTSIDE = {
    "a numbered seed": r"\b[Ss]eeds? 0\d\d\b|\bthe seeds?'s?\b",
    "a specification that is not here": r"\bspec/|\bspec,? (?:§|rule|row|section)|\b[Tt]he spec\b",
    "an issue": r"\b[Ii]ssue #?\d+\b",
    "a folder beside the repository": r"\.\./shared[\w/.-]*",
    "a page that is not here": r"(?<![\w/-])(?:[Dd]ecisions|mission|architecture|measurements|layout|style)\.md\b",
}

Reference = tuple[str, int, str]  # file, line, what was referred to


def texts() -> Iterator[tuple[Path, str]]:
    """Yield every kept file of text, and what stands in it."""
    for path in repository.kept(*TEXTS):
        if repository.name(path) not in SKIPPED:
            yield path, path.read_text("utf-8", "replace")


def found(pattern: re.Pattern[str], path: Path, text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield (line number, match) of a pattern."""
    for match in pattern.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return a page's anchors: its headings as GitHub writes them, and those that are set by hand."""
    text = re.sub(r"^(```|~~~).*?^\1", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    names: list[str] = []
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        times = sum(1 for name in names if re.fullmatch(re.escape(slug) + r"(-\d+)?", name))
        names.append(f"{slug}-{times}" if times else slug)
    return frozenset([*names, *re.findall(r'<a id="([\w-]+)">', text)])


@cache
def names() -> tuple[frozenset[str], frozenset[str]]:
    """Return every kept file's path, and every folder's, from the root."""
    files = [repository.name(path) for path in repository.kept_files()]
    folders = {str(parent) for file in files for parent in Path(file).parents}
    return frozenset(files), frozenset(folders)


def opened(target: Path) -> Path | None:
    """Return the kept file or folder that a path means, a decision's by its number alone; None: there is none."""
    files, folders = names()
    name = str(target.relative_to(repository.ROOT)) if target.is_relative_to(repository.ROOT) else ""
    if name in files or name in folders:
        return target
    if re.fullmatch(r"docs/decisions/\d{4}", name):
        return decision(target.name)
    return None


def decision(number: str) -> Path | None:
    """Return the page of the decision with this number."""
    pages = list((repository.ROOT / "docs" / "decisions").glob(f"{number}-*.md"))
    return pages[0] if len(pages) == 1 else None


def fault(target: Path, anchor: str | None) -> str:
    """Return what is wrong with a reference; empty when it can be opened."""
    page = opened(target)
    if page is None:
        return "there is no such file"
    if anchor and (page.suffix != ".md" or anchor not in anchors(page)):
        return "there is no such anchor"
    return ""


def broken_paths(path: Path, text: str) -> Iterator[Reference]:
    """Yield paths from the root, such as ``docs/contracts/tupu.md#codes``, that lead nowhere."""
    for line, match in found(PATH, path, text):
        if match[1] not in NOT_KEPT and (why := fault(repository.ROOT / match[1], match[2])):
            yield repository.name(path), line, f"{match[0]}: {why}"


def broken_links(path: Path, text: str) -> Iterator[Reference]:
    """Yield the links of a Markdown page that lead nowhere in this repository."""
    for line, match in found(LINK, path, text):
        if match[1].startswith(("http:", "https:", "mailto:")):
            continue
        target = (path.parent / match[1]).resolve() if match[1] else path
        if why := fault(target, match[2]):
            yield repository.name(path), line, f"{match[0]}: {why}"


def broken_decisions(path: Path, text: str) -> Iterator[Reference]:
    """Yield numbers of decisions that nobody took."""
    bare = [NUMBER] if path.parent.name == "decisions" else []
    for pattern in (DECISION, *bare):
        for line, match in found(pattern, path, text):
            if decision(match[1]) is None:
                yield repository.name(path), line, f"decision {match[1]}: there is no such decision"


def broken_modules(path: Path, text: str) -> Iterator[Reference]:
    """Yield files and folders named by the end of their path, such as ``reports/rules.py``, that are not there."""
    files, folders = names()
    for line, match in found(MODULE, path, text):
        if match[1] not in NO_FILES and not is_end_of_one(match[1], files):
            yield repository.name(path), line, f"{match[1]}: there is no such file"
    for line, match in found(FOLDER, path, text):
        is_ours = (repository.SOURCE / match[1].split("/")[0]).is_dir()
        if is_ours and not is_end_of_one(match[1], folders):
            yield repository.name(path), line, f"{match[1]}/: there is no such folder"


def is_end_of_one(named: str, paths: frozenset[str]) -> bool:
    return any(path == named or path.endswith(f"/{named}") for path in paths)


def broken_names(path: Path, text: str) -> Iterator[Reference]:
    """Yield names in backticks that begin with a room, such as ``reports.rules.verdict``, and stand for nothing."""
    for line, match in found(NAME, path, text):
        parts = match[1].split(".")
        if (repository.SOURCE / parts[0]).is_dir() and not is_in_package(parts):
            yield repository.name(path), line, f"{match[1]}: there is no such name"


def is_in_package(parts: list[str]) -> bool:
    """Tell whether a dotted name stands for a folder, a module or something that a module says."""
    place = repository.SOURCE
    for at, part in enumerate(parts):
        if (place / part).is_dir():
            place /= part
        elif (place / f"{part}.py").is_file():
            said = (place / f"{part}.py").read_text("utf-8")
            return all(re.search(rf"\b{name}\b", said) for name in parts[at + 1 :])
        else:
            return False
    return True


def words_from_outside(path: Path, text: str) -> Iterator[Reference]:
    """Yield words that send the reader to what this repository does not hold."""
    for what, pattern in OUTSIDE.items():
        for line, match in found(re.compile(pattern), path, text):
            if not (match[0].startswith("../") and (path.parent / match[0]).exists()):  # what a script imports is here
                yield repository.name(path), line, f"{match[0]}: {what}"


def told(references: list[Reference]) -> str:
    lines = [f"{file}:{line}: {what}" for file, line, what in references]
    return "\n".join([f"{len(lines)} references lead nowhere; mend them, or the files that they name:", *lines])


KINDS = {
    "paths from the root": broken_paths,
    "links of pages": broken_links,
    "decisions": broken_decisions,
    "files by the end of their path": broken_modules,
    "names of the package": broken_names,
    "what is not here": words_from_outside,
}
ONLY_IN = {"links of pages": (".md",), "names of the package": (".py", ".md", ".sql")}


@pytest.mark.parametrize("kind", KINDS)
def test_every_reference_can_be_opened(kind: str) -> None:
    suffixes = ONLY_IN.get(kind, TEXTS)
    broken = [one for path, text in texts() if path.suffix in suffixes for one in KINDS[kind](path, text)]
    assert not broken, told(broken)


def test_nothing_is_exempt_in_vain() -> None:
    everything = "\n".join(text for _, text in texts())
    assert [name for name in [*NO_FILES, *NOT_KEPT] if name not in everything] == []
    assert [name for name in SKIPPED if not (repository.ROOT / name).is_file()] == []


def test_a_decision_says_the_number_that_its_file_has_and_none_is_left_out() -> None:
    pages = sorted((repository.ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [page.name[:4] for page in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]
    wrong = [page.name for page in pages if not page.read_text("utf-8").startswith(f"# {page.name[:4]} ")]
    assert not wrong, f"begin these with the number of their file: {', '.join(wrong)}"


PLANTED = {
    "paths from the root": [
        *("see docs/nowhere.md", "docs/contracts/tupu.md#nowhere", "docs/decisions/9999", "tests/nowhere/"),
        *("docs/decisions/0025#nowhere", "src/manyeyes/nowhere.py"),
    ],
    "links of pages": ["[a](nowhere.md)", "[a](../glossary.md#nowhere)", "[a](#nowhere)", "[a\nb](nowhere.md)"],
    "decisions": ["see decision 9999", "as ruled (0999)"],
    "files by the end of their path": [
        "`nowhere/rules.py`",
        "(nowhere.py)",
        "in tasks/nowhere.sql.",
        "`actions/nowhere/`",
    ],
    "names of the package": ["`reports.rules.nowhere`", "``nowhere`` and `reports.nowhere.verdict()`"],
    "what is not here": [
        *(
            "seed 001",
            "the seed's",
            "spec/tupu.md",
            "spec, rule 6",
            "the spec",
            "issue 3",
            "../shared/x",
            "(decisions.md)",
        ),
    ],
}
SOUND = """
docs/contracts/tupu.md#codes, docs/decisions/0025#keys, docs/decisions/, src/manyeyes/db/schema.sql, decision 0014,
[a](0001-our-own-supervisor.md), [b](../contracts/tupu.md#codes), [c](https://example.com/nowhere.md), (0016),
`reports/rules.py`, schema.sql, `reports.rules.verdict`, `reports.rules`, `random.Random`, f"{name}.py", *.py,
the same seed, issued, ARCHITECTURE.md, docs/decisions.
"""


def test_what_leads_nowhere_is_found() -> None:
    page = repository.ROOT / "docs" / "decisions" / "planted.md"
    for kind, planted in PLANTED.items():
        for text in planted:
            assert [line for _, line, _ in KINDS[kind](page, f"\n\n{text}\n")] == [3], (kind, text)


def test_what_can_be_opened_is_not_complained_about() -> None:
    page = repository.ROOT / "docs" / "decisions" / "planted.md"
    assert [reference for kind in KINDS.values() for reference in kind(page, SOUND)] == []
