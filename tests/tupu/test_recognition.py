"""The recognition call: what is answered, what is recorded, what people are asked, and what it refuses."""

import asyncio
import io
from typing import Any, cast

import pytest
from PIL import Image

from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.pool import RecogniserAway, RecogniserBusy, RecogniserPool
from manyeyes.runtime.context import Context
from support import factories
from support.signed_customer import Shop, open_shop

PICTURE = factories.picture_bytes("one")


class Recognisers:
    """Stands in the pool's place where a test needs a recogniser that says what the test wants."""

    def __init__(self, pool, *outcomes):
        self._pool, self._outcomes, self.asked = pool, list(outcomes), []

    async def recognise(self, recogniser, model, labels, pictures, *, account: int = 0) -> list[Any]:
        self.asked.append((recogniser, model, dict(labels), len(pictures)))
        outcome = self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return list(outcome)[: len(pictures)]

    async def unfold(self, data, *, account: int = 0):
        return await self._pool.unfold(data)

    async def for_people(self, picture, *, account: int = 0):
        return await self._pool.for_people(picture)

    async def close(self) -> None:
        await self._pool.close()


def saying(shop: Shop, *outcomes) -> Recognisers:
    """Let the shop's recognisers say these things, one list per call, the last one again and again."""
    said = Recognisers(shop.context.recognisers, *outcomes)
    shop.context.recognisers = cast(RecogniserPool, said)
    return said


async def nothing_of(shop: Shop) -> bool:
    """Whether a refused call left nothing: no result, no count, no task, no charge, no kept answer."""
    tables = ("recognition_result", "recognition_day", "recognition_quarter", "recognition_call", "task", "work")
    left = [row for table in tables for row in await shop.rows(table, "cell")]
    return not left and len(await shop.rows("transfer", "cell")) == 1  # the top-up


async def test_the_answer_has_its_members_in_the_captured_order(shop: Shop):
    answer = await shop.recognise(("dir/pic.png", PICTURE))
    assert list(answer.said) == [shop.task_id, "code", "message", "nonce", "timestamp"]
    assert (answer.code, answer.said["message"]) == (0, "success")
    task = answer.said[shop.task_id]
    assert list(task) == ["reviewCount", "fileList", "statistic"]
    assert (task["reviewCount"], task["statistic"]) == (1, [1, 0, 0])
    (entry,) = task["fileList"]
    assert list(entry) == ["rate", "label", "name", "review"]
    assert entry == {"rate": 0.0, "label": 0, "name": "pic.png", "review": True}
    assert isinstance(answer.said["nonce"], str)
    assert 1e12 < answer.said["timestamp"] < 1e13


async def test_what_is_uncertain_is_recorded_charged_and_asked_of_people(context: Context, shop: Shop):
    hand = await factories.hand(context)
    await shop.recognise(("图片.png", PICTURE), tag="room 7", uid="u1", sequenceId="s1")
    (row,) = await shop.rows("recognition_result")
    assert (row["recognition_id"], row["name"], row["tag"], row["uid"], row["sequence_id"]) == (
        *(shop.recognition.recognition_id, "图片.png", "room 7"),
        *("u1", "s1"),
    )
    assert (row["label"], row["rate"], row["review"], row["charged_micros"]) == (0, 0.0, True, 100)
    (task,) = await shop.rows("task")
    assert (task["task_id"], task["kind"]) == (row["task_id"], "label_picture")
    assert (await factories.taken(context, hand)).kind == "label_picture"  # the dispatcher was woken


async def test_a_certain_result_is_nobody_s_work(shop: Shop):
    recognisers = saying(shop, [Finding(2, 0.97, {"text": "sale"})])
    answer = await shop.recognise(PICTURE)
    assert answer.files(shop.task_id) == [{"rate": 0.97, "label": 2, "name": "a.png", "review": False}]
    assert answer.said[shop.task_id]["statistic"] == [0, 0, 1]
    (row,) = await shop.rows("recognition_result")
    assert (row["review"], row["task_id"], row["details"]) == (False, 0, '{"text": "sale"}')
    assert recognisers.asked == [("people", "", {0: "normal", 1: "qr code", 2: "text"}, 1)]


async def test_a_sample_of_the_certain_is_asked_of_people_and_stays_certain(shop: Shop):
    sampled = await shop.another(sample_share=1.0)
    saying(shop, [Finding(1, 0.9)])
    answer = await shop.recognise(PICTURE)
    assert not any(file["review"] for file in answer.files(sampled.task_id) + answer.files(shop.task_id))
    assert answer.said[sampled.task_id]["reviewCount"] == 0
    (review,) = await shop.rows("recognition_review")
    assert (review["recognition_id"], review["sampled"]) == (sampled.recognition_id, True)


async def test_without_a_queue_what_is_uncertain_is_only_flagged(shop: Shop):
    lonely = await shop.another(queue_id=0, sample_share=1.0)
    answer = await shop.recognise(PICTURE, task=lonely.task_id)
    assert answer.files(lonely.task_id)[0]["review"] is True
    assert await shop.rows("task") == []


async def test_every_open_task_looks_at_every_picture_and_task_chooses(shop: Shop):
    other, closed = await shop.another(labels="0=cat,3=dog"), await shop.another(closed=True)
    answer = await shop.recognise(PICTURE, factories.picture_bytes("two"))
    assert list(answer.said)[:2] == [shop.task_id, other.task_id]
    assert closed.task_id not in answer.said
    assert answer.said[other.task_id]["statistic"] == [2, 0, 0, 0]
    chosen = await shop.recognise(PICTURE, task=[other.task_id])
    assert next(iter(chosen.said)) == other.task_id
    assert shop.task_id not in chosen.said


async def test_a_picture_that_cannot_be_recognised_is_minus_one_and_costs_nothing(shop: Shop):
    answer = await shop.recognise(PICTURE, ("b.svg", b"<svg></svg>"), ("c.png", PICTURE[:60]), ("d.png", b""))
    assert answer.code == 0
    assert [(f["name"], f["label"], f["review"]) for f in answer.files(shop.task_id)] == [
        *(("a.png", 0, True), ("b.svg", -1, False), ("c.png", -1, False), ("d.png", -1, False)),
    ]
    assert (answer.said[shop.task_id]["reviewCount"], answer.said[shop.task_id]["statistic"]) == (1, [1, 0, 0])
    rows = await shop.rows("recognition_result", "label, charged_micros, fault")
    assert sorted((row["label"], row["charged_micros"], bool(row["fault"])) for row in rows) == [
        *([(-1, 0, True)] * 3),
        (0, 100, False),
    ]


async def test_one_recogniser_s_failure_is_not_another_s(shop: Shop):
    other = await shop.another()
    saying(shop, [Failure("it killed the recogniser")], [Finding(1, 1.0)])
    answer = await shop.recognise(PICTURE)
    assert [answer.files(task_id)[0]["label"] for task_id in (shop.task_id, other.task_id)] == [-1, 1]


async def test_a_single_animation_gives_its_frames_and_among_others_its_first(shop: Shop):
    animation = make_animation(12)
    alone = await shop.recognise(("dance.gif", animation))
    assert [file["name"] for file in alone.files(shop.task_id)] == ["dance.gif"] * 10
    assert alone.said[shop.task_id]["statistic"] == [10, 0, 0]
    both = await shop.recognise(("dance.gif", animation), PICTURE)
    assert [file["name"] for file in both.files(shop.task_id)] == ["dance.gif", "a.png"]


def make_animation(frames: int) -> bytes:
    pictures = [Image.new("RGB", (40, 30), (20 * n, 0, 0)) for n in range(frames)]
    out = io.BytesIO()
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=50)
    return out.getvalue()


async def test_tags_go_with_their_pictures_and_the_last_one_fills_the_rest(shop: Shop):
    answer = await shop.recognise(PICTURE, PICTURE, PICTURE, tag=["a/b", "直播间"], sequenceId="s")
    assert [file["tag"] for file in answer.files(shop.task_id)] == ["a/b", "直播间", "直播间"]
    assert list(answer.files(shop.task_id)[0]) == ["rate", "label", "name", "review", "tag"]
    assert {row["sequence_id"] for row in await shop.rows("recognition_result")} == {"s"}
    assert "\\u76f4" in answer.inner


async def test_a_task_of_many_labels_lists_those_that_were_given(shop: Shop):
    many = await shop.another(labels=",".join(f"{n}=label {n}" for n in range(80)))
    saying(shop, [Finding(70, 1.0), Finding(3, 1.0), Finding(70, 1.0)])
    answer = await shop.recognise(PICTURE, PICTURE, PICTURE, task=many.task_id)
    assert list(answer.said[many.task_id]) == ["reviewCount", "fileList", "topNStatistic"]
    assert answer.said[many.task_id]["topNStatistic"] == [{"count": 2, "label": 70}, {"count": 1, "label": 3}]


async def test_a_recogniser_that_cannot_run_is_101_and_one_with_too_much_to_do_17(shop: Shop):
    saying(shop, RecogniserAway("/srv/models/own.toml is not there"))
    answer = await shop.recognise(PICTURE)
    assert (answer.code, list(answer.said)) == (101, ["code", "message", "nonce", "timestamp"])
    assert "/srv" not in answer.said["message"]  # where the operator keeps what is their own business
    saying(shop, RecogniserBusy("too much waits"))
    assert (await shop.recognise(PICTURE)).code == 17
    assert await nothing_of(shop)


async def test_an_empty_field_asks_for_no_task_in_particular(shop: Shop):
    assert shop.task_id in (await shop.recognise(PICTURE, task="")).said


async def test_a_balance_that_does_not_cover_all_of_a_call_refuses_all_of_it(context: Context, shop: Shop):
    poor = await open_shop(context, shop.client, "0.0015")  # a picture and its review cost 0.0008
    assert (await poor.recognise(PICTURE, PICTURE)).code == 8
    assert await poor.rows("recognition_result") == await poor.rows("work") == await poor.rows("recognition_call") == []
    assert (await poor.recognise(PICTURE)).code == 0


async def test_a_suspended_account_is_8(context: Context, shop: Shop):
    await context.cells.directory.execute("UPDATE account SET suspended = true")
    assert (await shop.recognise(PICTURE)).code == 8
    assert await nothing_of(shop)


async def test_a_full_review_queue_is_17(context: Context, shop: Shop):
    await context.cells.directory.execute("UPDATE queue SET capacity = 1 WHERE queue_id = 1")
    context.lookups.forget()
    codes = [(await shop.recognise(factories.picture_bytes(str(n)))).code for n in range(3)]
    assert set(codes) == {0, 17}


@pytest.mark.parametrize(
    "more",
    [
        {"tag": "x" * 201},
        {"uid": "x" * 201},
        {"sequenceId": "x" * 201},
        {"tag": "a\0b"},
        {"secretId": "0" * 24},
        {"referer": "http://例/"},
        {"referer": "a\r\nx: y"},
    ],
)
async def test_a_parameter_that_does_not_fit_is_15_and_named(shop: Shop, more):
    answer = await shop.recognise(PICTURE, **more)
    assert answer.code == 15
    assert next(iter(more)) in answer.said["message"]
    assert await nothing_of(shop)


async def test_a_name_that_is_endless_is_15(shop: Shop):
    assert (await shop.recognise(("x" * 2_001, PICTURE))).code == 15
    assert (await shop.recognise("http://x.example/" + "y" * 2_000)).code == 15


async def test_files_and_addresses_are_not_mixed(shop: Shop):
    assert (await shop.recognise(PICTURE, "http://x.example/a.png")).code == 15


async def test_an_app_of_another_medium_recognises_nothing(context: Context, shop: Shop):
    speech = await open_shop(context, shop.client, medium="speech")
    answer = await speech.recognise(PICTURE)
    assert (answer.code, "speech" in answer.said["message"]) == (15, True)


async def test_what_is_asked_is_judged_in_its_order(context: Context, shop: Shop):
    slow = await open_shop(context, shop.client, calls_per_second=1)
    foreign, closed = shop.task_id, await slow.another(closed=True)
    eleven = [PICTURE] * 11
    assert (await slow.recognise(*eleven, task=foreign, tag="x" * 201)).code == 15
    assert (await slow.recognise(*eleven, task=foreign)).code == 7
    assert (await slow.recognise(*eleven, task=closed.task_id)).code == 7
    assert (await slow.recognise(task=slow.task_id)).code == 3
    assert (await slow.recognise(image="")).code == 3
    assert (await slow.recognise(*eleven)).code == 19
    assert (await slow.recognise(PICTURE)).code == 0
    assert (await slow.recognise(PICTURE)).code == 17
    await context.cells.directory.execute("UPDATE recognition SET closed = true")
    context.lookups.forget()
    assert (await slow.recognise()).code == 13


async def test_ten_pictures_are_taken(shop: Shop):
    answer = await shop.recognise(*[factories.picture_bytes(str(n)) for n in range(10)])
    assert len(answer.files(shop.task_id)) == 10


async def test_the_recognisers_of_a_call_work_at_the_same_time(shop: Shop, monkeypatch):
    await shop.another()
    both = asyncio.Barrier(2)

    async def recognise(*_, account: int) -> list[Any]:
        async with asyncio.timeout(30):
            await both.wait()
        return [Finding(0, 1.0)]

    monkeypatch.setattr(saying(shop, []), "recognise", recognise)
    assert (await shop.recognise(PICTURE)).code == 0
