"""Answers of several parts: what people gave to each field or said of each label, and the answer of decided parts.

The forms are those of docs/decisions/0047: fields are a compact JSON object in the question's order, null where one is
left empty; labels a compact JSON array in the question's order.
"""

from collections.abc import Mapping, Sequence

import msgspec

from manyeyes.consensus.rules import Given, Shape, ShapeKind

YES, NO = "yes", "no"
YES_OR_NO = Shape(kind=ShapeKind.LABEL, labels=(YES, NO))


def fields_given(shape: Shape, given: Sequence[Given]) -> dict[str, list[Given]]:
    """Return what each person gave to each field of ``shape`` by its name; an empty text where they left it empty.

    Each is in its own kind's one form, to be judged by ``shape.fields[name]``. Raises ValueError as `parts_of`.
    """
    taken = [(each.worker_id, parts_of(shape, each.text)) for each in given]
    return {name: [Given(worker, parts[name]) for worker, parts in taken] for name in shape.fields}


def parts_of(shape: Shape, text: str) -> dict[str, str]:
    """Return an answer's text for each field in the question's order, empty where one is left empty.

    Raises ValueError for a text that is no JSON object of exactly these fields.
    """
    try:
        found = _objects.decode(text)
        if set(found) != set(shape.fields):
            raise ValueError(f"an answer with other fields: {', '.join(found)}")
        return {name: _part(shape.fields[name], found[name]) for name in shape.fields}
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise ValueError(f"an answer that is no object of fields: {error}") from error


def put_together(shape: Shape, parts: Mapping[str, str]) -> str:
    """Return the answer whose fields are ``parts`` by name, an empty text for a field that is left empty.

    ``put_together(shape, parts_of(shape, text))`` is ``text`` of every answer in its one form.
    """
    whole = {name: msgspec.Raw(_json(each, parts[name])) for name, each in shape.fields.items()}
    return msgspec.json.encode(whole).decode()


def labels_given(shape: Shape, given: Sequence[Given]) -> dict[str, list[Given]]:
    """Return of each label in the question's order whether each person chose it: `YES` or `NO`, of `YES_OR_NO`.

    Who left labels empty chose none. Raises ValueError for a text that is no JSON array of such labels.
    """
    taken = [(each.worker_id, _chosen(shape, each.text)) for each in given]
    return {label: [Given(worker, YES if label in names else NO) for worker, names in taken] for label in shape.labels}


def labels_together(shape: Shape, decided: Mapping[str, str]) -> str:
    """Return the answer that chooses the labels which are `YES` in ``decided``.

    None of a question that wants some is an empty text, as where an optional field was left empty. They may be fewer
    than ``shape.at_least``: each was decided alone; then the parts make no answer that the question takes.
    """
    names = [label for label in shape.labels if decided[label] == YES]
    return msgspec.json.encode(names).decode() if names or not shape.at_least else ""


def _part(shape: Shape, raw: msgspec.Raw) -> str:
    """Return one field's text; numbers and labels as they are written, so that no digit is lost."""
    if raw == b"null":
        return ""
    return bytes(raw).decode() if shape.kind in _AS_WRITTEN else _texts.decode(raw)


def _json(shape: Shape, text: str) -> bytes:
    if not text:
        return b"null"
    return text.encode() if shape.kind in _AS_WRITTEN else msgspec.json.encode(text)


def _chosen(shape: Shape, text: str) -> set[str]:
    if not text:
        return set()
    try:
        names = set(_arrays.decode(text))
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise ValueError(f"an answer that is no array of labels: {error}") from error
    if not names <= set(shape.labels):
        raise ValueError(f"an answer with other labels: {', '.join(sorted(names))}")
    return names


_AS_WRITTEN = frozenset({ShapeKind.NUMBER, ShapeKind.LABELS})
_objects = msgspec.json.Decoder(dict[str, msgspec.Raw])
_arrays = msgspec.json.Decoder(tuple[str, ...])
_texts = msgspec.json.Decoder(str)
