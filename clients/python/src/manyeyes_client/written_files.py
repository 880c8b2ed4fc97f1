"""A file that is there whole or not at all."""

import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO


class Written:
    """Opens a new file beside ``path``, which takes its place when all was written and is dropped when not."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._file: BinaryIO | None = None

    def __enter__(self) -> BinaryIO:
        self._file = self._beside.open("wb")
        return self._file

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        try:
            if kind is None:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                os.replace(self._beside, self._path)
        finally:
            self._file.close()
            self._beside.unlink(missing_ok=True)
