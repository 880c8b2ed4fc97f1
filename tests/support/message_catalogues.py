"""Whose messages the console's are. As a program, `make messages`, it brings the catalogues in line with the source.

A message that one reader's templates and Python alone use lies in that reader's catalogue, every other one in `shared`.
"""

from collections import defaultdict
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import manyeyes.console
from manyeyes.console.shared.languages import LANGUAGES, READERS, catalogue_paths, locale_of

CONSOLE = Path(manyeyes.console.__file__).parent
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"encoding": "utf-8"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None, "mark_many": (1, 2), "translate": None}
WIDTH = 110
Id = str | tuple[str, ...]  # a tuple where there is a form for one and a form for many


def used_messages() -> dict[str, set[Id]]:
    """Return the messages that the console's source uses, by the reader in whose catalogue each belongs."""
    users = defaultdict(set)
    for filename, _, message, _, _ in extract_from_dir(str(CONSOLE), METHODS, OPTIONS, KEYWORDS):
        users[message].add(reader_of(Path(filename)))
    found: dict[str, set[Id]] = {reader: set() for reader in READERS}
    for message, readers in users.items():
        found[readers.pop() if len(readers) == 1 else "shared"].add(message)
    return found


def reader_of(path: Path) -> str:
    """Return whose a file of the console is, by its path below `console/`; `routes.py` is everybody's."""
    room = path.parts[1] if path.parts[0] == "templates" else path.parts[0]
    return room if room in READERS else "shared"


def read_catalogues(language: str) -> dict[str, Catalog]:
    """Return a language's catalogues by reader."""
    found = {}
    for reader, path in catalogue_paths(language).items():
        with path.open("rb") as file:
            found[reader] = read_po(file, locale=str(locale_of(language)), abort_invalid=True)
    return found


def bring_up_to_date(language: str) -> int:
    """Write a language's catalogues anew and return how many messages wait to be translated.

    A message takes its translation along when it moves from one reader to another; what nothing uses is left out.
    """
    catalogues, missing = read_catalogues(language), 0
    translated = [message for catalogue in catalogues.values() for message in catalogue if message.id]
    for reader, used in used_messages().items():
        catalogue, template = catalogues[reader], Catalog()
        for message in translated:
            if message.id not in catalogue:
                catalogue[message.id] = message
        for message_id in used:
            template.add(message_id)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        missing += sum(1 for message in catalogue if message.id and not message.string)
        with catalogue_paths(language)[reader].open("wb") as file:
            write_po(file, catalogue, width=WIDTH, no_location=True, sort_output=True, ignore_obsolete=True)
    return missing


def main() -> None:
    """Bring every language's catalogues up to date and say how many messages are untranslated."""
    for language in LANGUAGES:
        print(f"{language}: {bring_up_to_date(language)} to translate")


if __name__ == "__main__":
    main()
