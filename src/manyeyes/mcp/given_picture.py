"""The picture that a question is about: in base64, at an address, or in a file of whoever sits at this machine."""

import base64
from pathlib import Path

from manyeyes.mcp.installation import Problem
from manyeyes.pictures.anatomy import Broken
from manyeyes.pictures.reader import read
from manyeyes.tasks.pictures import LARGEST_BYTES


def picture_members(picture: str, picture_url: str, picture_path: str, *, may_read_files: bool) -> dict[str, str]:
    """Return the member of /v1's task that carries the picture.

    Raises `Problem` when not exactly one of the three is given, and for a file that is not to be had.
    """
    given = {"picture": picture, "picture_url": picture_url, "picture_path": picture_path}
    given = {name: text for name, text in given.items() if text}
    if len(given) != 1:
        ways = [name for name in ("picture", "picture_url", "picture_path") if may_read_files or name != "picture_path"]
        raise Problem("unreadable", f"give the picture by exactly one of {', '.join(ways)}")
    if "picture_path" not in given:
        return given
    if not may_read_files:
        raise Problem("unreadable", "picture_path is for agents that start `manyeyes mcp` on their own machine")
    return {"picture": base64.b64encode(_file(Path(picture_path).expanduser())).decode()}


def _file(path: Path) -> bytes:
    """Return a file's bytes once it is seen to be a picture: nothing else of the user's leaves their machine."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise Problem("no_picture", f"{path}: {error.strerror}") from error
    if len(data) > LARGEST_BYTES:
        raise Problem("picture_too_big", f"{path} has more than {LARGEST_BYTES} bytes")
    try:
        read(data)
    except Broken as error:
        raise Problem("picture_not_supported", f"{path}: {error}") from error
    return data
