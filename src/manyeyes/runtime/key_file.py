"""The file with the key that seals this installation's secrets (docs/decisions/0041-sealed-at-rest.md)."""

import contextlib
import os
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

from manyeyes.settings import Settings
from manyeyes.values.sealing import Sealer, new_sealing_key, sealers

FILE_NAME = "secrets.key"
FROM_ENVIRONMENT = "MANYEYES_SECRETS_KEY"


def key_path(settings: Settings) -> Path:
    """Return where the key's file is, or would be."""
    return Path(settings.secrets_key_file) if settings.secrets_key_file else settings.data / FILE_NAME


def key_place(settings: Settings) -> str:
    """Return where the key comes from, for sentences."""
    return FROM_ENVIRONMENT if settings.secrets_key else str(key_path(settings))


def read_key(settings: Settings) -> Sequence[Sealer]:
    """Return the sealers of the key, none when it has not been made. Raises ValueError when it cannot be used."""
    try:
        text = settings.secrets_key or key_path(settings).read_text("ascii")
        return sealers(text)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ValueError(f"{key_place(settings)} cannot be read: {error.strerror}") from error
    except ValueError as error:  # of a file that is not even ASCII too
        raise ValueError(f"{key_place(settings)} holds no key: 32 bytes in base64 are wanted") from error


def make_key(settings: Settings) -> Sequence[Sealer]:
    """Make the file with a fresh key, for its owner alone, and return its sealers; a file that is there stays.

    When this returns, the file outlives a loss of power: whoever seals next must be able to open again. Raises
    ValueError when the file cannot be made.
    """
    path = key_path(settings)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        try:
            with open(handle, "w", encoding="ascii") as file:
                file.write(new_sealing_key() + "\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):  # another process was quicker: its key is the key
                os.link(draft, path)
        finally:
            os.unlink(draft)
        _sync(path.parent)
    except OSError as error:
        raise ValueError(f"{path} cannot be made: {error.strerror}") from error
    return read_key(settings)


def is_open_to_others(settings: Settings) -> bool:
    """Tell whether others than the file's owner may read or write it."""
    path = key_path(settings)
    is_file = not settings.secrets_key and path.exists()
    return is_file and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
