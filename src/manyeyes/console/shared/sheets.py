"""Forms on pages: what their fields are, what was typed into them, and what somebody else changed meanwhile.

A form that changes something carries, beside each field, what stood there when it was shown: only what differs from
that is changed, and what somebody else changed since then is told beside the field instead of being written over.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request

from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.roles.house.faults import FieldFault

WAS = "was."
CHOSEN = ("check", "choice", "many")  # kinds of fields that only what is offered comes from
TICKED = [("yes", "")]  # what a single box offers
MEANWHILE = mark("Somebody else changed this meanwhile. It is now: %(now)s")
FieldReader = Callable[[str], Any]  # raises ValueError for what cannot be read


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a form. Labels and hints are messages that `mark` marked; ``choices``: (value, words) in any language.

    ``kind``: text, secret (never drawn again), hidden, area, check, choice or many (boxes, whose text is their values
    by commas). ``unfit``: what is said of a text that ``reads`` refuses.
    """

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    mode: str = ""
    choices: Sequence[tuple[str, str]] = ()
    reads: FieldReader = str
    unfit: str = mark("This could not be read.")
    size: int = 24


class DrawnField(msgspec.Struct, frozen=True, kw_only=True):
    """A field as the template draws it: its words in the reader's language, what stands in it, what is wrong."""

    field: Field
    label: str
    hint: str
    value: str
    was: str
    fault: str = ""

    @property
    def chosen(self) -> list[str]:
        """Return the values of the boxes that are ticked."""
        return [each for each in self.value.split(",") if each]


class DrawnSheet(msgspec.Struct, frozen=True):
    """A form as the template draws it; ``fault``: what is wrong with all of it."""

    fields: list[DrawnField]
    fault: str = ""

    @property
    def is_faulty(self) -> bool:
        """Tell whether anything is wrong with it."""
        return bool(self.fault) or any(each.fault for each in self.fields)


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent: the texts, what had stood there, what could be read of what differs, and what is wrong."""

    texts: dict[str, str]
    were: dict[str, str]
    values: dict[str, Any]
    faults: dict[str, FieldFault]


def read_sheet(fields: Sequence[Field], form: FormData, now: Mapping[str, str] | None = None) -> Typed:
    """Return what was sent. ``now``: what stands there today, of a form that changes something; else all is read."""
    texts = {field.name: _text(field, form) for field in fields}
    were = {field.name: _given(form, WAS + field.name) for field in fields}
    values, faults = {}, {}
    for field in fields:
        text = texts[field.name]
        if now is not None and field.kind not in ("check", "many") and field.name not in form:
            continue  # whoever sends a part of the form changes that part
        if now is not None and text in (were[field.name], now[field.name]):
            continue  # not touched, or already as it is wanted
        if now is not None and now[field.name] != were[field.name]:
            faults[field.name] = FieldFault(field.name, MEANWHILE, {"now": now[field.name] or "–"})
            continue
        try:
            values[field.name] = field.reads(_offered(field, form, text))
        except ValueError:
            faults[field.name] = FieldFault(field.name, field.unfit)
    return Typed(texts=texts, were=were, values=values, faults=faults)


def draw_sheet(
    request: Request,
    fields: Sequence[Field],
    now: Mapping[str, str],
    typed: Typed | None = None,
    fault: FieldFault | None = None,
) -> DrawnSheet:
    """Return the form with what stands there ``now``, or with what was typed and what is wrong with it."""
    say = catalogue(look_of(request).language).ugettext
    faults = dict(typed.faults) if typed else {}
    if fault and fault.field in now:
        faults[fault.field] = fault
    return DrawnSheet(
        [
            DrawnField(
                field=field,
                label=say(field.label),
                hint=say(field.hint) if field.hint else "",
                value=typed.texts[field.name] if typed and field.kind != "secret" else now[field.name],
                was=now[field.name],
                fault=said(request, faults[field.name]) if field.name in faults else "",
            )
            for field in fields
        ],
        said(request, fault) if fault and fault.field not in now else "",
    )


def said(request: Request, fault: FieldFault) -> str:
    """Return what is wrong in the reader's language."""
    return str(catalogue(look_of(request).language).ugettext(fault.said) % fault.gaps)


def _text(field: Field, form: FormData) -> str:
    if field.kind == "many":
        given = {value for value in form.getlist(field.name) if isinstance(value, str)}
        return ",".join(value for value, _ in field.choices if value in given)
    return _given(form, field.name)


def _offered(field: Field, form: FormData, text: str) -> str:
    """Return the text. Raises ValueError where something was chosen that is not offered: it would stand for nothing."""
    offered = {"", *(value for value, _ in field.choices or TICKED)}
    if field.kind in CHOSEN and not offered.issuperset(form.getlist(field.name)):
        raise ValueError(f"{field.name} is none of those that are offered")
    return text


def _given(form: FormData, name: str) -> str:
    """Return a field's text, its lines ended as they are kept: browsers send them with two characters."""
    value = form.get(name, "")
    return value.strip().replace("\r\n", "\n") if isinstance(value, str) else ""
