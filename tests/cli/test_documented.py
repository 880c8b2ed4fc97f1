"""docs/reference/cli.md and settings.md: every command, option and setting, and none that is not there."""

import re
from pathlib import Path

import msgspec
from cyclopts import App

from manyeyes.cli.main import app
from manyeyes.settings import Settings

PAGES = Path(__file__).parents[2] / "docs" / "reference"
OF_EVERY_COMMAND = {"--data", "--json", "--help"}


def commands(found: App, path: tuple[str, ...] = ()):
    """(path, app) of every command that does something."""
    for name in found:
        if not name.startswith("-"):
            yield from commands(found[name], (*path, name))
    if path and found.default_command is not None:
        yield " ".join(path), found


def options(found: App) -> set[str]:
    """The options of a command, without those of all and without the other spelling of its arguments."""
    arguments = [a for a in found.assemble_argument_collection(parse_docstring=True) if a.show and a.index is None]
    named = {name for argument in arguments for name in argument.names}
    return {name for name in named if not name.startswith("--empty-")} - OF_EVERY_COMMAND


def test_every_command_is_on_the_page_and_no_other_is():
    page = (PAGES / "cli.md").read_text()
    alone = "serve|doctor|ask|mcp|backup|restore"
    written = set(re.findall(rf"^## manyeyes ({alone})$|^\| `([a-z-]+ [a-z-]+)", page, re.MULTILINE))
    assert {first or second for first, second in written} == {path for path, _ in commands(app)}


def test_every_option_is_in_its_noun_s_section_and_no_other_is():
    sections = dict(
        re.findall(
            r"^## manyeyes ([a-z-]+)\n(.*?)(?=^## |\Z)", (PAGES / "cli.md").read_text(), re.MULTILINE | re.DOTALL
        )
    )
    for noun, text in sections.items():
        wanted = {name for path, found in commands(app) if path.split()[0] == noun for name in options(found)}
        assert set(re.findall(r"`(--[a-z-]+)`", text)) == wanted, noun


def test_every_setting_is_on_the_page_with_its_default_and_no_other_is():
    rows = dict(re.findall(r"^\| `MANYEYES_(\w+)` \| (.+?) \|", (PAGES / "settings.md").read_text(), re.MULTILINE))
    fields = {field.name.upper(): field.default for field in msgspec.structs.fields(Settings)}
    assert set(rows) == set(fields)
    for name, default in fields.items():
        if default is not msgspec.NODEFAULT:
            assert rows[name].strip("`") == (str(default) or "empty"), name
