"""A question with its instructions and examples as a customer asks it: judged before anything is made of it."""

import msgspec

from manyeyes.actions.shared.asked_questions import NewExample, NewQuestion
from manyeyes.recognisers.pool import RecogniserBusy
from manyeyes.runtime.context import Context
from manyeyes.tasks.options import canonical, kind_of
from manyeyes.tasks.question_rules import (
    LONGEST_INSTRUCTIONS,
    LONGEST_WHY,
    AnyQuestion,
    QuestionFault,
    check_examples,
    check_question,
    tidied,
)
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import is_too_long, kept_words


class GivenQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question in its one form, with what people read before its first task."""

    options: AnyQuestion
    instructions: str = ""
    examples: tuple[NewExample, ...] = ()

    @property
    def kind(self) -> str:
        """Return the kind under which its tasks are stored."""
        return kind_of(self.options)

    def new(self, question_id: int, account_id: int) -> NewQuestion:
        """Return what `hold_questions` stores; ``question_id``: a fresh serial."""
        return NewQuestion(
            question_id=question_id,
            account_id=account_id,
            kind=self.kind,
            options_json=msgspec.json.encode(self.options).decode(),
            instructions=self.instructions,
            examples=self.examples,
        )


def judged(given: GivenQuestion) -> GivenQuestion | list[QuestionFault]:
    """Return the question in its one form, or all that is wrong with it, each with a JSON pointer into it."""
    question = msgspec.structs.replace(
        given,
        options=tidied(given.options),
        instructions=kept_words(given.instructions),
        examples=tuple(msgspec.structs.replace(each, words=kept_words(each.words)) for each in given.examples),
    )
    faults = list(check_question(question.options))
    if is_too_long(given.instructions, LONGEST_INSTRUCTIONS):
        faults.append(("/instructions", f"there are at most {LONGEST_INSTRUCTIONS} characters"))
    long = [n for n, each in enumerate(given.examples) if is_too_long(each.words, LONGEST_WHY)]
    faults += [(f"/examples/{n}/words", f"there are at most {LONGEST_WHY} characters") for n in long]
    if not faults:
        answers = [each.answer for each in given.examples]
        faults += [(f"/examples{pointer}", why) for pointer, why in check_examples(question.options, answers)]
    if faults:
        return faults
    fitting = tuple(msgspec.structs.replace(e, answer=canonical(question.options, e.answer)) for e in question.examples)
    return msgspec.structs.replace(question, examples=fitting)


async def picture_faults(context: Context, account_id: int, question: GivenQuestion) -> list[QuestionFault] | Refusal:
    """Return which examples' pictures have no pixels that a browser shows, or that too much waits to be looked at.

    It makes a process decode, as a task's picture does: ask last, and only for an account that has money.
    """
    faults: list[QuestionFault] = []
    for n, example in enumerate(question.examples):
        if example.picture is None:
            continue
        try:
            fault = await context.recognisers.check(example.picture.data, account=account_id)
        except RecogniserBusy as busy:
            return Refusal(Reason.QUEUE_FULL, busy.detail)
        if fault:
            faults.append((f"/examples/{n}/picture", fault.fault))
    return faults
