"""The statistics by day: the printed example, the days, and what it refuses."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from manyeyes.actions.record_recognitions import NewResult, RecordRecognition, record_recognitions
from manyeyes.apps.rules import day_in
from manyeyes.recognitions.rules import Recognition
from manyeyes.runtime.context import Context
from support.signed_customer import Shop, open_shop

PRINTED = (  # docs/contracts/tupu.md#the-printed-example: its `json` member
    '{"code":0,"data":[{"date":"2022-12-05","duration":0,"reviewDuration":0,"total":3206,"review":37,"certain":3169,'
    '"imageTotal":0,"labelStatistics":[{"label":0,"total":0,"review":0,"certain":0},{"label":1,"total":22,"review":16,'
    '"certain":6},{"label":2,"total":3184,"review":21,"certain":3163}]}],"message":"success",'
    '"nonce":0.529239971980256,"timestamp":1670836441}'
)
SEEN = {(1, True): 16, (1, False): 6, (2, True): 21, (2, False): 3163}  # label, uncertain → how many
AT = datetime(2022, 12, 5, 12, tzinfo=UTC)


async def record(shop: Shop, at: datetime, seen: dict[tuple[int, bool], int], of: Recognition | None = None) -> None:
    """Record so many results of each label, certain or not, at an instant, as calls of 100 pictures would."""
    results = []
    for (label, review), times in seen.items():
        for _ in range(times):
            number = await shop.context.id_blocks.take(shop.app.cell)
            given: dict[str, Any] = {
                "recognition": of or shop.recognition,
                "name": "a.jpg",
                "label": label,
                "review": review,
            }
            results.append(NewResult(result_id=number, rate=0.5, **given))
    for start in range(0, len(results), 100):
        call_id = await shop.context.id_blocks.take(shop.app.cell)
        command = RecordRecognition(
            cell=shop.app.cell,
            call_id=call_id,
            app=shop.app,
            triple=b"",
            digest=b"",
            answer="{}",
            results=tuple(results[start : start + 100]),
            queues={},
        )
        async with shop.context.cells.pool(shop.app.cell).acquire() as tx, tx.transaction():
            (outcome,) = await record_recognitions(tx, at, [command])
        assert outcome.answer == "{}"


def without_reviews(value: Any) -> Any:
    """The documented example has no `reviews`; the page's table has."""
    if isinstance(value, dict):
        return {name: without_reviews(part) for name, part in value.items() if name != "reviews"}
    return [without_reviews(part) for part in value] if isinstance(value, list) else value


async def test_the_printed_example_comes_out_of_3206_results(context: Context, shop: Shop):
    speech = await open_shop(context, shop.client, medium="speech")  # its imageTotal is 0, as the example's
    await record(speech, AT, SEEN)
    assert len(await speech.rows("recognition_result", "result_id")) == 3206
    answer = await speech.statistics("2022-12-05", "2022-12-05")
    said = {**without_reviews(answer.said), "nonce": 0.529239971980256, "timestamp": 1670836441}
    assert json.dumps(said, separators=(",", ":")) == PRINTED
    assert isinstance(answer.said["nonce"], float)
    assert isinstance(answer.said["timestamp"], int)
    (day,) = answer.said["data"]
    assert (list(day)[-1], day["reviews"]) == ("reviews", 37)
    assert [(list(of)[-1], of["reviews"]) for of in day["labelStatistics"]] == [
        ("reviews", 0),
        ("reviews", 16),
        ("reviews", 21),
    ]


async def test_of_pictures_all_that_came_are_counted_the_failed_ones_in_image_total_alone(shop: Shop):
    await record(shop, AT, {(0, False): 3, (1, True): 2, (-1, False): 4})
    (day,) = (await shop.statistics("2022-12-05", "2022-12-05")).said["data"]
    assert (day["total"], day["review"], day["certain"], day["imageTotal"]) == (5, 2, 3, 9)
    assert [of["label"] for of in day["labelStatistics"]] == [0, 1, 2]


async def test_days_are_dense_ascending_and_inclusive_in_the_app_s_zone(shop: Shop):
    await record(shop, datetime(2022, 12, 5, 16, 30, tzinfo=UTC), {(0, False): 1})  # half past midnight in Shanghai
    data = (await shop.statistics("2022-12-04", "2022-12-07")).said["data"]
    assert [(day["date"], day["total"]) for day in data] == [
        ("2022-12-04", 0),
        ("2022-12-05", 0),
        ("2022-12-06", 1),
        ("2022-12-07", 0),
    ]
    assert all([of["label"] for of in day["labelStatistics"]] == [0, 1, 2] for day in data)


async def test_today_is_told_and_days_to_come_are_zeros(shop: Shop):
    now = datetime.now(UTC)
    await record(shop, now, {(2, True): 7})
    today = day_in(shop.app.time_zone, now)
    data = (await shop.statistics(today.isoformat(), (today + timedelta(days=30)).isoformat())).said["data"]
    assert [(day["total"], day["review"]) for day in data] == [(7, 7)] + [(0, 0)] * 30


async def test_another_task_of_the_app_changes_nothing(shop: Shop):
    other = await shop.another(labels="3=cat,9=dog")
    await record(shop, AT, {(1, True): 2})
    await record(shop, AT, {(9, False): 5}, other)
    (day,) = (await shop.statistics("2022-12-05", "2022-12-05")).said["data"]
    assert day["total"] == 2
    (day,) = (await shop.statistics("2022-12-05", "2022-12-05", taskId=other.task_id)).said["data"]
    assert [(of["label"], of["total"]) for of in day["labelStatistics"]] == [(3, 0), (9, 5)]


async def test_a_label_that_was_counted_is_listed_though_the_task_has_it_no_longer(shop: Shop):
    await record(shop, AT, {(7, False): 1})
    (day,) = (await shop.statistics("2022-12-05", "2022-12-05")).said["data"]
    assert [(of["label"], of["total"]) for of in day["labelStatistics"]] == [(0, 0), (1, 0), (2, 0), (7, 1)]
    assert day["total"] == 1


async def test_a_closed_task_still_tells_what_it_counted(shop: Shop):
    closed = await shop.another(closed=True)
    assert (await shop.statistics("2022-12-05", "2022-12-05", taskId=closed.task_id)).code == 0


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2022-12-05", "2022-12-04"),
        ("2022-1-5", "2022-12-05"),
        ("20221205", "2022-12-05"),
        ("2022-12-05", "2022-12-05T00:00"),
        ("2022-02-30", "2022-12-05"),
        ("2022-12-05", "٢٠٢٢-١٢-٠٥"),
        ("yesterday", "2022-12-05"),
        ("", "2022-12-05"),
        (None, "2022-12-05"),
        ("2022-12-05", None),
        ("2021-01-01", "2022-01-02"),  # 367 days
    ],
)
async def test_days_that_do_not_fit_are_15(shop: Shop, start, end):
    answer = await shop.statistics(start, end)
    assert answer.code == 15
    assert "Date" in answer.said["message"] or "days" in answer.said["message"]


async def test_366_days_are_told(shop: Shop):
    assert len((await shop.statistics("2020-01-01", "2020-12-31")).said["data"]) == 366


async def test_a_task_that_is_absent_is_15_and_a_foreign_one_7(context: Context, shop: Shop):
    other = await open_shop(context, shop.client)
    assert (await shop.statistics("2022-12-05", "2022-12-05", taskId=None)).code == 15
    assert (await shop.statistics("2022-12-05", "2022-12-05", taskId="")).code == 15
    assert (await shop.statistics("2022-12-05", "2022-12-05", taskId="0" * 24)).code == 7
    foreign = await shop.statistics("2022-12-05", "2022-12-05", taskId=other.task_id)
    assert foreign.code == 7
    assert list(foreign.said) == ["code", "message", "nonce", "timestamp"]
    assert isinstance(foreign.said["nonce"], float)


async def test_parameters_come_before_the_task_and_the_task_before_the_rate(context: Context, shop: Shop):
    slow = await open_shop(context, shop.client, calls_per_second=1)
    assert (await slow.statistics("2022-12-05", "2022-12-05")).code == 0
    assert (await slow.statistics("2022-12-05", "2022-12-05", taskId="0" * 24)).code == 7
    assert (await slow.statistics("x", "2022-12-05", taskId="0" * 24)).code == 15
    assert (await slow.statistics("2022-12-05", "2022-12-05")).code == 17


async def test_the_call_may_come_as_a_form_too(shop: Shop):
    body = {**shop.triple(), "startDate": "2022-12-05", "endDate": "2022-12-05", "taskId": shop.task_id}
    reply = await shop.client.post(f"/v3/management/statistics/secret-task/{shop.sid}", data=body)
    assert '\\"code\\":0' in reply.text
