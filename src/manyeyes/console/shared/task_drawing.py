"""A question as the worker's screen draws it: for the worker, and for a customer who sees what they would see."""

from typing import Any

from manyeyes.console.shared import plain_forms, task_wording
from manyeyes.tasks.labels import LabelOptions
from manyeyes.tasks.options import PictureOptions, answer_obstacle
from manyeyes.tasks.questions import ChoiceOptions, NumberOptions
from manyeyes.tasks.rules import ImageOptions


def drawn_question(words: task_wording.Words, options: PictureOptions, refused: str | None = None) -> dict[str, Any]:
    """Return what the template draws of a question; ``refused``: the answer that was sent and did not fit."""
    draft = refused or ""
    buttons = _buttons(options)
    parts = plain_forms.parts(words, options, draft)
    rules = [task_wording.filled(words, *rule) for rule in task_wording.rules(options) if rule[0] != "rule.unit"]
    return {
        "kind": "label" if buttons else "fields" if parts else "picture",
        "widget_url": "",
        "ask": words[task_wording.question(options)],
        "rules": rules,
        "digits": _keys_of(options),
        "unit": options.unit if isinstance(options, NumberOptions) else "",
        "labels": buttons,
        "form": parts,
        "topic": options.comment if isinstance(options, LabelOptions) else "",
        "comment": "" if isinstance(options, LabelOptions) else options.comment,
        "draft": "" if parts else draft,
        "hint": "" if refused is None else _hint(words, options, draft),
    }


def _buttons(options: PictureOptions) -> list[dict[str, object]]:
    """Return the labels of which one is picked: what is sent for each, and what stands on it."""
    if isinstance(options, LabelOptions):
        return [{"value": choice.number, "name": choice.name} for choice in options.labels]
    return [{"value": name, "name": name} for name in options.labels] if isinstance(options, ChoiceOptions) else []


def _keys_of(options: PictureOptions) -> str:
    """Return which keys a touch screen shows, where it is not those for words."""
    if isinstance(options, ImageOptions):
        return "numeric" if options.numeric == 1 else ""
    return plain_forms.keys_of(options) if isinstance(options, NumberOptions) else ""


def _hint(words: task_wording.Words, options: PictureOptions, draft: str) -> str:
    """Return what is wrong with an answer that was sent by the form and refused."""
    found = None if isinstance(options, LabelOptions) else answer_obstacle(options, draft)
    if found is None:
        return ""
    said = task_wording.hint(words, found)
    return f"{found.field}: {said}" if found.field else said
