"""The console's routes: pages for people, by role."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from manyeyes.console.callbacks import CallbackPages
from manyeyes.console.complaints import ComplaintPages
from manyeyes.console.connect import show_help
from manyeyes.console.customer import CustomerPages
from manyeyes.console.downloads import Downloads
from manyeyes.console.look import change_look
from manyeyes.console.operator import OperatorPages
from manyeyes.console.operator_recognition import OperatorRecognitionPages
from manyeyes.console.pages import render, static_file
from manyeyes.console.recognitions import RecognitionPages
from manyeyes.console.recourse import RecoursePages
from manyeyes.console.reports import ReportPages
from manyeyes.console.review import ReviewPages
from manyeyes.console.sign_in import SignInPages
from manyeyes.console.statement import StatementPages
from manyeyes.console.widget import WidgetPages
from manyeyes.console.work import WorkPages
from manyeyes.house import House
from manyeyes.sign_in import is_from_own_page

Endpoint = Callable[[Request], Awaitable[Response]]
Rooms = tuple[dict[str, Endpoint], dict[str, Endpoint]]  # pages to look at, forms to send
# The first segments of the console's paths: what is not one of these belongs to the contracts.
OWN_PATHS = (
    *("", "login", "logout", "look", "help", "static", "worker", "widget", "reviewer"),
    *("customer", "operator"),
)
LARGEST_FORM_BYTES = 64 * 1024


def routes(house: House) -> list[Route]:
    """The console's pages; every POST is refused unless it was sent from one of them."""
    rooms = [room(house) for room in (_everybodys, _workers, _customers, _operators)]
    pages = {path: page for room, _ in rooms for path, page in room.items()}
    forms = {path: form for _, room in rooms for path, form in room.items()}
    return [Route(path, page, methods=["GET"]) for path, page in pages.items()] + [
        Route(path, _from_own_page(house, form), methods=["POST"]) for path, form in forms.items()
    ]


def _everybodys(house: House) -> Rooms:
    sign_in = SignInPages(house)
    pages: dict[str, Endpoint] = {
        "/": sign_in.start,
        "/login/{secret}": sign_in.show_link,
        "/help": show_help,
        "/static/{version}/{name}": static_file,
    }
    forms: dict[str, Endpoint] = {
        "/login": sign_in.use_key,
        "/login/{secret}": sign_in.use_link,
        "/logout": sign_in.sign_out,
        "/look": change_look,
    }
    return pages, forms


def _workers(house: House) -> Rooms:
    work, review, complaints = WorkPages(house), ReviewPages(house), ComplaintPages(house)
    pages: dict[str, Endpoint] = {
        "/worker": work.show,
        "/worker/reports": complaints.show,
        "/reviewer": review.show,
        "/widget/{signed}": WidgetPages(house).show,
    }
    forms: dict[str, Endpoint] = {
        "/worker/online": work.online,
        "/worker/offline": work.offline,
        "/worker/answer": work.answer,
        "/worker/skip": work.skip,
        "/worker/appeal": complaints.appeal,
        "/reviewer/vote": review.vote,
        "/reviewer/leave": review.leave,
    }
    return pages, forms


def _customers(house: House) -> Rooms:
    statement, reports, callbacks = StatementPages(house), ReportPages(house), CallbackPages(house)
    recognitions, downloads = RecognitionPages(house), Downloads(house)
    pages: dict[str, Endpoint] = {
        "/customer": CustomerPages(house).show,
        "/customer/statement": statement.show,
        "/customer/statement.csv": statement.download,
        "/customer/callbacks": callbacks.show,
        "/customer/recognitions": recognitions.show,
        "/customer/recognitions/{task_id}": recognitions.show_one,
        "/customer/recognitions/{task_id}/results.csv": downloads.csv,
        "/customer/recognitions/{task_id}/results.parquet": downloads.parquet,
        "/customer/reports": reports.show,
        "/customer/reports/{task_id}": reports.show_one,
    }
    return pages, {"/customer/callbacks/replay": callbacks.replay}


def _operators(house: House) -> Rooms:
    recourse, recognition = RecoursePages(house), OperatorRecognitionPages(house)
    pages: dict[str, Endpoint] = {
        "/operator": OperatorPages(house).show,
        "/operator/recognition": recognition.show,
        "/operator/recognition/{task_id}": recognition.show_one,
        "/operator/recourse": recourse.show,
    }
    forms: dict[str, Endpoint] = {
        "/operator/appeal": recourse.decide,
        "/operator/app": recognition.change_app,
        "/operator/recognition": recognition.change,
    }
    return pages, forms


async def show_missing(request: Request, error: Exception) -> Response:
    """The answer to a path that leads nowhere: a page for a browser, a word for everything else."""
    if "text/html" in request.headers.get("accept", ""):
        return render(request, "missing.html", status=404)
    return PlainTextResponse("Not Found", status_code=404)


def _from_own_page(house: House, form: Endpoint) -> Endpoint:
    async def guarded(request: Request) -> Response:
        if not is_from_own_page(house, request):
            return PlainTextResponse("this form was not sent from a page of this site", status_code=403)
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LARGEST_FORM_BYTES:
            return PlainTextResponse(f"a form has at most {LARGEST_FORM_BYTES} bytes", status_code=413)
        return await form(request)

    return guarded
