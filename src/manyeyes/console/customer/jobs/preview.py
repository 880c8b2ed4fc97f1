"""The worker's screen with a question on it, for the customer who asks it: the same template, without its scripts."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from manyeyes.console.customer.jobs.question_form import ExampleForm, QuestionForm
from manyeyes.console.shared import languages, task_wording
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.rendering import Page, environment, static_root
from manyeyes.console.shared.task_drawing import drawn_question
from manyeyes.roles.presences import PaySlip
from manyeyes.tasks.options import PictureOptions
from manyeyes.tasks.question_rules import AnyQuestion, tidied
from manyeyes.tasks.questions import FieldsOptions
from manyeyes.tasks.rules import LONGEST_ANSWER, QueueTerms
from manyeyes.values.marks import mark_names
from manyeyes.values.text.rules import ROOM
from manyeyes.workers.rules import OF_PICTURES, SkipReason

SAMPLE = "customer/sample.svg"


def preview(
    request: Request,
    options: AnyQuestion,
    form: QuestionForm,
    queue: QueueTerms,
    image_url: str,
    example_urls: Mapping[str, str],
) -> str:
    """Return a whole document: the worker's screen as somebody would see it; ``image_url`` empty: with a sample.

    ``example_urls``: of the examples' stored pictures, by what the form calls them.
    """
    look = look_of(request)
    words = task_wording.words_for(languages.catalogue(look.language))
    template = environment(look.language).get_template("customer/worker_preview.html")
    told = {
        "id": "",
        "instructions": form.instructions,
        "examples": [_example(each, example_urls, options) for each in form.examples],
    }
    return template.render(
        page=Page(look=look, path=request.url.path, static=static_root(), person=""),
        is_reviewer=False,
        fresh_refusals=0,
        mode="task",
        step="",
        presence="",
        notice="",
        is_good=False,
        rest={"title": "", "lines": (), "is_stopped": False, "queue_id": 0},  # a picture lies here
        lost="",
        announcements=[],
        unasked=[],
        tally={
            **dict.fromkeys(("answered", "earned_micros", "pending_micros", "payable_micros"), 0),
            "slip": PaySlip(),
        },
        task=_task(words, tidied(options), queue, image_url),
        told=told if form.instructions.strip() or form.examples else None,
        longest_typed=LONGEST_ANSWER * ROOM,
        words=words,
        skip_reasons={code: "picture label" for code in SkipReason if code in OF_PICTURES},
        script_data={},
    )


def _task(words: task_wording.Words, options: PictureOptions, queue: QueueTerms, image_url: str) -> dict[str, Any]:
    return {
        **drawn_question(words, options),
        "lease": "",
        "image_url": image_url or f"{static_root()}/{SAMPLE}",
        "marks": [words[f"mark.{name}"] for name in mark_names(queue.marks)],
        "queue": queue.name,
        "pay_micros": queue.pay_micros,
        "unread": False,
    }


def _example(example: ExampleForm, urls: Mapping[str, str], options: AnyQuestion) -> dict[str, Any]:
    names = [field.name for field in options.fields] if isinstance(options, FieldsOptions) else []
    typed = zip(names, example.answer.splitlines(), strict=False)  # a line for each; whoever still types has fewer
    return {
        "text": example.answer,
        "fields": [{"name": name, "text": text} for name, text in typed],
        "words": example.words,
        "image_url": urls.get(example.kept, ""),
    }
