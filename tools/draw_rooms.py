"""Draws the rooms of manyeyes and who imports whom, from the imports themselves: docs/pictures/rooms.svg.

``python tools/draw_rooms.py`` writes the picture; a test compares it with what the imports of today give.
"""

from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import grimp

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "rooms.svg"
ROOT = "manyeyes"
WIDTH, BOX_HEIGHT, FLOOR_HEIGHT, MARGIN, GAP = 1180, 34, 84, 20, 10
STYLE = """
  text { font: 13px ui-sans-serif, system-ui, sans-serif; fill: #1d2433; text-anchor: middle }
  rect.ground { fill: #ffffff }
  rect.floor { fill: #f4f6fa }
  rect.room { fill: #ffffff; stroke: #7d8aa5; stroke-width: 1.2 }
  path { fill: none; stroke: #a9b4c8; stroke-width: 1 }
"""
Imports = Mapping[str, frozenset[str]]


def rooms() -> Imports:
    """Return for each room (a package or a loose module of the root) the rooms that it imports."""
    graph = grimp.build_graph(ROOT, cache_dir=None)
    found: dict[str, set[str]] = {_room(module): set() for module in graph.modules if module != ROOT}
    for module in graph.modules - {ROOT}:
        for imported in graph.find_modules_directly_imported_by(module) - {ROOT}:
            if _room(imported) != _room(module):
                found[_room(module)].add(_room(imported))
    return {room: frozenset(imported) for room, imported in sorted(found.items())}


def floors(imports: Imports) -> list[list[str]]:
    """Return the rooms by floor, the lowest first: a room stands right above the highest one that it imports.

    Raises ValueError when rooms import each other in a circle.
    """
    height: dict[str, int] = {}
    while len(height) < len(imports):
        placed = [r for r in imports if r not in height and all(below in height for below in imports[r])]
        if not placed:
            raise ValueError(f"a circle among {', '.join(sorted(set(imports) - set(height)))}")
        height |= {room: max((height[below] + 1 for below in imports[room]), default=0) for room in placed}
    return [sorted(r for r in imports if height[r] == floor) for floor in range(max(height.values()) + 1)]


def needed_arrows(imports: Imports) -> list[tuple[str, str]]:
    """Return the imports that do not follow from the others: an arrow that goes over a third room is left out."""
    reach: dict[str, frozenset[str]] = {}
    for floor in floors(imports):
        for room in floor:
            reach[room] = imports[room].union(*(reach[below] for below in imports[room]))
    return [
        (room, below)
        for room, all_below in imports.items()
        for below in sorted(all_below)
        if not any(below in reach[other] for other in all_below)
    ]


def drawing(imports: Imports) -> str:
    """Return the picture as SVG text."""
    storeys = floors(imports)
    height = 2 * MARGIN + FLOOR_HEIGHT * len(storeys)
    places: dict[str, tuple[float, float, float]] = {}
    for floor, names in enumerate(storeys):
        widths = [16 + 8 * len(name) for name in names]
        space = (WIDTH - 2 * MARGIN - sum(widths)) / (len(names) + 1)
        left = MARGIN + space
        for name, width in zip(names, widths, strict=True):
            places[name] = (left, height - MARGIN - FLOOR_HEIGHT * (floor + 1) + GAP, width)
            left += width + space
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t d">',
        '<title id="t">The rooms of manyeyes</title>',
        f'<desc id="d">{escape(_described(storeys))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
    ]
    for floor in range(0, len(storeys), 2):
        top = height - MARGIN - FLOOR_HEIGHT * (floor + 1)
        lines.append(f'<rect class="floor" y="{top}" width="{WIDTH}" height="{FLOOR_HEIGHT}"/>')
    lines += [_arrow(places[room], places[below]) for room, below in needed_arrows(imports)]
    lines += [_box(name, *place) for name, place in places.items()]
    return "\n".join([*lines, "</svg>", ""])


def _room(module: str) -> str:
    return module.split(".")[1]


def _described(storeys: list[list[str]]) -> str:
    return "From top to bottom, each room importing only what is below it: " + "; ".join(
        ", ".join(names) for names in reversed(storeys)
    )


def _arrow(above: tuple[float, float, float], below: tuple[float, float, float]) -> str:
    x1, y1 = above[0] + above[2] / 2, above[1] + BOX_HEIGHT
    x2, y2 = below[0] + below[2] / 2, below[1]
    bend = (y2 - y1) / 2
    return f'<path d="M{x1:.0f} {y1:.0f} C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} {x2:.0f} {y2:.0f}"/>'


def _box(name: str, left: float, top: float, width: float) -> str:
    shape = f'<rect class="room" x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{BOX_HEIGHT}" rx="5"/>'
    return f'{shape}<text x="{left + width / 2:.0f}" y="{top + 22:.0f}">{escape(name)}</text>'


if __name__ == "__main__":
    PICTURE.write_text(drawing(rooms()), "utf-8")
