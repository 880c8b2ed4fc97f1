"""What the pages of jobs say: states, why a job waits and what helps, and what is wrong with a form, each once."""

from collections.abc import Iterable, Mapping

from babel.support import Translations

from manyeyes.console.shared.languages import mark
from manyeyes.jobs.rules import JobState, WaitsFor
from manyeyes.tasks.questions import FIELDS, LABEL, LABELS, NUMBER, TEXT
from manyeyes.values.refusals import Reason, Refusal

STATES: Mapping[JobState, str] = {
    JobState.DRAFT: mark("Draft"),
    JobState.RUNNING: mark("Running"),
    JobState.PAUSED: mark("Paused"),
    JobState.FINISHED: mark("Finished"),
    JobState.CANCELLED: mark("Cancelled"),
}
LOOKS = {  # the dots of reading_pages.css
    JobState.DRAFT: "",
    JobState.RUNNING: "answering",
    JobState.PAUSED: "waiting",
    JobState.FINISHED: "solved",
    JobState.CANCELLED: "unsolvable",
}
WAITS: Mapping[WaitsFor, str] = {
    WaitsFor.BUDGET: mark(
        "It waits: the next picture would cost more than the job may. Raise its budget below, and it goes on by itself."
    ),
    WaitsFor.PRICE: mark(
        "It waits: one picture costs more now than you let it cost. It goes on by itself if the price of its queue "
        "falls; else cancel it, and start another job with a higher bound, or for fewer people."
    ),
    WaitsFor.BALANCE: mark(
        "It waits: your balance does not cover the next picture. Ask the operator of this installation to top up your "
        "account; the job then goes on by itself."
    ),
    WaitsFor.QUEUE: mark("It waits for room in its queue, which is nearly full. It goes on by itself."),
    WaitsFor.PICTURES: mark(
        "It waits for pictures that are slow to come from their addresses. It tries them again by itself; see that the "
        "addresses can be reached."
    ),
}
KINDS: Mapping[str, tuple[str, str]] = {
    TEXT: (mark("Text"), mark("They type what they see")),
    NUMBER: (mark("Number"), mark("A figure, with its unit and limits")),
    LABEL: (mark("One label"), mark("They choose one of several")),
    LABELS: (mark("Several labels"), mark("They choose all that fit")),
    FIELDS: (mark("Fields"), mark("Several answers about one picture, like date and total")),
}
MANY_LABELS = mark("Give at least one label, each on a line of its own and only once, of at most 200 characters.")
LENGTHS = mark("Lengths are whole numbers up to 500, and the longest is not below the shortest.")
BOUNDS = mark("Limits are numbers like 12.5, and the largest is not below the smallest.")
FAULTS: Mapping[str, str] = {  # by the last member of the pointer that is no number
    "words": mark("There are at most 1,000 characters of words."),
    "instructions": mark("Instructions have at most 10,000 characters."),
    "unit": mark("A unit has at most 30 characters, all of which can be seen."),
    "decimals": mark("Decimals are a whole number up to 12, or nothing."),
    "min": BOUNDS,
    "max": BOUNDS,
    "tolerance": mark("What counts as the same is a number from 0 like 0.5, or nothing."),
    "min_length": LENGTHS,
    "max_length": LENGTHS,
    "labels": MANY_LABELS,
    "at_least": mark("It cannot ask for more labels than there are."),
    "fields": mark("There are 1 to 50 fields."),
    "name": mark("A field needs a name of its own, which no other one has."),
    "answer": mark("The answer does not keep the rules of the question."),
    "picture": mark("That is no picture that can be shown: PNG, JPEG or GIF, of 100 bytes to 500 kB."),
    "examples": mark("There are at most 10 examples."),
    "budget": mark("A budget is an amount in USD like 12.50, or nothing."),
    "deadline": mark("A deadline is a date and a time in the future, or nothing."),
    "life": mark("Choose one of the times that are offered."),
    "callback_url": mark("That address cannot be called: a public one that begins with https:// is wanted."),
    "queue": mark("Choose one of the queues that are offered."),
    "answers": mark("So many people do not take pictures of this queue. Ask fewer, or choose another queue."),
}
LONG_NAME = mark("A job's name has at most 200 characters.")
REFUSALS: Mapping[Reason, str] = {
    Reason.JOB_NOT_DRAFT: mark("The job is started: what it asks can no longer change."),
    Reason.JOB_EMPTY: mark("There are no pictures yet. Add some first."),
    Reason.JOB_ENDED: mark("The job has ended; only its name may change."),
    Reason.JOB_NOT_STARTED: mark("The job has not been started yet."),
    Reason.UPLOAD_OPEN: mark("A file is only half there. Send the rest of it, or drop it."),
    Reason.PRICE_TOO_HIGH: mark("A picture costs more now than this job may pay for one."),
    Reason.BALANCE_TOO_LOW: mark(
        "There is no money in your account. Ask the operator of this installation to top it up."
    ),
    Reason.UNKNOWN_QUEUE: mark("Choose one of the queues that are offered."),
    Reason.ACCOUNT_SUSPENDED: mark("Your account is suspended. Ask the operator of this installation."),
    Reason.BAD_ITEMS: mark("Nothing of the file was taken. Put right what is named here, and send it again."),
    Reason.KEY_REUSED: mark("Another file of that name is there already."),
    Reason.QUEUE_FULL: mark("Too much is waiting here now. Try again in a moment."),
    Reason.NO_ROOM: mark("Nothing new can be taken here just now. Try again later; what you have stays as it is."),
}
UPLOAD_WORDS: Mapping[str, str] = {  # which the page's script shows while it sends files
    "sending": mark("Sending %(name)s: %(percent)s %%"),
    "checking": mark("Sent. The pictures are being looked at…"),
    "again": mark("Connection lost. Trying again; what has arrived stays there."),
    "taken": mark("%(name)s is there."),
    "skipped": mark("Passed over, since they are no pictures: %(names)s"),
    "bad": mark("Nothing of %(name)s was taken. Put right what is named here, and drop it again."),
    "line": mark("Line %(line)s"),
    "empty": mark("There is no picture, ZIP, CSV or JSON lines file in that."),
    "stopped": mark("Stopped. Drop the same again to go on where it stopped."),
    "refused": mark("That was refused: %(reason)s"),
    "saving": mark("Saving…"),
    "saved": mark("Saved"),
    "unsaved": mark("Not saved yet"),
}
TRUTHS = mark("Your files hold right answers to the question as it was: drop them before you ask something else.")
OTHER = mark("That was refused: %(reason)s")


def said_of(refusal: Refusal, say: Translations) -> str:
    """Return why something was refused, and what to do about it."""
    if refusal.reason in REFUSALS:
        return say.ugettext(REFUSALS[refusal.reason])
    return say.ugettext(OTHER) % {"reason": refusal.detail or str(refusal.reason)}


def complaints(faults: Iterable[tuple[str, str]], say: Translations) -> list[tuple[str, str]]:
    """Return what is wrong with a form: (sentence, id of its control) for each fault, alike ones once."""
    found = dict.fromkeys(_complaint(pointer.removeprefix("/question"), why, say) for pointer, why in faults)
    return list(found)


def _complaint(pointer: str, why: str, say: Translations) -> tuple[str, str]:
    steps = pointer.strip("/").split("/")
    member = next((step for step in reversed(steps) if not step.isdigit()), "")
    message = LONG_NAME if steps == ["name"] else FAULTS.get(member, OTHER)
    sentence = say.ugettext(message) % ({"reason": why} if message is OTHER else {})
    if len(steps) > 1 and steps[0] == "fields":
        place = say.ugettext("Field %(n)s") % {"n": int(steps[1]) + 1}
        return f"{place}: {sentence}", f"f{steps[1]}-{member}"
    if len(steps) > 1 and steps[0] == "examples":
        place = say.ugettext("Example %(n)s") % {"n": int(steps[1]) + 1}
        return f"{place}: {sentence}", f"x{steps[1]}-{member}"
    if member in _OF_PAGE or steps == ["name"]:
        return sentence, member
    return sentence, f"q-{member}" if member not in ("fields", "examples") else f"add-{member[:-1]}"


_OF_PAGE = frozenset({"budget", "deadline", "life", "callback_url", "queue", "instructions", "answers"})
