"""Items in files of lines: JSONL, and CSV with addresses of pictures."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from manyeyes_client.errors import WrongSource
from manyeyes_client.items import Item, picture_in
from manyeyes_client.pictures import HEAD_BYTES, why_unfit

MEMBERS = {"external_id", "picture", "picture_url", "comment", "truth", "marks"}
OWN_WORDS = ["comment", "truth", "marks"]
DELIMITERS = ",;\t"
MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
LONGEST_CELL = 1_000_000


def rows_of_jsonl(path: Path) -> Iterator[Item]:
    """Yield the items of a file with one JSON object in each line; empty lines are passed over."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if not text.strip():
                continue
            where = f"{path.name}, line {number}"
            try:
                said = msgspec.json.decode(text, type=dict[str, Any])
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise WrongSource(f"{where}: {error}") from error
            yield _placed(said, where)


def rows_of_csv(path: Path) -> Iterator[Item]:
    """Yield the items of a CSV whose first line names its columns: comma, semicolon or tab; UTF-8, or UTF-16 marked."""
    csv.field_size_limit(LONGEST_CELL)
    with path.open("rb") as file:
        mark = file.read(2)
    encoding = next((name for beginning, name in MARKS if mark == beginning), "utf-8-sig")
    try:
        with path.open(encoding=encoding, newline="") as lines:
            head = lines.readline()
            delimiter = max(DELIMITERS, key=head.count)
            names = [name.strip().lower() for name in next(csv.reader([head], delimiter=delimiter), [])]
            names = ["picture_url" if name == "url" else name for name in names]
            _check_names(path, names)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            for row in reader:
                where = f"{path.name}, line {reader.line_num + 1}"
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) > len(names):
                    raise WrongSource(f"{where}: it has {len(row)} cells, and the first line names {len(names)}")
                said = {name: cell for name, cell in zip(names, row, strict=False) if cell or name == "picture_url"}
                yield _placed(said, where)
    except (UnicodeError, csv.Error) as error:
        raise WrongSource(f"{path}: {error}") from error


def _check_names(path: Path, names: list[str]) -> None:
    if "picture_url" not in names:
        raise WrongSource(f"{path}, line 1: no column is named picture_url (or url)")
    unknown = [name for name in names if name not in MEMBERS - {"picture"}]
    if unknown or len({*names}) < len(names):
        told = f"there is no column {unknown[0]!r}" if unknown else "a column is named twice"
        raise WrongSource(f"{path}, line 1: {told}; there are external_id, picture_url, comment, truth and marks")


def _placed(said: dict[str, Any], where: str) -> Item:
    try:
        return _item(said, where)
    except ValueError as error:
        raise WrongSource(f"{where}: {error}") from error


def _item(said: dict[str, Any], where: str) -> Item:
    """Return the item that a line says. Raises ValueError for what is none."""
    if unknown := said.keys() - MEMBERS:
        raise ValueError(f"there is no member {sorted(unknown)[0]!r}; there are {', '.join(sorted(MEMBERS))}")
    external_id, picture, url = (said.get(name, "") for name in ("external_id", "picture", "picture_url"))
    if not (isinstance(external_id, str) and isinstance(picture, str) and isinstance(url, str)):
        raise ValueError("external_id, picture and picture_url are texts")
    if bool(picture) == bool(url):
        raise ValueError("it needs a picture or a picture_url, and not both")
    members: dict[str, Any] = {name: said[name] for name in OWN_WORDS if name in said}
    if url:
        return Item(external_id=external_id, where=where, picture_url=url, members=members)
    data = picture_in(picture)
    unfit = why_unfit(len(data), data[:HEAD_BYTES])
    return Item(external_id=external_id, where=where, load=lambda: data, unfit=unfit, members=members)
