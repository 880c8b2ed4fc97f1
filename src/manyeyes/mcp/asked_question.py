"""A question as an agent gives it: flat, so that a model fills it in easily; /v1 judges it.

Every member but ``kind`` and ``words`` belongs to one kind (docs/reference/v1/tasks.md). What was not given is not
sent on, so that /v1's own defaults and refusals are the only ones.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

QuestionWords = Annotated[str, Meta(description="the question as people read it beside the picture")]
Texts = list[str]


class AgentAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a question and a field have in common: the kind of answer, and what belongs to that kind."""

    words: QuestionWords
    unit: Annotated[str | UnsetType, Meta(description='number: its unit, such as "kWh"')] = UNSET
    decimals: Annotated[int | UnsetType, Meta(description="number: at most so many digits behind the point")] = UNSET
    min: Annotated[str | float | UnsetType, Meta(description="number: the least")] = UNSET
    max: Annotated[str | float | UnsetType, Meta(description="number: the most")] = UNSET
    tolerance: Annotated[
        str | float | UnsetType, Meta(description="number: people's answers that differ by so much at most are alike")
    ] = UNSET
    labels: Annotated[Texts | UnsetType, Meta(description="label, labels: what there is to choose from")] = UNSET
    at_least: Annotated[int | UnsetType, Meta(description="labels: how many must be chosen")] = UNSET
    phrase: Annotated[bool | UnsetType, Meta(description="text: it has several words")] = UNSET
    case: Annotated[bool | UnsetType, Meta(description="text: capitals count")] = UNSET
    numeric: Annotated[int | UnsetType, Meta(description="text: 1 only digits, 2 no digits")] = UNSET
    math: Annotated[bool | UnsetType, Meta(description="text: a sum whose result is wanted")] = UNSET
    min_length: Annotated[int | UnsetType, Meta(description="text: at least so many characters")] = UNSET
    max_length: Annotated[int | UnsetType, Meta(description="text: at most so many characters")] = UNSET


class AgentField(AgentAnswer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of several answers about a picture."""

    name: Annotated[str, Meta(description="under which name its value comes back")]
    kind: Literal["text", "number", "label", "labels"]


class AgentQuestion(AgentAnswer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked about the picture."""

    kind: Annotated[
        Literal["text", "number", "label", "labels", "fields"],
        Meta(
            description="text: what is written or to be seen; number; label: one of `labels`;"
            " labels: any of `labels`; fields: several named answers, see `fields`"
        ),
    ]
    fields: Annotated[list[AgentField] | UnsetType, Meta(description="fields: the answers wanted, in order")] = UNSET
    optional: Annotated[Texts | UnsetType, Meta(description="fields: names of those that may stay empty")] = UNSET
    instructions: Annotated[
        str | UnsetType, Meta(description="rules that people read before they answer, when words are not enough")
    ] = UNSET
