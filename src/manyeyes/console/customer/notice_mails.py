"""What notices say, in the language that their address was given in, and as things are when they go out."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from babel.support import Translations

from manyeyes.accounts import store as accounts
from manyeyes.accounts import top_ups
from manyeyes.accounts.store import KeyOwner
from manyeyes.accounts.top_ups import TopUpState
from manyeyes.console.shared import languages
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.notices import store as notices
from manyeyes.notices.rules import CONFIRM, CONFIRM_DAYS, MAILTO, NoticeAddress, NoticeKind, can_confirm
from manyeyes.outbound.mail_door import Mail
from manyeyes.reports import store as reports
from manyeyes.reports.rules import ReportState
from manyeyes.reports.store import Told
from manyeyes.roles.customer.jobs import CustomerJobs
from manyeyes.roles.customer.spending import purse_of
from manyeyes.roles.customer.top_ups import low_balance_of
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
from manyeyes.values.refusals import Refusal
from manyeyes.values.signed_links import NoticeId
from manyeyes.webhooks.store import Claim

Said = tuple[str, str, str]  # subject, text, path of the page that tells more
UNSUBSCRIBE = mark("This address was confirmed for notices of %(account)s. To get none of them any more:")
GREETING = mark("You need not answer: nobody reads mail that is sent here.")


async def mail_of(context: Context, cell: int, claim: Claim) -> Mail | None:
    """Return a notice as it goes out now; None when nobody wants it there, or what it was about is gone."""
    address = claim.url.removeprefix(MAILTO)
    async with context.cells.pool(cell).acquire() as db:
        found = await notices.address_at(db, cell, claim.account_id, address)
    is_question = claim.event == CONFIRM
    if found is None or not (_may_ask(found, claim) if is_question else found.may_get and claim.event in found.notices):
        return None
    translations, account = catalogue(found.language), await _account_name(context, claim.account_id)
    if is_question:
        said: Said | None = _confirm(context, cell, found, account, translations)
    else:
        said = await _SAID[claim.event](context, cell, claim, found, translations)
    if said is None:
        return None
    subject, text, path = said
    root, links = context.settings.public_url.rstrip("/"), context.notice_links
    end = root + links.end_path(NoticeId(cell, found.account_id, found.address_id))
    parts = [text, f"{root}{path}", translations.ugettext(GREETING)]
    if not is_question:
        parts.append(f"{translations.ugettext(UNSUBSCRIBE) % {'account': account}}\n{end}")
    return Mail(
        to=address,
        subject=subject,
        text="\n\n".join(parts) + "\n",
        message_id=f"notice.{cell}.{claim.task_id}",
        language=found.language,
        unsubscribe="" if is_question else end,
    )


def _may_ask(found: NoticeAddress, claim: Claim) -> bool:
    """Tell whether an address is still to be asked: neither was it confirmed, nor is the link over."""
    is_open = found.confirmed_at is None and can_confirm(found, datetime.now(UTC))
    return is_open and claim.subject_id == found.address_id


async def _account_name(context: Context, account_id: int) -> str:
    async with context.cells.directory.acquire() as db:
        place = await accounts.place_of(db, account_id)
    return place.name if place else str(account_id)


def _confirm(context: Context, cell: int, found: NoticeAddress, account: str, translations: Translations) -> Said:
    say, told = translations.ugettext, {"account": account, "days": CONFIRM_DAYS}
    subject = say(mark("Do you want notices of %(account)s here?")) % told
    text = say(
        mark(
            "Somebody of %(account)s wants notices to be sent to this address. If you want them, follow this link "
            "within %(days)s days. If not, do nothing: nothing more comes."
        )
    )
    path = context.notice_links.confirm_path(NoticeId(cell, found.account_id, found.address_id))
    return subject, text % told, path


async def _low_balance(
    context: Context, cell: int, claim: Claim, found: NoticeAddress, translations: Translations
) -> Said | None:
    say, owner = translations.ugettext, KeyOwner(cell, claim.account_id, ())
    purse, low = await purse_of(context, owner), await low_balance_of(context, owner)
    if purse.available_micros >= low.low_micros:  # money came in meanwhile, or nobody wants to know any more
        return None
    told = {
        "balance": languages.money(purse.available_micros, found.language),
        "below": languages.money(low.low_micros, found.language),
    }
    subject = say(mark("Little is left: %(balance)s")) % told
    return subject, say(mark("Your balance is %(balance)s, and went below %(below)s.")) % told, "/customer/top-ups"


async def _job(
    context: Context, cell: int, claim: Claim, found: NoticeAddress, translations: Translations
) -> Said | None:
    say = translations.ugettext
    job = await CustomerJobs(context).get(KeyOwner(cell, claim.account_id, ()), claim.subject_id)
    if isinstance(job, Refusal):
        return None
    told = {"job": job.job.name or str(claim.subject_id)}
    if claim.event == NoticeKind.JOB_FINISHED:
        subject = say(mark("Finished: %(job)s")) % told
        text = say(mark("The job %(job)s has finished. Its results are on its page.")) % told
    else:
        subject = say(mark("Nothing moves: %(job)s")) % told
        text = say(mark("For an hour nothing has moved in the job %(job)s, though tasks of it wait.")) % told
    return subject, text, f"/customer/jobs/{claim.subject_id}"


async def _top_up(
    context: Context, cell: int, claim: Claim, found: NoticeAddress, translations: Translations
) -> Said | None:
    say = translations.ugettext
    async with context.cells.pool(cell).acquire() as db:
        requests = await top_ups.requests_of(db, cell, claim.account_id, MOST_REQUESTS)
    request = next((each for each in requests if each.request_id == claim.subject_id), None)
    if request is None:
        return None
    told = {"amount": languages.money(request.amount_micros, found.language), "word": request.word}
    if request.state is TopUpState.APPROVED:
        subject = say(mark("Topped up: %(amount)s")) % told
        text = say(mark("The operator approved your request: %(amount)s came in.")) % told
    else:
        subject = say(mark("Not topped up: %(amount)s")) % told
        text = say(mark("The operator declined your request for %(amount)s.")) % told
    words = "\n\n" + say(mark("The operator's words: %(word)s")) % told if request.word else ""
    return subject, text + words, "/customer/top-ups"


async def _complaint(
    context: Context, cell: int, claim: Claim, found: NoticeAddress, translations: Translations
) -> Said | None:
    say, task = translations.ugettext, wire_id(claim.subject_id)
    async with context.cells.pool(cell).acquire() as db:
        report = await reports.report_of(db, cell, claim.account_id, claim.subject_id)
    if not isinstance(report, Told):
        return None
    told = {"task": task, "amount": languages.money(report.refunded_micros, found.language)}
    if report.state is ReportState.CONFIRMED:
        subject = say(mark("Complaint upheld: task %(task)s")) % told
        text = say(mark("Your complaint about task %(task)s was upheld. You got back %(amount)s.")) % told
    else:
        subject = say(mark("Complaint rejected: task %(task)s")) % told
        text = say(mark("Reviewers found the answer to task %(task)s right. Its page shows how they voted.")) % told
    return subject, text, f"/customer/reports/{task}"


MOST_REQUESTS = 100
_Sayer = Callable[[Context, int, Claim, NoticeAddress, Translations], Awaitable[Said | None]]
_SAID: dict[str, _Sayer] = {
    NoticeKind.BALANCE_LOW: _low_balance,
    NoticeKind.JOB_FINISHED: _job,
    NoticeKind.JOB_STUCK: _job,
    NoticeKind.TOP_UP_DECIDED: _top_up,
    NoticeKind.COMPLAINT_DECIDED: _complaint,
}
