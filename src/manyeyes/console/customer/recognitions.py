"""/customer/recognitions: an account's apps, and what became of the pictures of one recognition."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from babel.support import Translations
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.store import AccountPlace
from manyeyes.apps.keys import fingerprint
from manyeyes.apps.rules import App, zone
from manyeyes.console.customer.day_range import MOST_DAYS, PRESETS, Days, asked_days, last_days
from manyeyes.console.customer.recognition_charts import day_lines, drawings, label_lines, series_of
from manyeyes.console.customer.recognition_funnel import bands, times, unexplained
from manyeyes.console.customer.result_downloads import MOST_RESULTS, has_parquet
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.connect import origin_of
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.recognitions.funnel import Counts
from manyeyes.recognitions.results import Filter, SeenResult
from manyeyes.recognitions.rules import FAILED, Label, Recognition
from manyeyes.recognitions.time_spans import Span
from manyeyes.roles.customer.recognitions import (
    Owned,
    apps_of,
    complained,
    days_now,
    label_name,
    owned,
    period_of,
    pictures_of,
    results_of,
    review_outcome,
)
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
from manyeyes.values.refusals import Refusal

PATH = "/customer/recognitions"
PAGE_RESULTS = 25
SHOWN = {
    "": (mark("All"), Filter()),
    "uncertain": (mark("Uncertain"), Filter(review=True)),
    "overturned": (mark("Overturned"), Filter(overturned=True)),
    "failed": (mark("Failed"), Filter(label=FAILED)),
}
FIRST_CALL = """\
curl -s {origin}/v3/recognition/{secret_id} \
    -H 'X-API-Key: YOUR_CLIENT_KEY' -F task={task_id} -F image=@picture.png"""

# Where each official client keeps its host and the key that it verifies answers with (docs/contracts/tupu.md#trust).
CLIENTS = (
    ("Python", "url=", "TUPU_PUBLIC_KEY"),
    ("Java", "requestUrl", "SignatureAndVerifyUtil.publicKeyString"),
    ("Go", "NewHandlerWithURL()", "LoadTupuPublicKey()"),
    ("Node.js", "domain", "lib/tupu_public_key.pem"),
    ("PHP", "apiUrl", "_getTupuPublicKey()"),
    ("C++", "apiUrl", "read_tupu_pubkey()"),
)


class RecognitionPages:
    """A customer's pages about what was recognised."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/recognitions: the account's apps with their recognitions and today's counts."""
        found = await apps_of(self._context, place)
        today = await days_now(self._context, found, datetime.now(UTC))
        return render(
            request,
            "customer/recognitions.html",
            person=place.name,
            apps=[_app(app, below, today) for app, below in found],
            queues=await self._context.lookups.queues(),
            account_id=place.account_id,
            public_key=self._context.signer.public_key,
            key_address=f"{origin_of(request)}/v3/public-key",
            host=request.headers.get("host", ""),
            clients=CLIENTS,
        )

    @for_customers
    async def show_one(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/recognitions/{task_id}?from=&to=&show=&before=: one recognition over some days."""
        of = await owned(self._context, place, request.path_params["task_id"])
        if isinstance(of, Refusal):
            return render(request, "shared/missing.html", status=404, person=place.name)
        days = asked_days(request.query_params, zone(of.app.time_zone), datetime.now(UTC))
        page = await self._results(request, of, days.span(zone(of.app.time_zone)))
        if page is None:  # an address that somebody changed: the list from its beginning
            return RedirectResponse(f"{PATH}/{of.recognition.task_id}", status_code=303)
        return await self._render(request, place, of, days, page)

    async def _render(
        self, request: Request, place: AccountPlace, of: Owned, days: Days, page: tuple[list[dict[str, Any]], str]
    ) -> Response:
        language = look_of(request).language
        translations = catalogue(language)
        period = await period_of(self._context, of, days.first, days.last, days.span(zone(of.app.time_zone)))
        series = series_of(of.recognition, period.counts, translations)
        lines = day_lines(days, period.counts, series)
        queues = await self._context.lookups.queues()
        shown = request.query_params.get("show", "")
        results, following = page
        return render(
            request,
            "customer/recognition.html",
            person=place.name,
            app=of.app,
            recognition=of.recognition,
            queue=queues[of.recognition.queue_id].name if of.recognition.queue_id in queues else "",
            days=days,
            most_days=MOST_DAYS,
            presets=_presets(of, days),
            series=series,
            lines=lines,
            labels=label_lines(of.recognition, period.counts, series),
            drawings=drawings(lines, series, language),
            counts=period.total.counts,
            bands=bands(period.total.counts, translations),
            times=times(period.total),
            unexplained=unexplained(lines, period.total.counts),
            results=results,
            is_known=bool(results or period.total.counts.results or await self._has_results(of)),
            shown=shown if shown in SHOWN else "",
            pills=[
                (code, translations.ugettext(word), _address(of, days, show=code)) for code, (word, _) in SHOWN.items()
            ],
            older=_address(of, days, show=shown, before=following) if following else "",
            downloads=_downloads(of, days),
            most_results=MOST_RESULTS,
            first_call=FIRST_CALL.format(
                origin=origin_of(request), secret_id=of.app.secret_id, task_id=of.recognition.task_id
            ),
        )

    async def _results(self, request: Request, of: Owned, within: Span) -> tuple[list[dict[str, Any]], str] | None:
        """Return a page of results as the template draws them and where the next page begins.

        None for a ``before`` that cannot be read.
        """
        query = request.query_params
        _, wanted = SHOWN.get(query.get("show", ""), SHOWN[""])
        page = await results_of(
            self._context, of, wanted=wanted, limit=PAGE_RESULTS, before=query.get("before", ""), within=within
        )
        if isinstance(page, Refusal):
            return None
        results, following = page
        reported = await complained(self._context, of, [each.task_id for each in results if each.task_id])
        pictures = await pictures_of(self._context, of, results)
        addresses = {number: each.customers_path(self._context.pictures) for number, each in pictures.items()}
        translations = catalogue(look_of(request).language)
        return [_result(each, of, reported, addresses, translations) for each in results], following

    async def _has_results(self, of: Owned) -> bool:
        """Tell whether anything was ever recognised."""
        page = await results_of(self._context, of, wanted=Filter(), limit=1)
        return not isinstance(page, Refusal) and bool(page[0])


def _app(app: App, below: Sequence[Recognition], today: dict[int, Counts]) -> dict[str, Any]:
    """Return an app as the template draws it."""
    return {
        "app": app,
        "key": fingerprint(app.public_key) if app.public_key else None,
        "recognitions": [(each, _labels(each), today.get(each.recognition_id, Counts())) for each in below],
    }


def _labels(recognition: Recognition) -> list[Label]:
    """Return the recogniser's labels, then those that only people give."""
    return sorted(recognition.labels, key=lambda label: (label.number < 0, abs(label.number)))


def _presets(of: Owned, days: Days) -> list[tuple[int, str, bool]]:
    """Return (number of days, address, whether it is the one shown) for each offered range of days."""
    today = datetime.now(UTC).astimezone(zone(of.app.time_zone)).date()
    found = [(number, last_days(number, today)) for number in PRESETS]
    return [(number, _address(of, each), (each.first, each.last) == (days.first, days.last)) for number, each in found]


def _address(of: Owned, days: Days, **more: str) -> str:
    return days.address(f"{PATH}/{of.recognition.task_id}", **more)


def _downloads(of: Owned, days: Days) -> list[tuple[str, str]]:
    kinds = [("CSV", "csv"), *([("Parquet", "parquet")] if has_parquet() else [])]
    return [(name, days.address(f"{PATH}/{of.recognition.task_id}/results.{ending}")) for name, ending in kinds]


def _result(
    result: SeenResult, of: Owned, reported: set[int], pictures: Mapping[int, str], translations: Translations
) -> dict[str, Any]:
    """Return a result as the template draws it.

    ``task``: whoever was asked about it, 0 for nobody; ``complaint``: the same by its wire id, 0 without a complaint.
    """
    head, _, tail = result.name.rpartition("/") if "://" in result.name else ("", "", result.name)
    look, words = PEOPLE["overturned" if result.overturned else review_outcome(result)]
    return {
        "at": result.at.astimezone(zone(of.app.time_zone)),
        "name": result.name,
        "short": tail,
        "where": " · ".join(part for part in (head.partition("://")[2], result.tag) if part),
        "label": result.label,
        "label_name": label_name(of.recognition, result.label),
        "rate": result.rate,
        "fault": result.fault,
        "review": result.review,
        "look": look,
        "said": translations.ugettext(words) if words else "",
        "verdict": label_name(of.recognition, result.verdict),
        "task": result.task_id,
        "image_url": pictures.get(result.task_id, ""),
        "complaint": wire_id(result.task_id) if result.task_id in reported else 0,
    }


# What became of asking a person: its dot in reading_pages.css, and words where there is no verdict to show.
PEOPLE = {
    "none": ("", ""),
    "open": ("waiting", mark("Waiting for a person")),
    "decided": ("solved", mark("Upheld")),
    "overturned": ("unsolvable", mark("Overturned")),
    "undecided": ("undecided", mark("Undecided")),
    "refuted": ("undecided", mark("Verdict refuted")),
}
