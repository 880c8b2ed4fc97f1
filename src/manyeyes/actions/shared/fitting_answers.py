"""An answer in its kind's one form, or why it does not fit (docs/decisions/0037, 0047)."""

from manyeyes.dispatch.store import Work
from manyeyes.tasks.options import canonical, options_of, unfit_answer
from manyeyes.tasks.questions import OWN_KINDS
from manyeyes.values.refusals import Reason, Refusal


def one_form(work: Work, text: str) -> str:
    """Return a normalised answer in its kind's one form; most are that already."""
    return canonical(options_of(work.kind, work.site, work.options), text) if work.kind in OWN_KINDS else text


def unfit(work: Work, text: str) -> Refusal | None:
    """Return why an answer in its one form does not fit the task's options; None when it does."""
    why = unfit_answer(options_of(work.kind, work.site, work.options), text)
    return Refusal(Reason.ANSWER_UNFIT, why) if why else None
