"""Classifiers that an operator brings: tiny ones, made here, whose answers can be computed by hand."""

import math
import re
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import numpy
import pytest
from onnx import TensorProto, helper
from PIL import Image

from manyeyes.recognisers.catalogue import check
from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.onnx import Model, read_model
from manyeyes.recognisers.pool import RecogniserPool
from manyeyes.tasks.pictures import Picture
from support.drawn_pictures import painting, written
from support.onnx_models import averager, build, describe

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "recognisers.md").read_text()
LABELS = {0: "red", 1: "green", 2: "blue"}


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (40, 30)) -> Picture:
    return Picture("png", *size, written(Image.new("RGB", size, colour), "PNG"))


@pytest.fixture
async def pool() -> AsyncIterator[RecogniserPool]:
    pool = RecogniserPool(60, 1500)
    yield pool
    await pool.close()


async def asked(pool: RecogniserPool, model: str, *pictures: Picture, labels: dict[int, str] = LABELS) -> list[Finding]:
    found = await pool.recognise("onnx", model, labels, pictures)
    assert all(isinstance(finding, Finding) for finding in found), found
    return [finding for finding in found if isinstance(finding, Finding)]


async def test_a_picture_gets_the_softmax_of_the_logits(pool: RecogniserPool, tmp_path: Path):
    averager(tmp_path)
    red, blue = await asked(pool, describe(tmp_path), plain((255, 0, 0)), plain((0, 51, 255)))
    share = math.e / (math.e + 2)
    assert (red.label, red.rate) == (0, pytest.approx(share, abs=1e-6))
    assert red.details["rates"]["0"] == pytest.approx(share, abs=1e-5)
    assert (blue.label, blue.rate) == (2, pytest.approx(math.e / (math.e + math.exp(0.2) + 1), abs=1e-6))


async def test_channels_mean_and_deviation_are_as_described(pool: RecogniserPool, tmp_path: Path):
    averager(tmp_path)
    model = describe(tmp_path, channels="bgr", mean=[0.5, 0.0, 0.0], std=[0.25, 1.0, 2.0])
    (found,) = await asked(pool, model, plain((255, 102, 204)))
    logits = [(0.8 - 0.5) / 0.25, 0.4, 1.0 / 2.0]  # blue, green, red
    assert found.label == 0
    assert found.rate == pytest.approx(math.exp(logits[0]) / sum(map(math.exp, logits)), abs=1e-5)


async def test_grey_pictures_have_one_channel(pool: RecogniserPool, tmp_path: Path):
    weights = numpy.array([[1.0, -1.0]], numpy.float32)
    mean = helper.make_node("ReduceMean", ["x"], ["mean"], axes=[2, 3], keepdims=0)
    build(tmp_path, [mean, helper.make_node("MatMul", ["mean", "w"], ["y"])], {"w": weights}, (1, 1, 2, 4))
    model = describe(tmp_path, channels="grey", labels=[2, 0])
    white, black = await asked(pool, model, plain((255, 255, 255)), plain((0, 0, 0)))  # one by one: the batch is fixed
    assert (white.label, white.rate) == (2, pytest.approx(1 / (1 + math.exp(-2)), abs=1e-6))
    assert (black.label, black.rate) == (0, pytest.approx(0.5))


async def test_channels_may_come_last_and_outputs_be_probabilities(pool: RecogniserPool, tmp_path: Path):
    averager(tmp_path, ("n", 2, 4, 3), (1, 2), soft=True)
    model = describe(tmp_path, layout="nhwc", output="probabilities", output_name="y")
    (found,) = await asked(pool, model, plain((0, 255, 0)))
    assert (found.label, found.rate) == (1, pytest.approx(math.e / (math.e + 2), abs=1e-6))


async def test_outputs_of_one_label_are_added_up(pool: RecogniserPool, tmp_path: Path):
    averager(tmp_path)
    (found,) = await asked(pool, describe(tmp_path, labels=[7, 5, 7]), plain((255, 0, 255)), labels={5: "a", 7: "b"})
    assert (found.label, found.rate) == (7, pytest.approx(2 * math.e / (2 * math.e + 1), abs=1e-6))


@pytest.mark.parametrize(
    ("resize", "reds"), [("stretch", 0.5), ("crop", 1.0), ("fit", 0.25)], ids=["stretch", "crop", "fit"]
)
async def test_a_tall_picture_is_fitted_as_described(pool: RecogniserPool, tmp_path: Path, resize: str, reds: float):
    tall = Image.new("RGB", (40, 80), "black")
    tall.paste((255, 0, 0), (0, 20, 40, 60))  # the middle half is red
    averager(tmp_path, ("n", 3, 40, 40))
    (found,) = await asked(
        pool, describe(tmp_path, size=[40, 40], resize=resize), Picture("png", 40, 80, written(tall, "PNG"))
    )
    assert found.rate == pytest.approx(math.exp(reds) / (math.exp(reds) + 2), abs=0.01)


async def test_many_pictures_at_once_are_as_one_by_one(pool: RecogniserPool, tmp_path: Path):
    averager(tmp_path)
    pictures = [Picture("png", 120, 80, written(painting(shade=number * 30), "PNG")) for number in range(6)]
    together = await asked(pool, describe(tmp_path), *pictures)
    for picture, found in zip(pictures, together, strict=True):
        (alone,) = await asked(pool, describe(tmp_path), picture)
        assert alone.rate == pytest.approx(found.rate, abs=1e-6)


async def test_a_broken_picture_or_an_endless_output_fails_alone(pool: RecogniserPool, tmp_path: Path):
    mean = helper.make_node("ReduceMean", ["x"], ["mean"], axes=[2, 3], keepdims=0)
    build(tmp_path, [mean, helper.make_node("Log", ["mean"], ["y"])], {}, ("n", 3, 2, 4))
    good, bad = plain((200, 100, 50)), Picture("png", 9, 9, plain((1, 2, 3)).data[:-30])
    found = await pool.recognise("onnx", describe(tmp_path, mean=[0.1]), LABELS, [bad, good, plain((0, 90, 90))])
    assert isinstance(found[0], Failure)
    assert "cannot be decoded" in found[0].fault
    assert isinstance(found[2], Failure)  # its red is below the mean, where there is no logarithm
    assert "holds no logits" in found[2].fault
    assert isinstance(found[1], Finding)
    assert found[1].label == 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"file": "other.onnx"}, "other.onnx is not there"),
        ({"labels": [0, 1]}, "there are 2 labels, but the model's output 'y' for one picture has the shape [1, 3]"),
        ({"labels": [0, 1, -2]}, "labels are 0 or above"),
        ({"labels": [0, 1, 9]}, "gives the labels [9], which the recognition has not got"),
        ({"labels": "all"}, "$.labels"),
        ({"size": [8, 8]}, "takes the shape ['n', 3, 2, 4]; size, channels and layout make it [1, 3, 8, 8]"),
        ({"size": [4]}, "$.size"),
        ({"layout": "nhwc"}, "make it [1, 2, 4, 3]"),
        ({"channels": "grey"}, "make it [1, 1, 2, 4]"),
        ({"channels": "cmyk"}, "$.channels"),
        ({"mean": [0.1, 0.2]}, "mean has 2 numbers; 3 channels need 1 or 3"),
        ({"std": [0.0]}, "every std a number above 0"),
        ({"output": "probabilities"}, "holds no probabilities"),
        ({"output_name": "z"}, "no output 'z', but y"),
        ({"sise": [4, 2]}, "unknown field `sise`"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_does_not_fit_is_said_when_the_recognition_is_made(tmp_path: Path, values: dict[str, Any], said: str):
    averager(tmp_path)
    with pytest.raises(ValueError) as refused:  # noqa: PT011 (the text is compared below, where it need not be escaped)
        check("onnx", describe(tmp_path, **values), LABELS)
    assert said in str(refused.value)


def test_the_reference_shows_every_member_with_its_default(tmp_path: Path):
    (text,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "shown.toml").write_text(text)
    shown = read_model(tmp_path / "shown.toml")
    assert shown == Model(file=shown.file, size=shown.size, labels=shown.labels)
    assert set(tomllib.loads(text)) == {field.name for field in msgspec.structs.fields(Model)}


def test_a_fitting_model_is_accepted(tmp_path: Path):
    averager(tmp_path)
    check("onnx", describe(tmp_path), LABELS)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "cannot be loaded"), (b"not a model at all", "cannot be loaded"), (b"\x08\x08" + b"\xff" * 50, "cannot be")],
)
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes, said: str):
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ValueError, match=said):
        check("onnx", describe(tmp_path), LABELS)


def test_a_model_is_named_and_readable(tmp_path: Path):
    with pytest.raises(ValueError, match="needs a model"):
        check("onnx", "", LABELS)
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        check("onnx", str(tmp_path / "none.toml"), LABELS)
    (tmp_path / "bad.toml").write_bytes(b"size = [")
    with pytest.raises(ValueError, match=r"bad\.toml: "):
        check("onnx", str(tmp_path / "bad.toml"), LABELS)


@pytest.mark.parametrize("place", ["inside", "above", "absolute", "linked"])
def test_weights_outside_of_the_models_folder_are_refused(tmp_path: Path, place: str):
    folder = tmp_path / "folder"
    folder.mkdir()
    weights = numpy.eye(3, dtype=numpy.float32).tobytes()
    (folder / "weights.bin").write_bytes(weights)
    (tmp_path / "outside.bin").write_bytes(weights)
    (folder / "link.bin").symlink_to(tmp_path / "outside.bin")
    places = {"inside": "weights.bin", "above": "../outside.bin", "linked": "link.bin"}
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[3, 3], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=places.get(place, str(tmp_path / "outside.bin")))
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("MatMul", ["mean", "w"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ("n", 3, 2, 4))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [tensor],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    if place == "inside":
        return check("onnx", describe(folder), LABELS)
    with pytest.raises(ValueError, match=r"cannot be loaded: .*External data path"):
        check("onnx", describe(folder), LABELS)
