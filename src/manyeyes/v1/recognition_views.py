"""Recognitions, their funnels and results as /v1 shows them."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

import msgspec

from manyeyes.apps.keys import fingerprint
from manyeyes.apps.rules import App
from manyeyes.recognitions.duration_histograms import percentile
from manyeyes.recognitions.funnel import Histogram, Stretch
from manyeyes.recognitions.results import SeenResult
from manyeyes.recognitions.rules import Label, Recognition
from manyeyes.roles.customer.recognitions import Funnel, Owned, label_name, review_outcome
from manyeyes.tasks.rules import QueueTerms, wire_id
from manyeyes.values.money import number


class LabelView(msgspec.Struct, frozen=True):
    number: int
    name: str


class RecognitionView(msgspec.Struct, frozen=True, kw_only=True):
    """``queue``: where people look at what is uncertain, empty for nowhere; ``price`` of one picture in USD."""

    task_id: str
    name: str
    recogniser: str
    labels: list[LabelView]
    threshold: float
    queue: str
    sample_share: float
    review_seconds: int
    review_url: str
    price: float
    closed: bool


class KeyView(msgspec.Struct, frozen=True):
    """The size and the SHA-256 of a public key (DER, SPKI)."""

    bits: int
    sha256: str


class AppView(msgspec.Struct, frozen=True, kw_only=True):
    """``public_key``: what the app's calls are verified with; None: none was given."""

    secret_id: str
    name: str
    medium: str
    time_zone: str
    calls_per_second: int
    suspended: bool
    public_key: KeyView | None
    recognitions: list[RecognitionView]


class RecognitionsView(msgspec.Struct, frozen=True):
    apps: list[AppView]


class ThresholdBody(msgspec.Struct, frozen=True):
    threshold: float


class ThresholdPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What a threshold would mean: ``certain_share`` of all results would be certain; of ``verdicts`` known ``errors``.

    ``upper_bound``: the most that may be wrong, with 95 in 100. ``cost_per_thousand`` pictures at most, in USD.
    """

    threshold: float
    certain_share: float
    verdicts: int
    errors: int
    upper_bound: float
    cost_per_thousand: float


class RecognitionThresholdView(msgspec.Struct, frozen=True, kw_only=True):
    """``bounds``: the lowest and the highest that the customer may choose; empty: the operator alone does."""

    threshold: float
    bounds: list[float]
    curve: list[ThresholdPoint]


class VerdictSeconds(msgspec.Struct, frozen=True):
    """From a result to what a person said, in seconds."""

    p50: float
    p95: float


class LatencyMilliseconds(msgspec.Struct, frozen=True):
    """From a call's arrival to its answer, in milliseconds."""

    p50: float
    p95: float
    p99: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The results recorded in ``[from, to)`` and what became of them by now; times are None when there are none."""

    start: datetime = msgspec.field(name="from")
    end: datetime = msgspec.field(name="to")
    results: int
    certain: int
    uncertain: int
    failed: int
    asked: int
    reviewed: int
    overturned: int
    undecided: int
    pending: int
    verdict_seconds: VerdictSeconds | None
    latency_milliseconds: LatencyMilliseconds | None


class FunnelView(msgspec.Struct, frozen=True, kw_only=True):
    """``complete_through``: every result recorded before it is counted."""

    task_id: str
    name: str
    grain: str
    tz: str
    complete_through: datetime
    total: Figures
    buckets: list[Figures]


class ResultView(msgspec.Struct, frozen=True, kw_only=True):
    """A result; ``review_task_id`` is what reportIncorrectImageCaptcha takes, None when nobody was asked.

    ``image_url``: None when nobody was asked, or it is no longer kept.
    """

    at: datetime
    name: str
    tag: str
    uid: str
    sequence_id: str
    label: int
    label_name: str
    rate: float
    threshold: float
    review: bool
    fault: str
    details: dict[str, Any] | None
    milliseconds: int
    charged: float
    review_state: str
    review_task_id: int | None
    image_url: str | None
    verdict: int | None
    verdict_name: str
    overturned: bool


class ResultsView(msgspec.Struct, frozen=True):
    """``next``: what to give as ``before`` for the page after; None when there is nothing further."""

    results: list[ResultView]
    next: str | None


def app_view(app: App, recognitions: list[Recognition], queues: Mapping[int, QueueTerms]) -> AppView:
    """Return an app with its recognitions."""
    facts = fingerprint(app.public_key) if app.public_key else None
    return AppView(
        secret_id=app.secret_id,
        name=app.name,
        medium=app.medium,
        time_zone=app.time_zone,
        calls_per_second=app.calls_per_second,
        suspended=app.suspended,
        public_key=KeyView(facts.bits, facts.sha256) if facts else None,
        recognitions=[_recognition(each, queues) for each in recognitions],
    )


def funnel_view(of: Owned, found: Funnel, grain: str, tz: str, zone: tzinfo) -> FunnelView:
    """Return a funnel, its instants written in ``zone``."""
    through = found.complete_through.astimezone(zone)
    total, parts = figures(found.total, zone), [figures(part, zone) for part in found.parts]
    return FunnelView(
        task_id=of.recognition.task_id,
        name=of.recognition.name,
        grain=grain,
        tz=tz,
        complete_through=through,
        total=total,
        buckets=parts,
    )


def figures(stretch: Stretch, zone: tzinfo) -> Figures:
    """Return the figures of a stretch of time."""
    counts = stretch.counts
    return Figures(
        start=stretch.span.start.astimezone(zone),
        end=stretch.span.end.astimezone(zone),
        results=counts.results,
        **msgspec.structs.asdict(counts),
        pending=counts.pending,
        verdict_seconds=_verdict(stretch.verdict),
        latency_milliseconds=_latency(stretch.latency),
    )


def result_view(recognition: Recognition, result: SeenResult, image_url: str | None) -> ResultView:
    """Return a result with what people said."""
    return ResultView(
        at=result.at,
        name=result.name,
        tag=result.tag,
        uid=result.uid,
        sequence_id=result.sequence_id,
        label=result.label,
        label_name=label_name(recognition, result.label),
        rate=result.rate,
        threshold=result.threshold,
        review=result.review,
        fault=result.fault,
        details=result.details,
        milliseconds=result.milliseconds,
        charged=number(result.charged_micros),
        review_state=review_outcome(result),
        review_task_id=wire_id(result.task_id) if result.task_id else None,
        image_url=image_url,
        verdict=result.verdict,
        verdict_name=label_name(recognition, result.verdict),
        overturned=result.overturned,
    )


def _recognition(recognition: Recognition, queues: Mapping[int, QueueTerms]) -> RecognitionView:
    return RecognitionView(
        task_id=recognition.task_id,
        name=recognition.name,
        recogniser=recognition.recogniser,
        labels=[_label(label) for label in recognition.labels],
        threshold=recognition.threshold,
        queue=queues[recognition.queue_id].name if recognition.queue_id in queues else "",
        sample_share=recognition.sample_share,
        review_seconds=recognition.review_seconds,
        review_url=recognition.review_url,
        price=number(recognition.price_micros),
        closed=recognition.closed,
    )


def _label(label: Label) -> LabelView:
    return LabelView(label.number, label.name)


def _verdict(times: Histogram) -> VerdictSeconds | None:
    if not any(times.values()):
        return None
    return VerdictSeconds(*(round((percentile(times, share) or 0) / 1000, 3) for share in (0.5, 0.95)))


def _latency(times: Histogram) -> LatencyMilliseconds | None:
    if not any(times.values()):
        return None
    return LatencyMilliseconds(*(round(percentile(times, share) or 0, 1) for share in (0.5, 0.95, 0.99)))
