"""Forms for answers of several parts where there is no script: how they are drawn, and what is read of them."""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData

from manyeyes.console.shared import task_wording
from manyeyes.console.shared.forms import typed_in
from manyeyes.tasks.choices import chosen, compact
from manyeyes.tasks.fields import given_texts
from manyeyes.tasks.options import PictureOptions
from manyeyes.tasks.questions import ChoiceOptions, ChoicesOptions, FieldOptions, FieldsOptions, NumberOptions

NONE = "-none"  # behind a part's name: none of its labels was chosen on purpose


def parts(words: task_wording.Words, options: PictureOptions, draft: str) -> list[dict[str, Any]]:
    """Return what is to be filled in, each as the template draws it; nothing where one box or button is enough."""
    if isinstance(options, ChoicesOptions):
        return [_part(words, options, "labels", draft)]
    if not isinstance(options, FieldsOptions):
        return []
    given: Mapping[str, str] = given_texts(draft) or {}
    return [
        _part(words, field, f"field-{n}", given.get(field.name, "")) | {"optional": field.name in options.optional}
        for n, field in enumerate(options.fields)
    ]


def answer_in(form: FormData, options: PictureOptions | None) -> str:
    """Return the answer's one text out of the parts of a form; of a task with one box what stands in that."""
    if isinstance(options, ChoicesOptions):
        return _given(form, options, "labels")
    if not isinstance(options, FieldsOptions):
        return typed_in(form, "text")
    return compact({field.name: _given(form, field, f"field-{n}") for n, field in enumerate(options.fields)})


def keys_of(options: FieldOptions) -> str:
    """Return which keys a touch screen shows for a number; the keys for numbers often lack a minus."""
    if not isinstance(options, NumberOptions) or options.min is None or options.min < 0:
        return ""
    return "numeric" if options.decimals == 0 else "decimal"


def _given(form: FormData, options: FieldOptions, key: str) -> str:
    if not isinstance(options, ChoicesOptions):
        return typed_in(form, key)
    names = [str(name) for name in form.getlist(key)]
    return compact(names) if names or f"{key}{NONE}" in form else ""


def _part(words: task_wording.Words, options: FieldOptions, key: str, draft: str) -> dict[str, Any]:
    many = isinstance(options, ChoicesOptions)
    return {
        "key": key,
        "name": options.name,
        "words": options.comment if options.name else "",
        "rules": [task_wording.filled(words, *rule) for rule in task_wording.rules(options)],
        "labels": options.labels if isinstance(options, (ChoiceOptions, ChoicesOptions)) else (),
        "many": many,
        "none": isinstance(options, ChoicesOptions) and not options.at_least,
        "given": (chosen(draft) or set()) if many else {draft},
        "text": draft,
        "digits": keys_of(options),
        "optional": False,
    }
