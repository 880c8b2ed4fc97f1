"""The drawing of the rooms is what the imports say, and ARCHITECTURE names every room."""

import pytest

from support.repository import ROOT, SOURCE
from tools import draw_rooms


def test_the_drawing_shows_the_imports_of_today():
    shown = draw_rooms.PICTURE.read_text("utf-8")
    assert shown == draw_rooms.drawing(draw_rooms.rooms()), "run `.venv/bin/python tools/draw_rooms.py`"


def test_a_circle_of_rooms_is_refused():
    with pytest.raises(ValueError, match="a circle among a, b"):
        draw_rooms.floors({"a": frozenset("b"), "b": frozenset("a"), "c": frozenset()})


def test_an_arrow_that_follows_from_others_is_left_out():
    imports = {"top": frozenset({"middle", "low"}), "middle": frozenset({"low"}), "low": frozenset()}
    assert draw_rooms.floors(imports) == [["low"], ["middle"], ["top"]]
    assert draw_rooms.needed_arrows(imports) == [("top", "middle"), ("middle", "low")]


def test_the_root_has_at_most_eight_loose_modules():
    loose = sorted(path.name for path in SOURCE.glob("*.py"))
    assert len(loose) <= 8, f"give these a room: {loose}"


def test_the_architecture_names_every_room_and_every_module_of_the_runtime():
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    loose = {path.stem for path in SOURCE.glob("*.py")}
    rooms = {f"`{name}/`" for name in draw_rooms.rooms() if name not in loose}
    capabilities = {f"`{path.parent.name}/`" for path in SOURCE.glob("*/rules.py")} - {"`outbound/`"}
    runtime = {f"`{path.stem}`" for path in (SOURCE / "runtime").glob("[a-z]*.py")}
    missing = sorted(name for name in (rooms - capabilities) | runtime if name not in text)
    assert not missing, f"ARCHITECTURE.md does not name {', '.join(missing)}"
    assert "docs/pictures/rooms.svg" in text
