"""What happened to one report, step by step, in the reader's words: received, votes, verdict, money."""

from datetime import datetime

import msgspec
from babel.support import Translations

from manyeyes.console.customer.statement_period import around
from manyeyes.console.shared.languages import catalogue, money
from manyeyes.console.shared.report_wording import VOTE_REASONS, said, why_of
from manyeyes.reports.rules import Vote
from manyeyes.roles.customer.reports import CustomerReport, ReportStatus


class Step(msgspec.Struct, frozen=True):
    """One thing that happened; ``tone``: good, bad, now or nothing; ``href`` leads to its money."""

    what: str
    at: datetime | None = None
    detail: str = ""
    tone: str = ""
    href: str = ""


def steps(language: str, report: CustomerReport) -> list[Step]:
    """Return what happened to a report, in order; of an undecided one the last step is what goes on now."""
    translations = catalogue(language)
    translate = translations.ugettext
    if report.status is ReportStatus.REFUSED:
        detail = translate("The call was answered with error 16, as for every report that is refused.")
        return [Step(translate("Your report came"), report.filed_at), _refused(translations, report, detail)]
    begun = [
        Step(translate("The task was finished"), report.task_ended_at),
        Step(translate("Your report was received"), report.filed_at),
    ]
    if report.status is ReportStatus.OPEN:
        detail = translate("Three reviewers are asked; two who agree decide. How they vote is shown afterwards.")
        return [*begun, Step(translate("With the reviewers"), detail=detail, tone="now")]
    return begun + _votes(translations, report) + _ending(language, report)


def _refused(translations: Translations, report: CustomerReport, detail: str) -> Step:
    why = why_of(translations, report)
    translate = translations.ugettext
    return Step(translate("Refused: %(why)s") % {"why": why}, detail=detail, tone="bad")


def _votes(translations: Translations, report: CustomerReport) -> list[Step]:
    translate = translations.ugettext
    wrong, stands = translate("A reviewer says: the answer is wrong"), translate("A reviewer says: the answer stands")
    return [
        Step(
            wrong if vote.vote is Vote.CONFIRM else stands,
            vote.at,
            # A reason that only repeats the vote is none.
            "" if vote.reason in ("wrong", "right") else said(translations, VOTE_REASONS, vote.reason),
        )
        for vote in report.votes
    ]


def _ending(language: str, report: CustomerReport) -> list[Step]:
    translations = catalogue(language)
    translate, why = translations.ugettext, why_of(translations, report)
    if report.status is ReportStatus.CONFIRMED:
        verdict = Step(translate("Verdict: the answer is wrong"), report.decided_at, why, "good")
        return [verdict, *_refund(language, report)]
    if report.status is ReportStatus.REJECTED:
        return [Step(translate("Verdict: the answer stands; nothing is refunded"), report.decided_at, why, "bad")]
    if report.status is ReportStatus.IGNORED:
        return [Step(translate("Ignored: nobody was asked, nothing is refunded"), None, why, "bad")]
    return [Step(translate("Counted"), None, why, "good")]


def _refund(language: str, report: CustomerReport) -> list[Step]:
    """Return the step of the refund, which links to the statement that shows it."""
    if report.decided_at is None or not report.refunded_micros:
        return []
    amount = money(report.refunded_micros, language)
    translate = catalogue(language).ugettext
    what = translate("%(amount)s came back to your balance") % {"amount": amount}
    return [Step(what, report.decided_at, tone="good", href=around(report.decided_at))]
