"""What advertising shows: 0 normal, 1 a QR or bar code, 2 text. zxing-cpp reads codes, RapidOCR's own models text.

Needs the extra ``advertising``; loaded by a child only. It tells whether a picture carries a message to people. It is
no CAPTCHA reader, and is neither tuned nor tested on anything like one.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy
import rapidocr
import zxingcpp
from PIL import Image
from rapidocr.main import RapidOCRError

from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.pixels import opened, upright, within

NORMAL, CODE, TEXT = 0, 1, 2
DETECTOR_SIDE = 736  # pixels; at 960 no more is found, and it takes a quarter longer
LONGEST_STRIP = 20_000  # the detector makes a strip an eighth as high as it is long, whatever memory that takes
CODE_PIXELS = 12_000_000  # searching noise takes a fifth of a second per million; pieces come at full size
SEEN_SIDE = 1600  # of letters 14 pixels high six are left; of smaller ones the detector finds few
LINES_AT_MOST, CODES_AT_MOST, CHARACTERS_AT_MOST = 12, 10, 200
SURE, UNSURE, SEEN = 0.99, 0.7, 0.6  # of a code: proven by its check sums, read without one, found but not readable
UNREAD = {"QRCode", "MicroQRCode", "RMQRCode", "PDF417", "Aztec"}  # whose marks nothing else resembles, unlike others'
UNCHECKED = {"Codabar", "Code39", "DXFilmEdge", "ITF", "Telepen"}  # stripes and letters resemble them at times
WHOLE_WORD = 4  # characters, from which on a line is a message and no ornament
LEAST_SHARE = 0.002  # of the picture, from which on a line is there to be read


class TextLine(NamedTuple):
    """One line of text. ``score``: of its reading, 0 to 1. ``share``: of the picture's area, 0 to 1."""

    text: str
    score: float
    share: float


class Code(NamedTuple):
    """A code, with what it says; ``evidence`` that it is one, 0 to 1."""

    format: str
    text: str
    evidence: float


def judged(codes: Sequence[Code], lines: Sequence[TextLine]) -> tuple[int, float]:
    """Return the label and its rate.

    Each finding is taken for independent evidence (noisy-or: Pearl, Probabilistic Reasoning, 1988, §4.3.2): the rate of
    normal is the chance that all of them are wrong, so that a weak find lowers it. A code wins over text.
    """
    no_code = 1 - min(SURE, max((code.evidence for code in codes), default=0.0))
    no_text = 1 - min(SURE, 1 - float(numpy.prod([1 - _weight(line) for line in lines])))
    if no_code < 0.5:
        return CODE, 1 - no_code
    return (TEXT, 1 - no_text) if no_text < 0.5 else (NORMAL, min(SURE, no_code * no_text))


def _weight(line: TextLine) -> float:
    """Return how much a line says that there is text: well read, long and large enough to be meant for readers.

    A leaf or a wheel is easily taken for one letter, seldom for two: hence the square.
    """
    return line.score * min(1.0, len(line.text) / WHOLE_WORD) ** 2 * min(1.0, line.share / LEAST_SHARE)


class Advertising:
    """Looks for codes first; a picture with a proven one is not read any further."""

    sees = (SEEN_SIDE, SEEN_SIDE)
    nothing = NORMAL

    def __init__(self) -> None:
        self._engine = _engine()

    def recognise(self, pictures: Sequence[bytes], labels: Mapping[int, str]) -> Sequence[Finding | Failure]:
        """Return one finding per picture. Raises ValueError unless 0, 1 and 2 are among the labels."""
        if missing := sorted({NORMAL, CODE, TEXT} - set(labels)):
            raise ValueError(
                "advertising gives the labels 0 (normal), 1 (QR or bar code) and 2 (text); "
                f"the recognition has no {', no '.join(map(str, missing))}"
            )
        return [self._judged(data) for data in pictures]

    def _judged(self, data: bytes) -> Finding | Failure:
        try:
            picture = upright(opened(data))
        except (OSError, SyntaxError, ValueError) as error:
            return Failure(f"the picture cannot be decoded: {error}")
        codes = _codes(within(picture, CODE_PIXELS))
        is_proven = any(code.evidence == SURE for code in codes)
        lines = [] if is_proven else self._lines(within(picture, SEEN_SIDE**2, LONGEST_STRIP).convert("RGB"))
        foreign = [line for line in lines if not any(_prints(code, line) for code in codes)]
        label, rate = judged(codes, foreign)
        return Finding(label, rate, _details(codes, lines))

    def _lines(self, picture: Image.Image) -> list[TextLine]:
        """Return the largest lines of text; the recognition of each takes a while, and a few tell enough."""
        pixels = numpy.ascontiguousarray(numpy.asarray(picture)[:, :, ::-1])
        try:
            crops, _ = self._engine.detect_and_crop(pixels, {"preprocess": {"ratio_h": 1.0, "ratio_w": 1.0}})
            shares = [crop.shape[0] * crop.shape[1] / (picture.width * picture.height) for crop in crops]
            largest = sorted(range(len(crops)), key=lambda number: -shares[number])[:LINES_AT_MOST]
            read = self._engine.recognize_txt([crops[number] for number in largest])
        except RapidOCRError:  # its way to say that there is none
            return []
        texts = [(text.strip(), float(score)) for text, score in zip(read.txts, read.scores, strict=True)]
        return [
            TextLine(text, score, shares[number]) for (text, score), number in zip(texts, largest, strict=True) if text
        ]


def _codes(picture: Image.Image) -> list[Code]:
    read = zxingcpp.read_barcodes(picture.convert("L"), return_errors=True)
    kept = [found for found in read if found.valid or found.format.name in UNREAD]
    return [Code(found.format.name, found.text, _evidence(found)) for found in kept[:CODES_AT_MOST]]


def _evidence(found: Any) -> float:
    if not found.valid:
        return SEEN
    return UNSURE if found.format.name in UNCHECKED else SURE


def _prints(code: Code, line: TextLine) -> bool:
    """Tell whether a line is what a code prints beside itself for people, which is no text of the picture's."""
    said, printed = ("".join(filter(str.isalnum, text)).lower() for text in (code.text, line.text))
    return bool(printed) and (printed in said or said in printed)


def _details(codes: Sequence[Code], lines: Sequence[TextLine]) -> dict[str, Any]:
    return {
        "codes": [{"format": code.format, "text": code.text[:CHARACTERS_AT_MOST]} for code in codes],
        "lines": [{"text": line.text[:CHARACTERS_AT_MOST], "score": round(line.score, 3)} for line in lines],
    }


def open_advertising(model: str) -> Advertising:
    """Return the recogniser. Raises ValueError for a model, since it brings its own."""
    if model:
        raise ValueError("advertising brings its own models; name none")
    return Advertising()


def _engine() -> Any:
    """Return RapidOCR on the models that lie in its own package: given by path, so that it looks for no others."""
    models = Path(rapidocr.__file__).parent / "models"
    detector, reader = models / "PP-OCRv6_det_small.onnx", models / "PP-OCRv6_rec_small.onnx"
    for path in (detector, reader):
        if not path.exists():
            raise ValueError(f"{path.name} is not in the installed rapidocr; version 3.10 brings it")
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Det.model_path": str(detector),
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTOR_SIDE,
            "Rec.model_path": str(reader),
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
