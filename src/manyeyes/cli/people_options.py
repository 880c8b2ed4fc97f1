"""How many people a task takes, as commands say it."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from manyeyes.cli.command import CommandFailed
from manyeyes.consensus.terms import ONE_ANSWER, PeopleTerms, TermsFault, Uncertain, people_terms


@Parameter(name="*")
@dataclass(kw_only=True)
class PeopleOptions:
    """How many people are asked; what is said replaces all that was."""

    answers: Annotated[int | None, Parameter(help="How many people answer a task at once; 1: one person's word.")] = (
        None
    )
    answers_at_most: Annotated[
        int | None, Parameter(help="How many in all, one more at a time: where it is a tie, or not yet sure.")
    ] = None
    wrong_at_most: Annotated[
        float | None,
        Parameter(help="Ask until it is sure: the share of accepted results that may be wrong, like 0.05."),
    ] = None
    uncertain: Annotated[
        Literal["return", "review"] | None,
        Parameter(help="What is never sure: returned as uncertain, or decided by a reviewer."),
    ] = None


def terms_in(options: PeopleOptions | None) -> PeopleTerms | None:
    """Return what the options ask for; None when they say nothing. Raises `CommandFailed` naming the option."""
    if options is None or options == PeopleOptions():
        return None
    found = people_terms(
        answers=options.answers,
        answers_at_most=options.answers_at_most,
        wrong_at_most=options.wrong_at_most,
        uncertain=Uncertain(options.uncertain) if options.uncertain else None,
    )
    if isinstance(found, TermsFault):
        raise CommandFailed(f"--{found.member.replace('_', '-')}: {found.detail}")
    return found


def terms_row(terms: PeopleTerms | None) -> dict[str, Any]:
    """Return terms as JSON tells of them; of none one answer."""
    terms = terms or ONE_ANSWER
    return {
        "answers": terms.answers,
        "answers_at_most": terms.answers_at_most,
        "wrong_at_most": terms.wrong_at_most,
        "uncertain": str(terms.uncertain),
    }


def terms_words(row: dict[str, Any]) -> str:
    """Return such a row in words; empty for one answer."""
    if row["wrong_at_most"] is None and row["answers_at_most"] == 1:
        return ""
    people = (
        f"{row['answers']} to {row['answers_at_most']}" if row["answers_at_most"] > row["answers"] else row["answers"]
    )
    sure = "" if row["wrong_at_most"] is None else f" until {row['wrong_at_most'] * 100:.4g} % at most are wrong"
    reviewer = ", a reviewer decides what is uncertain" if row["uncertain"] == "review" else ""
    return f"{people} people a task{sure}{reviewer}"
