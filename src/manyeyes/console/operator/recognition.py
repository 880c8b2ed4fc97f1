"""/operator/recognition: every app with its key, every recognition with its error, and the threshold that is proven."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts import store as accounts
from manyeyes.actions.change_apps import ChangeApp, change_apps
from manyeyes.apps import store as apps
from manyeyes.apps.keys import GOOD_BITS, fingerprint
from manyeyes.apps.rules import App
from manyeyes.console.operator.house_page import ID_DIGITS, HousePages, done
from manyeyes.console.operator.queue_fields import asked_in
from manyeyes.console.operator.recognition_fields import now_of, terms_in, terms_of
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.calibration import TARGETS, asked_target, calibrated
from manyeyes.console.shared.forms import number_in, text_of
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.notices import said_notice
from manyeyes.console.shared.rendering import render
from manyeyes.console.shared.sheets import DrawnSheet, draw_sheet, read_sheet
from manyeyes.recognisers.catalogue import installed
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.calibration import DAYS
from manyeyes.recognitions.rules import Recognition
from manyeyes.recognitions.verdict_counts import VerdictCount, verdict_counts
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.recognitions import Owned
from manyeyes.roles.customer.thresholds import calibration_now
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.house.recognition_history import bring_history
from manyeyes.roles.house.recognitions import RecognitionTerms, change_recognition
from manyeyes.roles.operator import open_appeals
from manyeyes.runtime.context import Context
from manyeyes.values.deeds import Deed
from manyeyes.values.integers import whole_number

PATH = "/operator/recognition"
LARGEST_HISTORY = 8 * 1024 * 1024  # bytes of a file that is read whole
MOST_RESULTS = 50_000  # of a file on a page, whose process serves customers too; the command line takes any number
LARGEST_FRAME = 4 * 1024  # what a form has around the file
NO_FILE = mark("Choose a CSV file that is not empty.")
TOO_LARGE = mark("Nothing was imported: a file has at most 8 MB. Import it in parts.")
NOT_IMPORTED = mark("Nothing was imported. %(why)s")
LEAD_TERMS = mark(
    "Everything that holds for one recognition: when a result is certain, who looks at the rest, what it costs, and "
    "where verdicts are sent. What was recognised keeps its own terms."
)
NOTICES = {
    "changed": (mark("Changed. Every process follows within seconds."), ""),
    "suspended": (mark("Suspended: its calls are answered with code 8."), ""),
    "resumed": (mark("Resumed: its calls are taken again."), ""),
    "imported": (mark("Imported: every result of the file counts on its day."), ""),
    "imported_before": (mark("Nothing to do: this file was imported here before."), ""),
    "refused": (mark("Nothing was changed: these terms do not go together."), "warn"),
}


class OperatorRecognitionPages:
    """The operator's pages about recognition."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/recognition: every app with its key, every recognition with its error."""
        async with self._context.cells.directory.acquire() as db:
            found = await apps.apps_of(db)
            names = await accounts.names_of(db, (app.account_id for app in found))
            below = await recognitions.recognitions_of(db)
        judged = await self._judged(found, below)
        here = await asyncio.to_thread(installed)
        return render(
            request,
            "operator/recognitions.html",
            person="operator",
            notice=self._notice(request),
            open_appeals=len(await open_appeals(self._context)),
            apps=[_app(app, names, [each for each in below if each.secret_id == app.secret_id]) for app in found],
            judged=judged,
            nothing=VerdictCount(),
            days=DAYS,
            queues=await self._context.lookups.queues(),
            installed=here,
            good_bits=GOOD_BITS,
            signing_key=fingerprint(self._context.signer.public_key),
        )

    @for_operators
    async def show_one(self, request: Request) -> Response:
        """GET /operator/recognition/{task_id}?target=: the calibration of one recognition."""
        found = await self._found(request.path_params["task_id"])
        return self._missing(request) if found is None else await self._one(request, *found)

    @for_deed(Deed.RECOGNITION_IMPORT)
    async def bring(self, request: Request) -> Response:
        """POST /operator/recognition/{task_id}/import: `file`, results of other days as CSV; all of them or none."""
        found = await self._found(request.path_params["task_id"])
        if found is None:
            return self._missing(request)
        say = catalogue(look_of(request).language).ugettext
        length = whole_number(request.headers.get("content-length", ""), ID_DIGITS)
        if length is None or length > LARGEST_HISTORY + LARGEST_FRAME:
            return await self._one(request, *found, fault=say(TOO_LARGE))
        async with request.form(max_files=1, max_fields=1) as form:
            file = form.get("file")
            data = await file.read() if isinstance(file, UploadFile) else b""
        if not data:
            return await self._one(request, *found, fault=say(NO_FILE))
        try:
            actor = await actor_of(self._context, request)
            app, recognition = found
            imported = await bring_history(self._context, app, recognition, data, actor, MOST_RESULTS)
        except ValueError as error:
            return await self._one(request, *found, fault=say(NOT_IMPORTED) % {"why": str(error)})
        notice = "imported_before" if imported.is_repeated else "imported"
        return done(f"{PATH}/{found[1].task_id}", notice)

    async def _one(self, request: Request, app: App, recognition: Recognition, fault: str = "") -> Response:
        """Return the page of a recognition; ``fault``: why a file was not imported."""
        target = asked_target(request.query_params)
        proven = await calibration_now(self._context, Owned(app, recognition), target)
        since = datetime.now(UTC) - timedelta(days=DAYS)
        async with self._context.cells.pool(app.cell).acquire() as db:
            counts = await verdict_counts(db, app.cell, [recognition.recognition_id], since)
        return render(
            request,
            "operator/recognition.html",
            status=422 if fault else 200,
            person="operator",
            notice=self._notice(request),
            fault=fault,
            open_appeals=len(await open_appeals(self._context)),
            app=app,
            recognition=recognition,
            queues=await self._context.lookups.queues(),
            installed=await asyncio.to_thread(installed),
            count=counts.get(recognition.recognition_id, VerdictCount()),
            days=DAYS,
            targets=TARGETS,
            target=target,
            calibration=calibrated(proven, target, recognition, look_of(request).language),
        )

    @for_operators
    async def show_terms(self, request: Request) -> Response:
        """GET /operator/recognition/{task_id}/terms: all that holds for a recognition."""
        found = await self._found(request.path_params["task_id"])
        return self._missing(request) if found is None else await self._terms_page(request, found[1])

    @for_deed(Deed.RECOGNITION_SET)
    async def change_terms(self, request: Request) -> Response:
        """POST /operator/recognition/{task_id}/terms: of its terms what differs from what was shown."""
        found = await self._found(request.path_params["task_id"])
        if found is None:
            return self._missing(request)
        before = found[1]
        fields, now = terms_of(await self._context.lookups.queues()), now_of(before)
        typed = read_sheet(fields, await request.form(), now)
        people = asked_in(typed)
        fault = people if isinstance(people, FieldFault) else None
        if not typed.faults and fault is None and typed.values:
            try:
                actor = await actor_of(self._context, request)
                after = await change_recognition(self._context, before, terms_in(typed), actor)
            except ValueError as error:
                after = FieldFault("", "%(why)s", {"why": str(error)})
            fault = after if isinstance(after, FieldFault) else None
        if typed.faults or fault:
            sheet = draw_sheet(request, fields, now, typed, fault)
            return await self._terms_page(request, before, sheet, 422)
        return done(f"{PATH}/{before.task_id}", "changed")

    async def _terms_page(
        self, request: Request, found: Recognition, sheet: DrawnSheet | None = None, status: int = 200
    ) -> Response:
        fields = terms_of(await self._context.lookups.queues())
        return await HousePages(self._context).draw(
            request,
            "recognition_terms",
            here="recognition_one",
            name=found.name,
            lead=LEAD_TERMS,
            status=status,
            path=f"{PATH}/{found.task_id}",
            sheet=sheet or draw_sheet(request, fields, now_of(found)),
        )

    def _missing(self, request: Request) -> Response:
        return render(request, "shared/missing.html", status=404, person="operator")

    @for_deed(Deed.APP_SET)
    async def change_app(self, request: Request) -> Response:
        """POST /operator/app: `secret_id`, `suspended` (yes or no)."""
        form = await request.form()
        suspended = {"yes": True, "no": False}.get(text_of(form, "suspended"))
        if suspended is None:
            return RedirectResponse(f"{PATH}?notice=refused", status_code=303)
        actor = await actor_of(self._context, request)
        command = ChangeApp(secret_id=text_of(form, "secret_id"), suspended=suspended, actor=actor)
        is_there = await self._context.batcher.ask(change_apps, command)
        await self._context.notifier.tell_changed()
        notice = "refused" if not is_there else "suspended" if suspended else "resumed"
        return RedirectResponse(f"{PATH}?notice={notice}", status_code=303)

    @for_deed(Deed.RECOGNITION_SET)
    async def change(self, request: Request) -> Response:
        """POST /operator/recognition: `task_id`; of `threshold`, `sample_share` (per cent), `closed` what changes."""
        form = await request.form()
        found = await self._found(text_of(form, "task_id"))
        if found is None:
            return RedirectResponse(f"{PATH}?notice=refused", status_code=303)
        recognition = found[1]
        try:
            terms = _terms({name: text_of(form, name) for name in ("threshold", "sample_share", "closed")})
            if terms != RecognitionTerms():
                await change_recognition(self._context, recognition, terms, await actor_of(self._context, request))
        except ValueError:
            return RedirectResponse(f"{PATH}/{recognition.task_id}?notice=refused", status_code=303)
        return RedirectResponse(f"{PATH}/{recognition.task_id}?notice=changed", status_code=303)

    async def _found(self, task_id: str) -> tuple[App, Recognition] | None:
        async with self._context.cells.directory.acquire() as db:
            recognition = await recognitions.recognition(db, task_id)
            app = await apps.app(db, recognition.secret_id) if recognition else None
        return (app, recognition) if app and recognition else None

    async def _judged(self, found: list[App], below: list[Recognition]) -> dict[int, VerdictCount]:
        """Return what people said in the last days of every recognition, by its number."""
        since, judged = datetime.now(UTC) - timedelta(days=DAYS), dict[int, VerdictCount]()
        cells = {app.secret_id: app.cell for app in found}
        for cell in self._context.cells.numbers:
            ids = [each.recognition_id for each in below if cells.get(each.secret_id) == cell]
            async with self._context.cells.pool(cell).acquire() as db:
                judged |= await verdict_counts(db, cell, ids, since)
        return judged

    def _notice(self, request: Request) -> dict[str, str] | None:
        return said_notice(request, NOTICES, catalogue(look_of(request).language).ugettext)


def _app(app: App, names: dict[int, str], below: list[Recognition]) -> dict[str, Any]:
    """Return an app as the template draws it."""
    return {
        "app": app,
        "account": names.get(app.account_id, str(app.account_id)),
        "key": fingerprint(app.public_key) if app.public_key else None,
        "recognitions": below,
    }


def _terms(given: dict[str, str]) -> RecognitionTerms:
    """Return the terms that a form changes; an empty field changes nothing. Raises ValueError for what is no number."""
    return RecognitionTerms(
        threshold=number_in(given["threshold"]) if given["threshold"] else None,
        sample_share=number_in(given["sample_share"]) / 100 if given["sample_share"] else None,
        closed=given["closed"] == "yes" if given["closed"] else None,
    )
