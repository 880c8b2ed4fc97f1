"""Where items come from: a folder, a ZIP, a file of lines (JSONL) or of rows (CSV); read anew by each walk through it.

Whatever it is, its items travel as lines of JSON in a stable order, so that an upload that broke off goes on by line.
"""

import hashlib
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Protocol, Self

from manyeyes_client.errors import WrongSource
from manyeyes_client.items import Item
from manyeyes_client.pictures import HEAD_BYTES, is_picture, why_unfit
from manyeyes_client.tables import rows_of_csv, rows_of_jsonl

NO_CONTENT = {".ds_store", "thumbs.db", "desktop.ini", "__macosx"}
PassedOver = Callable[[str, str], None]


class Uploadable(Protocol):
    """What can be uploaded: the same items in the same order whenever it is walked through, and a key that says so."""

    def fit(self) -> Iterator[Item]:
        """Yield the items."""

    def key(self) -> str:
        """Return a name that the same items have again, and others have not."""


class Source:
    """A folder or file of items. ``passed_over`` is told (name, why) of each file that is no picture."""

    def __init__(self, path: Path, passed_over: PassedOver | None = None) -> None:
        self.path = path
        self._passed_over = passed_over or (lambda name, why: None)
        self._walk = self._choose()

    def __iter__(self) -> Iterator[Item]:
        """Yield the items, unfit ones too. Raises `WrongSource` for what cannot be read as what it seems to be."""
        try:
            yield from self._walk()
        except (OSError, zipfile.BadZipFile) as error:
            raise WrongSource(f"{self.path}: {getattr(error, 'strerror', None) or error}") from error

    def fit(self) -> Iterator[Item]:
        """Yield the items that are not known to be unfit: what an upload sends, in its order."""
        return (item for item in self if not item.unfit)

    def checked(self) -> Self:
        """Return itself. Raises `WrongSource` when an item is known to be unfit."""
        for item in self:
            if item.unfit:
                raise WrongSource(f"{item.where}: {item.unfit}")
        return self

    def key(self) -> str:
        """Return a name for the content: the same for the same items in the same order, wherever they lie."""
        digest = hashlib.sha256()
        for item in self.fit():
            digest.update(item.line())
        return f"sha256-{digest.hexdigest()}"

    def _choose(self) -> Callable[[], Iterator[Item]]:
        path = self.path
        if path.is_dir():
            return self._folder
        if not path.is_file():
            raise WrongSource(f"{path}: there is no such folder or file")
        walks = {".csv": rows_of_csv, ".tsv": rows_of_csv, ".txt": rows_of_csv}
        walks |= {".jsonl": rows_of_jsonl, ".ndjson": rows_of_jsonl}
        suffix = path.suffix.lower()
        if suffix in walks:
            return partial(walks[suffix], path)
        if suffix == ".zip" or zipfile.is_zipfile(path):
            return self._zip
        head, size = _head(path)
        if is_picture(path.name, head):
            return lambda: iter([_picture(path.name, size, head, path.read_bytes)])
        raise WrongSource(f"{path}: it is no folder, CSV, JSONL, ZIP or picture")

    def _folder(self) -> Iterator[Item]:
        for path in _files(self.path):
            name = path.relative_to(self.path).as_posix()
            if not _is_text(name):
                self._passed_over(os.fsencode(name).decode("utf-8", "backslashreplace"), "its name is not UTF-8")
                continue
            head, size = _head(path)
            if is_picture(name, head):
                yield _picture(name, size, head, path.read_bytes)
            else:
                self._passed_over(name, "no picture")

    def _zip(self) -> Iterator[Item]:
        with zipfile.ZipFile(self.path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            for entry in sorted(entries, key=lambda entry: entry.filename):
                name = entry.filename
                if _is_hidden(PurePosixPath(name)):
                    self._passed_over(name, "no picture")
                    continue
                head = b"" if entry.flag_bits & 1 else _head_in(archive, entry)
                if not is_picture(name, head):
                    self._passed_over(name, "no picture")
                elif entry.flag_bits & 1:
                    yield Item(external_id=name, where=name, unfit="it is locked with a password")
                else:
                    yield _picture(name, entry.file_size, head, partial(archive.read, entry))


def _picture(name: str, size: int, head: bytes, load: Callable[[], bytes]) -> Item:
    return Item(external_id=name, where=name, load=load, unfit=why_unfit(size, head))


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and below, sorted by name; hidden ones are left out, and folders that are links."""
    for place, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if not _is_hidden(PurePosixPath(name)))
        for name in sorted(names):
            if not _is_hidden(PurePosixPath(name)):
                yield Path(place, name)


def _raise(error: OSError) -> None:
    raise error


def _is_hidden(path: PurePosixPath) -> bool:
    return any((part.startswith(".") and part not in (".", "..")) or part.lower() in NO_CONTENT for part in path.parts)


def _head(path: Path) -> tuple[bytes, int]:
    """Return a file's first bytes and its size; nothing of what is no plain file: a pipe would never end."""
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        return b"", 0
    with path.open("rb") as file:
        return file.read(HEAD_BYTES), about.st_size


def _head_in(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        return file.read(HEAD_BYTES)


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
