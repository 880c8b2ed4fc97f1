"""Any picture classifier in an ONNX file that the operator brings, as its TOML file describes it (docs/reference).

Needs the extra ``onnx``; loaded by a child only.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import numpy
import onnxruntime
from PIL import Image, ImageOps

from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.pixels import opened, upright
from manyeyes.recognisers.sight import USUAL

THREADS = 1  # of one process; more pictures at once need more processes (MANYEYES_RECOGNISER_PROCESSES)
DETAILS_AT_MOST = 5  # labels whose rates are told
LEAST_LEFT = 0.5  # of a picture of which the middle is looked at
CUT_OFF = "only the middle of this picture was looked at"
WHOLE = 0.01  # how far probabilities' sum may be from 1; half-precision models round so much
Numbers = Annotated[tuple[float, ...], msgspec.Meta(min_length=1, max_length=3)]
Side = Annotated[int, msgspec.Meta(ge=1, le=4096)]
SeenSide = Annotated[int, msgspec.Meta(ge=1)]


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The TOML file. ``size``: width, height. ``mean``, ``std``: per channel, of values from 0 to 1, (v-mean)/std.

    ``labels``: the recognition's label for each output, in the outputs' order; outputs with the same one are added up.
    ``sees``: width and height up to which a picture shrunk to ``size`` still shows what matters. ``nothing``: the label
    for pictures that show nothing that is looked for, -1 where there is none (sight.py).
    """

    file: str
    size: tuple[Side, Side]
    labels: Annotated[list[int], msgspec.Meta(min_length=2)]
    mean: Numbers = (0.0,)
    std: Numbers = (1.0,)
    channels: Literal["rgb", "bgr", "grey"] = "rgb"
    layout: Literal["nchw", "nhwc"] = "nchw"
    resize: Literal["stretch", "crop", "fit"] = "stretch"
    output: Literal["logits", "probabilities"] = "logits"
    output_name: str = ""
    sees: tuple[SeenSide, SeenSide] = USUAL
    nothing: int = -1

    @property
    def depth(self) -> int:
        """Return how many channels a prepared picture has."""
        return 1 if self.channels == "grey" else 3

    def shape(self, count: int) -> tuple[int, ...]:
        """Return the shape of so many prepared pictures."""
        width, height = self.size
        return (count, self.depth, height, width) if self.layout == "nchw" else (count, height, width, self.depth)


def read_model(path: Path) -> Model:
    """Return what a TOML file says. Raises ValueError naming the file and what does not fit in it."""
    try:
        model = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Model)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path}: {error}") from error
    for name, values in (("mean", model.mean), ("std", model.std)):
        if len(values) not in (1, model.depth):
            raise ValueError(
                f"{path}: {name} has {len(values)} numbers; {model.depth} channels need 1 or {model.depth}"
            )
    if not all(map(math.isfinite, model.mean)) or not all(value > 0 and math.isfinite(value) for value in model.std):
        raise ValueError(f"{path}: every mean must be a number, every std a number above 0")
    if min(model.labels) < 0:
        raise ValueError(f"{path}: labels are 0 or above; below that only people give them")
    if model.nothing not in (-1, *model.labels):
        raise ValueError(f"{path}: nothing is {model.nothing}, which is none of the labels")
    return model


def prepared(picture: Image.Image, model: Model) -> numpy.ndarray[Any, Any]:
    """Return one upright picture as the model wants it: float32, ``model.shape(1)`` without the first dimension."""
    plain = picture.convert("L" if model.channels == "grey" else "RGB")
    if model.resize == "stretch":
        plain = plain.resize(model.size, Image.Resampling.BILINEAR)
    elif model.resize == "crop":
        plain = ImageOps.fit(plain, model.size, Image.Resampling.BILINEAR)
    else:
        plain = ImageOps.pad(plain, model.size, Image.Resampling.BILINEAR)
    values = numpy.asarray(plain, dtype=numpy.float32).reshape(model.size[1], model.size[0], model.depth) / 255
    if model.channels == "bgr":
        values = values[:, :, ::-1]
    values = (values - numpy.array(model.mean, numpy.float32)) / numpy.array(model.std, numpy.float32)
    return numpy.ascontiguousarray(values.transpose(2, 0, 1) if model.layout == "nchw" else values, numpy.float32)


def probabilities(outputs: numpy.ndarray[Any, Any], model: Model) -> numpy.ndarray[Any, Any]:
    """Return each picture's probabilities, in float64: of logits their softmax. NaN where there are none."""
    values = outputs.astype(numpy.float64)
    if model.output == "logits":
        powers = numpy.exp(values - values.max(axis=1, keepdims=True))
        shares: numpy.ndarray[Any, Any] = powers / powers.sum(axis=1, keepdims=True)
        return shares
    sums = values.sum(axis=1, keepdims=True)
    are_none = (values.min(axis=1, keepdims=True) < -WHOLE) | (abs(sums - 1) > WHOLE)
    return numpy.where(are_none, numpy.nan, values.clip(0) / sums)


def owned_up(finding: Finding | Failure, size: tuple[int, int], model: Model) -> Finding | Failure:
    """Return the finding, which says so if more of a picture of this size was cut off than was left of it."""
    shape, wanted = size[0] / size[1], model.size[0] / model.size[1]
    is_middle = model.resize == "crop" and min(shape / wanted, wanted / shape) < LEAST_LEFT
    return msgspec.structs.replace(finding, unseen=CUT_OFF) if is_middle and isinstance(finding, Finding) else finding


class Classifier:
    """One session; pictures go through it together, unless the file fixes its batch at one."""

    def __init__(self, path: Path) -> None:
        self._model = read_model(path)
        self._session = _session(path.parent / self._model.file)
        self._input = _input(self._session, self._model)
        names = [output.name for output in self._session.get_outputs()]
        self._output = self._model.output_name or names[0]
        if self._output not in names:
            raise ValueError(f"{path}: the model has no output {self._output!r}, but {', '.join(names)}")
        self.sees = self._model.sees
        self.nothing = None if self._model.nothing == -1 else self._model.nothing
        self._at_once = 1 if self._input.shape[0] == 1 else 0
        self._try(path)

    def _try(self, path: Path) -> None:
        """Run it once on a grey picture. Raises ValueError where the model and its description differ."""
        trial = prepared(Image.new("RGB", self._model.size, (128, 128, 128)), self._model)[None]
        try:
            outputs = self._run(trial)
        except Exception as error:  # onnxruntime has a dozen kinds of its own, without a common parent
            raise ValueError(f"{path}: the model does not run: {error}") from error
        if outputs.shape != (1, len(self._model.labels)):
            raise ValueError(
                f"{path}: there are {len(self._model.labels)} labels, but the model's output {self._output!r} "
                f"for one picture has the shape {list(outputs.shape)}"
            )
        if not numpy.isfinite(probabilities(outputs, self._model)).all():
            raise ValueError(f"{path}: the output holds no {self._model.output}: {outputs[0].tolist()[:5]}")

    def recognise(self, pictures: Sequence[bytes], labels: Mapping[int, str]) -> Sequence[Finding | Failure]:
        """Return one finding per picture. Raises ValueError when the model gives a label that is not among these."""
        if foreign := sorted(set(self._model.labels) - set(labels)):
            raise ValueError(f"the model gives the labels {foreign}, which the recognition has not got")
        decoded = [_decoded(data) for data in pictures]
        arrays = [prepared(picture, self._model) for picture in decoded if not isinstance(picture, Failure)]
        found = iter(self._found(numpy.stack(arrays)) if arrays else ())
        return [
            picture if isinstance(picture, Failure) else owned_up(next(found), picture.size, self._model)
            for picture in decoded
        ]

    def _found(self, batch: numpy.ndarray[Any, Any]) -> list[Finding | Failure]:
        step = self._at_once or len(batch)
        parts = [self._run(batch[start : start + step]) for start in range(0, len(batch), step)]
        return [self._finding(row) for row in probabilities(numpy.concatenate(parts), self._model)]

    def _finding(self, row: numpy.ndarray[Any, Any]) -> Finding | Failure:
        if not numpy.isfinite(row).all():
            return Failure(f"the model's output for this picture holds no {self._model.output}")
        rates: dict[int, float] = {}
        for label, share in zip(self._model.labels, row, strict=True):
            rates[label] = rates.get(label, 0.0) + float(share)
        best = sorted(rates, key=lambda label: (-rates[label], label))
        told = {str(label): round(rates[label], 6) for label in best[:DETAILS_AT_MOST]}
        return Finding(best[0], min(1.0, rates[best[0]]), {"rates": told})

    def _run(self, batch: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
        (outputs,) = self._session.run([self._output], {self._input.name: batch})
        return numpy.asarray(outputs)


def _decoded(data: bytes) -> Image.Image | Failure:
    try:
        return upright(opened(data))
    except (OSError, SyntaxError, ValueError) as error:
        return Failure(f"the picture cannot be decoded: {error}")


def _session(file: Path) -> Any:
    if not file.is_file():
        raise ValueError(f"the model file {file} is not there")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = THREADS
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # see _try
        raise ValueError(f"{file} cannot be loaded: {error}") from error


def _input(session: Any, model: Model) -> Any:
    """Return the only input. Raises ValueError unless it takes float pictures of the described shape."""
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type != "tensor(float)":
        kinds = ", ".join(f"{one.name}: {one.type}" for one in inputs)
        raise ValueError(f"{model.file} must have one input of type tensor(float); it has {kinds}")
    has, wants = inputs[0].shape, model.shape(1)
    fits = len(has) == len(wants) and all(
        not isinstance(side, int) or side == want for side, want in zip(has, wants, strict=True)
    )
    if not fits:
        raise ValueError(f"{model.file} takes the shape {has}; size, channels and layout make it {list(wants)}")
    return inputs[0]


def open_onnx(model: str) -> Classifier:
    """Return the classifier that a TOML file describes. Raises ValueError for the operator."""
    if not model:
        raise ValueError("onnx needs a model: the path of its TOML file")
    return Classifier(Path(model))
