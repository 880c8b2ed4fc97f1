"""docs/how-to/write-a-recogniser.md: its example, installed as it stands on the page, recognises pictures."""

import re
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from manyeyes.recognisers.catalogue import check
from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.pool import RecogniserPool
from manyeyes.tasks.pictures import Picture
from support.drawn_pictures import written
from support.recogniser_packages import install

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "write-a-recogniser.md").read_text()
LABELS = {0: "lit", 1: "dark"}


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the page's recogniser, its package installed."""
    ((name, place),) = tomllib.loads(block("toml"))["project"]["entry-points"]["manyeyes.recognisers"].items()
    install(tmp_path / "site", monkeypatch, name, place)
    (tmp_path / "site" / f"{place.partition(':')[0]}.py").write_text(block("python"))
    return name


async def test_the_example_tells_dark_from_lit(example: str):
    pool = RecogniserPool(20, 300)
    shades = [written(Image.new("RGB", (30, 20), (grey, grey, grey)), "PNG") for grey in (255, 0, 128)]
    pictures = [Picture("png", 30, 20, data) for data in (*shades, shades[0][:-40])]
    try:
        found = await pool.recognise(example, "", LABELS, pictures)
    finally:
        await pool.close()
    assert found[:2] == [Finding(0, 1.0, {"brightness": 1.0}), Finding(1, 1.0, {"brightness": 0.0})]
    assert isinstance(found[2], Finding)
    assert found[2].rate < 0.01
    assert isinstance(found[3], Failure)


def test_the_command_accepts_it_and_says_what_does_not_fit(example: str):
    check(example, "", LABELS)
    with pytest.raises(ValueError, match=r"darkness gives the labels 0 \(lit\) and 1 \(dark\)"):
        check(example, "", {0: "lit"})
    with pytest.raises(ValueError, match="darkness needs no model"):
        check(example, "some.toml", LABELS)
