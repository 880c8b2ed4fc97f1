"""Which recognisers there are, and what the operator is told when one cannot be used."""

from pathlib import Path

import pytest

from manyeyes.recognisers import catalogue
from manyeyes.recognisers.catalogue import check, installed
from support.recogniser_packages import LABELS, install


def test_installed_packages_stand_beside_the_shipped_ones(mischief: str):
    assert installed() == sorted({"advertising", mischief, "onnx", "people"})


def test_nobody_takes_a_shipped_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path / "site", monkeypatch, "people", "support.mischievous_recogniser:open_mischief")
    with pytest.raises(ValueError, match="people need no model"):
        check("people", "some.toml", LABELS)


def test_what_fits_is_accepted(mischief: str):
    check("people", "", LABELS)
    check(mischief, "", LABELS)


@pytest.mark.parametrize(
    ("name", "model", "labels", "said"),
    [
        ("nobody", "", LABELS, "no recogniser is called 'nobody'; there are advertising, mischief, onnx, people"),
        ("mischief", "", {13: "x"}, "label 13 is unlucky"),
        ("mischief", "nowhere.toml", LABELS, "nowhere.toml is not there"),
        ("mischief", "crash", LABELS, "mischief ended with 4 while it was opened: about to go"),
    ],
)
def test_what_does_not_fit_is_said(mischief: str, name: str, model: str, labels: dict[int, str], said: str):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 (compared below)
        check(name, model, labels)
    assert said in str(refused.value)


def test_one_that_never_opens_is_given_up(mischief: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(catalogue, "OPEN_SECONDS", 2.0)
    with pytest.raises(ValueError, match="mischief was not open after 2 seconds"):
        check(mischief, "sleep", LABELS)


@pytest.mark.parametrize(
    ("recogniser", "module"), [("advertising", "rapidocr"), ("advertising", "zxingcpp"), ("onnx", "onnxruntime")]
)
def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recogniser: str, module: str):
    (tmp_path / f"{module}.py").write_text(f"raise ModuleNotFoundError('No module', name={module!r})")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match=rf"needs the module {module}, .* pip install 'manyeyes\[{recogniser}\]'"):
        check(recogniser, "some.toml" if recogniser == "onnx" else "", {0: "a", 1: "b", 2: "c"})


def test_a_package_whose_module_is_gone_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path / "site", monkeypatch, "hollow", "no_such_module:open")
    with pytest.raises(ValueError, match=r"hollow needs the module no_such_module, which is not installed$"):
        check("hollow", "", LABELS)
