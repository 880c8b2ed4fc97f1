"""The console's routes: pages for people, by role."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from manyeyes.console.customer.buckets import BucketPages
from manyeyes.console.customer.callbacks import CallbackPages
from manyeyes.console.customer.certainty import CertaintyPages
from manyeyes.console.customer.colleagues import ColleaguePages
from manyeyes.console.customer.jobs.agreement_page import AgreementPages
from manyeyes.console.customer.jobs.drafts import DraftPages
from manyeyes.console.customer.jobs.job_pages import VERBS, JobPages
from manyeyes.console.customer.keys import KeyPages
from manyeyes.console.customer.needs import guarded_forms, guarded_pages
from manyeyes.console.customer.notices import NoticePages
from manyeyes.console.customer.overview import CustomerPages
from manyeyes.console.customer.recognitions import RecognitionPages
from manyeyes.console.customer.reports import ReportPages
from manyeyes.console.customer.result_downloads import Downloads
from manyeyes.console.customer.statement import StatementPages
from manyeyes.console.customer.task_page import OneTaskPages
from manyeyes.console.customer.tasks import TaskPages
from manyeyes.console.customer.thresholds import ThresholdPages
from manyeyes.console.customer.top_ups import TopUpPages
from manyeyes.console.operator.routes import operators, operators_files
from manyeyes.console.reviewer.routes import reviewers
from manyeyes.console.shared.appearance import change_look
from manyeyes.console.shared.company import CompanyPages
from manyeyes.console.shared.connect import HelpPages
from manyeyes.console.shared.link_requests import LinkRequestPages
from manyeyes.console.shared.notice_links import NoticeLinkPages
from manyeyes.console.shared.passkeys import PasskeyPages
from manyeyes.console.shared.rendering import render, static_file
from manyeyes.console.shared.rooms import PageOrForm, Rooms
from manyeyes.console.shared.session_list import SessionPages
from manyeyes.console.shared.sign_in import SignInPages
from manyeyes.console.worker.routes import workers
from manyeyes.logs.request_note import current
from manyeyes.roles.company_sign_in import BACK
from manyeyes.roles.sign_in import is_from_own_page
from manyeyes.runtime.context import Context
from manyeyes.values.integers import whole_number

# The first segments of the console's paths: what is not one of these belongs to the contracts.
OWN_PATHS = (
    *(
        "",
        "login",
        "logout",
        "sessions",
        "passkeys",
        "company",
        "link",
        "look",
        "help",
        "static",
        "worker",
        "widget",
        "notices",
        "reviewer",
    ),
    *("customer", "operator"),
)
FORM_TYPE = "application/x-www-form-urlencoded"  # no form sends a file, but for drafts of jobs and histories
MOST_FIELDS = 200
LENGTH_DIGITS = 20  # of the largest Content-Length that a server reads


def routes(context: Context) -> list[Route]:
    """Return the routes of the console's pages; every POST is refused unless it was sent from one of them."""
    rooms = [room(context) for room in (_everybodys, workers, reviewers, _customers, _customers_choices, operators)]
    pages = {path: page for room, _ in rooms for path, page in room.items()}
    forms = {path: form for _, room in rooms for path, form in room.items()}
    files = _customers_files(context) | operators_files(context)
    with_files = {path: _of_own_page(context, form) for path, form in files.items()}
    guarded = {path: _from_own_page(context, form) for path, form in forms.items()} | with_files
    return [
        *(Route(path, _of_a_name(page), methods=["GET"]) for path, page in pages.items()),
        *(Route(path, _of_a_name(form), methods=["POST"]) for path, form in guarded.items()),
        # Mail programs send it by themselves, from no page of ours (RFC 8058): the link is the permission.
        Route("/notices/end/{signed}", NoticeLinkPages(context).end, methods=["POST"]),
    ]


def _everybodys(context: Context) -> Rooms:
    sign_in, sessions = SignInPages(context), SessionPages(context)
    passkeys, company, links = PasskeyPages(context), CompanyPages(context), LinkRequestPages(context)
    notices = NoticeLinkPages(context)
    pages: dict[str, PageOrForm] = {
        "/": sign_in.start,
        "/login/{secret}": sign_in.show_link,
        "/link": links.show,
        "/sessions": sessions.show,
        "/company/sign-in": company.sign_in,
        "/company/connect": company.connect,
        BACK: company.back,
        "/help": HelpPages(context).show,
        "/notices/confirm/{signed}": notices.show_confirm,
        "/notices/end/{signed}": notices.show_end,
        "/static/{version}/{reader}/{name}": static_file,
    }
    forms: dict[str, PageOrForm] = {
        "/login": sign_in.use_key,
        "/login/{secret}": sign_in.use_link,
        "/link": links.ask,
        "/logout": sign_in.sign_out,
        "/sessions/end": sessions.end,
        "/sessions/end-others": sessions.end_others,
        "/company/disconnect": company.disconnect,
        "/passkeys": passkeys.make,
        "/passkeys/options": passkeys.options_to_make,
        "/passkeys/challenge": passkeys.options_to_sign_in,
        "/passkeys/sign-in": passkeys.sign_in,
        "/passkeys/remove": passkeys.forget,
        "/look": change_look,
        "/notices/confirm/{signed}": notices.confirm,
    }
    return pages, forms


def _customers(context: Context) -> Rooms:
    statement, reports, callbacks = StatementPages(context), ReportPages(context), CallbackPages(context)
    tasks = TaskPages(context)
    jobs, drafts = JobPages(context), DraftPages(context)
    keys, people, top_ups = KeyPages(context), ColleaguePages(context), TopUpPages(context)
    pages: dict[str, PageOrForm] = {
        "/customer": CustomerPages(context).show,
        "/customer/jobs": jobs.show,
        "/customer/jobs/new": drafts.show_new,
        "/customer/jobs/{job_id}": jobs.show_one,
        "/customer/jobs/{job_id}/agreement": AgreementPages(context).show,
        "/customer/jobs/{job_id}/cancel": jobs.ask_cancel,
        "/customer/certainty": CertaintyPages(context).show,
        "/customer/tasks": tasks.show,
        "/customer/tasks/rows": tasks.rows,
        "/customer/tasks/{task_id}": OneTaskPages(context).show,
        "/customer/statement": statement.show,
        "/customer/statement.csv": statement.download,
        "/customer/callbacks": callbacks.show,
        "/customer/reports": reports.show,
        "/customer/reports/{task_id}": reports.show_one,
        "/customer/keys": keys.show,
        "/customer/colleagues": people.show,
        "/customer/top-ups": top_ups.show,
    }
    forms: dict[str, PageOrForm] = {
        "/customer/callbacks/replay": callbacks.replay,
        "/customer/callbacks/rotate": callbacks.rotate,
        "/customer/callbacks/test": callbacks.test,
        "/customer/keys": keys.make,
        "/customer/keys/change": keys.change,
        "/customer/keys/rotate": keys.rotate,
        "/customer/keys/revoke": keys.revoke,
        "/customer/colleagues": people.invite,
        "/customer/colleagues/change": people.change,
        "/customer/colleagues/remove": people.remove,
        "/customer/colleagues/link": people.link,
        "/customer/top-ups": top_ups.ask,
        "/customer/top-ups/notice": top_ups.notice,
        "/customer/tasks/{task_id}/report": tasks.report,
        "/customer/tasks/{task_id}/cancel": tasks.cancel,
        "/customer/jobs/{job_id}/change": jobs.change,
        "/customer/jobs/{job_id}/drop": drafts.drop_file,
        **{f"/customer/jobs/{{job_id}}/{verb}": jobs.move for verb in VERBS},
    }
    return guarded_pages(context, pages), guarded_forms(context, forms)


def _customers_choices(context: Context) -> Rooms:
    recognitions, downloads, thresholds = RecognitionPages(context), Downloads(context), ThresholdPages(context)
    one = "/customer/recognitions/{task_id}"
    pages: dict[str, PageOrForm] = {
        "/customer/recognitions": recognitions.show,
        one: recognitions.show_one,
        f"{one}/results.csv": downloads.csv,
        f"{one}/results.parquet": downloads.parquet,
        f"{one}/threshold": thresholds.show,
    }
    notices, buckets = NoticePages(context), BucketPages(context)
    pages |= {"/customer/notices": notices.show, "/customer/buckets": buckets.show}
    forms: dict[str, PageOrForm] = {
        f"{one}/threshold": thresholds.choose,
        "/customer/notices": notices.add,
        "/customer/notices/change": notices.change,
        "/customer/notices/remove": notices.remove,
        "/customer/buckets": buckets.keep,
        "/customer/buckets/remove": buckets.forget,
    }
    return guarded_pages(context, pages), guarded_forms(context, forms)


def _customers_files(context: Context) -> dict[str, PageOrForm]:
    """Return the forms that send files: what they may send they judge themselves."""
    drafts = DraftPages(context)
    forms: dict[str, PageOrForm] = {
        "/customer/jobs/new": drafts.send_new,
        "/customer/jobs/new/files": drafts.add_files,
        "/customer/jobs/{job_id}": drafts.send,
        "/customer/jobs/{job_id}/files": drafts.add_files,
    }
    return guarded_forms(context, forms)


async def show_missing(request: Request, error: Exception) -> Response:
    """Return the 404 of a path that leads nowhere: a page for a browser, a word for every other client."""
    if "text/html" in request.headers.get("accept", ""):
        return render(request, "shared/missing.html", status=404)
    return PlainTextResponse("Not Found", status_code=404)


async def show_trouble(request: Request, error: Exception) -> Response:
    """Return the 500 of a page that broke: a page for a browser, a sentence for every other client."""
    if "text/html" in request.headers.get("accept", ""):
        note = current()
        name = note.request_id if note else ""
        return render(request, "shared/trouble.html", status=500, is_away=False, name=name)
    return PlainTextResponse("an unexpected fault; it is in the log", status_code=500)


def show_away(request: Request) -> Response:
    """Return the 503 of an outage (docs/decisions/0005): a page for a browser, a sentence for every other client."""
    if "text/html" in request.headers.get("accept", ""):
        response: Response = render(request, "shared/trouble.html", status=503, is_away=True, name="")
    else:
        response = PlainTextResponse("the database is away; ask again in a few seconds", status_code=503)
    response.headers["retry-after"] = "5"
    return response


def _of_a_name(page: PageOrForm) -> PageOrForm:
    """Let an address with a NUL in it lead nowhere: nothing is called so, and no database could look for it."""

    async def named(request: Request) -> Response:
        if "\0" in request.scope["path"]:
            raise HTTPException(404)
        return await page(request)

    return named


def _of_own_page(context: Context, form: PageOrForm) -> PageOrForm:
    async def guarded(request: Request) -> Response:
        if not is_from_own_page(context, request):
            return PlainTextResponse("this form was not sent from a page of this site", status_code=403)
        return await form(request)

    return guarded


def _from_own_page(context: Context, form: PageOrForm) -> PageOrForm:
    async def bounded(request: Request) -> Response:
        length = whole_number(request.headers.get("content-length", ""), LENGTH_DIGITS)
        largest = context.settings.body_kilobytes * 1024
        if length is None or length > largest:
            return PlainTextResponse(f"a form has at most {largest} bytes", status_code=413)
        if not request.headers.get("content-type", "").startswith(FORM_TYPE) and length:
            return PlainTextResponse(f"a form is sent as {FORM_TYPE}", status_code=415)
        if (await request.body()).count(b"&") >= MOST_FIELDS:
            return PlainTextResponse(f"a form has at most {MOST_FIELDS} fields", status_code=413)
        return await form(request)

    return _of_own_page(context, bounded)
