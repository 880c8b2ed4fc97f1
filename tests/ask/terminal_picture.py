"""`make screenshots`: runs `manyeyes ask` at a terminal, on the demo's meters, and takes the README's picture of it.

What is drawn is what the command printed, at its end; nothing is typed by hand but the two commands.
"""

import io
import re
import subprocess
import tempfile
from pathlib import Path

from PIL import Image
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from demo.pictures import draw
from support.asked_house import open_house
from support.real_server import run

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "ask.svg"
METERS, WIDTH = 24, 100
QUESTION = "What does the meter show?"
_CONTROL = re.compile(r"\x1b\[(\d*)([A-HJKSTfl])|\x1b\[\?\d+[lh]|[\r\n]")


def last_screen(printed: str) -> list[str]:
    """Return the lines that a terminal shows after this was printed: bars are drawn over themselves."""
    lines, at, place = [""], 0, 0
    for match in [*_CONTROL.finditer(printed), None]:
        text = printed[place : match.start()] if match else printed[place:]
        lines[at] += text
        if match is None:
            break
        place, code = match.end(), match[0]
        if code == "\n":
            at += 1
            lines += [""] * (at + 1 - len(lines))
        elif code.endswith("A"):
            at = max(0, at - int(match[1] or 1))
        elif code.endswith("K"):
            lines[at] = ""
    return lines


def svg(lines: list[str]) -> str:
    """Return the lines as a picture; its font is the reader's own, nothing is fetched."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=True)
    form = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    form = form.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace")
    return console.export_svg(title="manyeyes ask", theme=DIMMED_MONOKAI, code_format=form, unique_id="ask")


def pixels(data: bytes) -> bytes:
    """Return what workers see of a picture, whatever else its file holds."""
    with Image.open(io.BytesIO(data)) as opened:
        return opened.convert("RGB").tobytes()


def main() -> None:
    """Run the command, and write the picture."""
    right: dict[bytes, str] = {}
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        folder = home / "meters"
        folder.mkdir()
        for number in range(METERS):
            drawn = draw("meter", number)
            right[pixels(drawn.data)] = drawn.text
            (folder / f"{number + 1:02}.png").write_bytes(drawn.data)
        (folder / "notes.txt").write_text("where they hang")
        made = run(home / "data", "db", "migrate")
        assert made.returncode == 0, made.stderr
        words = ("meters", "--question", QUESTION, "--kind", "number")
        with open_house(home / "data", lambda data, options: right[pixels(data)]) as house:
            told = house.ask_at_terminal(house.key("5.00"), "y\n", *words, folder=home)
        assert told.code == 0, told.out
        head = subprocess.run(
            ["cut", "-d,", "-f1-3", "answers.csv"], cwd=home, capture_output=True, text=True, check=True
        )
    shown = [f'$ manyeyes ask meters --question "{QUESTION}" --kind number', *last_screen(told.out)]
    shown += ["$ head -4 answers.csv | cut -d, -f1-3", *head.stdout.removeprefix("\ufeff").splitlines()[:4]]
    PICTURE.write_text(svg([line for line in shown if line.strip()]), "utf-8")
    print(f"{PICTURE.relative_to(Path.cwd())}  {PICTURE.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
