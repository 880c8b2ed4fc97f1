"""What may be said of one picture, of itself and on a line of a file: the same lengths."""

from typing import Any

import pytest

from manyeyes.job_files.items import FileItem, fault_of
from manyeyes.roles.customer.picture_sources import read_picture_address
from manyeyes.tasks.item_texts import text_fault

ADDRESS = "https://pictures.example/"


@pytest.mark.parametrize(
    ("name", "longest", "start"), [("external_id", 500, ""), ("comment", 2_000, ""), ("picture_url", 2_048, ADDRESS)]
)
def test_each_text_has_its_longest(name: str, longest: int, start: str):
    fits, too_long = (start + "x" * (length - len(start)) for length in (longest, longest + 1))
    said = f"{name} has at most {longest} characters"
    assert (text_fault(name, fits), text_fault(name, too_long)) == ("", said)
    texts: dict[str, Any] = {"picture_url": ADDRESS, name: fits}
    assert fault_of(FileItem(line=1, **texts)) is None
    wrong = fault_of(FileItem(line=1, **{**texts, name: too_long}))
    assert wrong is not None
    assert (wrong.detail, wrong.pointer) == (said, f"/{name}")


def test_an_address_to_fetch_is_as_long():
    fits = ADDRESS + "x" * (2_048 - len(ADDRESS))
    assert read_picture_address(fits, []) == fits
    with pytest.raises(ValueError, match="at most 2048"):
        read_picture_address(fits + "x", [])


@pytest.mark.parametrize("name", ["external_id", "comment", "picture_url"])
def test_nothing_holds_a_nul(name: str):
    assert "NUL" in text_fault(name, "a\x00b")


def test_a_comment_is_measured_as_it_is_kept():
    assert text_fault("comment", "  " + "x" * 2_000 + "  \n") == ""
    assert text_fault("external_id", " " + "x" * 500) != ""
