"""/v1/recognitions: an account's apps, and results page by page, narrowed to what one looks for."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from manyeyes.accounts.rules import digest, new_token
from manyeyes.recognitions.rules import FAILED, ReviewState
from manyeyes.roles.sign_in import COOKIE
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject
from support import factories
from support.in_process_client import Client
from support.recognition_requests import funnel, get, results
from support.recognition_results import Sighting, open_app, record, some

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "v1"
START, END = datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC)
# FINGERPRINT is what `openssl pkey -pubin -outform DER | openssl dgst -sha256` says of it.
PEM = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyOlgqUFrGSuw38z2CaGO
ttnOPNrjpjL7n/n238Y/oBUoIqJU2+iyBOhBGDWutR6cVdKqU+KUK+78hsE7LZ2Z
oKh6327nH79BkI2YKiJgFKjpTb0KBhPy/dB7hC9vntMnAuw/XYqwqHqlMTYm4iwU
Uoy8YnGeuxSMVXsfUG1hytg2UpqkcNzECkxQISxppICt9dKTFkMXyJ7FL72d6Azd
9Rn34hcR1PofoifRsszHodgawv4Q6IQr5MBtmlhE7qJN31TAzPoGUkCtoiueCpB1
CzV6ecEOKEEZZlLMLYh9YJR8BQvCudSn79ZgSjyuQvnNNREcTIauGOUNKARtp7Xk
YwIDAQAB
-----END PUBLIC KEY-----
"""
FINGERPRINT = "d1ce764a0666f85b1e5ba971c5d2e32b2a0485467b59785fcc0c079dee7fb2e5"


async def test_results_are_paged_newest_first_and_none_is_left_out(client: Client, customer: factories.Customer, seen):
    app, recognition = seen
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)  # many share an instant: a batch is one transaction
    sightings = [Sighting(at=at + timedelta(seconds=n // 7), name=f"{n}.png") for n in range(40)]
    await record(client.context, app, recognition, sightings)
    names, before = [], ""
    while True:
        page = await results(client, customer, recognition, limit=6, before=before)
        names += [result["name"] for result in page["results"]]
        if page["next"] is None:
            break
        before = page["next"]
    assert names == [f"{n}.png" for n in reversed(range(40))]


async def test_a_result_says_what_was_seen_and_what_a_person_said(client: Client, customer: factories.Customer, seen):
    app, recognition = seen
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    known: dict[str, Any] = {"label": 1, "rate": 0.5, "review": True, "tag": "shop", "uid": "u1", "name": "a.png"}
    sightings = [
        Sighting(at=at, **known, state=ReviewState.DECIDED, verdict=2),
        Sighting(at=at, label=FAILED, rate=0.0, fault="it ends too early"),
        Sighting(at=at, **known, state=ReviewState.DECIDED, verdict=2, refuted=True),
        Sighting(at=at, **known, state=ReviewState.OPEN),
        Sighting(at=at, label=1, rate=0.0, review=True, state=ReviewState.DECIDED, verdict=-2),
    ]
    await record(client.context, app, recognition, sightings)
    by_people, waiting, refuted, failed, overturned = (await results(client, customer, recognition))["results"]
    assert overturned == {
        "at": "2026-11-01T12:00:00Z",
        **known,
        "sequence_id": "",
        "label_name": "qr code",
        "threshold": 0.75,
        "fault": "",
        "details": None,
        "milliseconds": 80,
        "charged": 0.0,
        "review_state": "decided",
        "review_task_id": overturned["review_task_id"],
        "image_url": None,  # no task is behind it here
        "verdict": 2,
        "verdict_name": "text",
        "overturned": True,
    }
    assert 0 < overturned["review_task_id"] < 2**31
    assert (failed["label"], failed["label_name"], failed["fault"]) == (FAILED, "", "it ends too early")
    assert (failed["review_state"], failed["review_task_id"], failed["verdict"]) == ("none", None, None)
    assert (refuted["review_state"], refuted["overturned"]) == ("refuted", False)
    assert (waiting["review_state"], waiting["verdict"]) == ("open", None)
    assert (by_people["verdict_name"], by_people["overturned"]) == ("not for us", False)  # no opinion to overturn


async def test_filters_find_what_they_name_however_far_back(
    client: Client, customer: factories.Customer, seen, monkeypatch
):
    monkeypatch.setattr("manyeyes.recognitions.results.LOOKED_AT", 50)
    app, recognition = seen
    sightings = some(random.Random(11), 300, START, END)
    await record(client.context, app, recognition, sightings)
    for query, fits in [
        ({"review": "true"}, lambda s: s.review),
        ({"review": "false"}, lambda s: not s.review),
        ({"label": "1"}, lambda s: s.label == 1),
        ({"label": "-1"}, lambda s: s.label == FAILED),
        ({"label": "77"}, lambda s: False),
        ({"overturned": "true"}, lambda s: s.is_overturned),
        ({"overturned": "false", "label": "2"}, lambda s: s.label == 2 and not s.is_overturned),
    ]:
        found: list[dict[str, Any]] = []
        before, pages = "", 0
        while before is not None:
            page = await results(client, customer, recognition, limit=20, before=before, **query)
            found, before, pages = found + page["results"], page["next"], pages + 1
        wanted = sorted((s.at for s in sightings if fits(s)), reverse=True)
        assert [datetime.fromisoformat(result["at"]) for result in found] == wanted, query
        assert pages >= 6  # none looked at more than fifty


@pytest.mark.parametrize(
    "query",
    [
        *({"limit": "many"}, {"limit": "²"}, {"before": "yesterday"}, {"before": "99999999999999999_1"}),
        *({"before": "1_²"}, {"review": "maybe"}, {"overturned": "1"}, {"label": "cat"}, {"label": "1e3"}),
    ],
)
async def test_an_unreadable_question_about_results_is_refused(
    client: Client, customer: factories.Customer, seen, query
):
    reply = await get(client, customer, f"/v1/recognitions/{seen[1].task_id}/results", **query)
    assert (reply.status_code, reply.json()["refusal"]) == (400, "unreadable")


async def test_the_reference_shows_what_really_comes(client: Client, customer: factories.Customer, seen):
    app, recognition = seen
    await record(client.context, app, recognition, some(random.Random(2), 60, START, END))
    text = (PAGES / "recognitions.md").read_text("utf-8")
    examples = [json.loads(part.split("```")[0]) for part in text.split("```json\n")[1:]]
    shown = [each for each in examples if "curve" not in each]  # nobody judged here; test_shown_replies.py has it
    query = {"from": START.isoformat(), "to": END.isoformat()}
    real = [
        (await get(client, customer)).json(),
        await funnel(client, customer, recognition, **query),
        await results(client, customer, recognition, limit=2),
    ]
    for example, reply in zip(shown, real, strict=True):
        assert example.keys() == reply.keys()
        for one, other in zip(*(_first_of_lists(each) for each in (example, reply)), strict=True):
            assert one.keys() == other.keys()


def _first_of_lists(reply) -> list[Any]:
    return [value[0] for value in reply.values() if isinstance(value, list)]


async def test_apps_and_recognitions_of_the_account(client: Client, customer: factories.Customer, seen):
    await open_app(client.context, await factories.customer(client.context), name="somebody else's")
    empty = await open_app(client.context, customer, name="Forum", public_key=PEM, suspended=True, time_zone="UTC")
    first, second = (await get(client, customer)).json()["apps"]
    assert (first["secret_id"], first["name"], first["public_key"]) == (seen[0].secret_id, "Market place", None)
    [recognition] = first["recognitions"]
    assert recognition == {
        "task_id": seen[1].task_id,
        "name": "Advertising",
        "recogniser": "advertising",
        "labels": [
            {"number": number, "name": name}
            for number, name in ((-2, "not for us"), (0, "normal"), (1, "qr code"), (2, "text"))
        ],
        "threshold": 0.9,
        "queue": "English ImageToText",
        "sample_share": 0.02,
        "review_seconds": 86400,
        "review_url": "",
        "price": 0.0,
        "closed": False,
    }
    assert second == {
        "secret_id": empty.secret_id,
        "name": "Forum",
        "medium": "image",
        "time_zone": "UTC",
        "calls_per_second": 50,
        "suspended": True,
        "public_key": {"bits": 2048, "sha256": FINGERPRINT},
        "recognitions": [],
    }


async def test_the_consoles_session_signs_in(client: Client, customer: factories.Customer, seen):
    secret = new_token()
    async with client.context.cells.directory.acquire() as db:
        subject = Subject("customer", customer.account_id, customer.cell)
        await workers.insert_credential(db, digest(secret), "session", subject, 3600.0)
    reply = await client.get("/v1/recognitions", headers={"cookie": f"{COOKIE}={secret}"})
    assert [app["secret_id"] for app in reply.json()["apps"]] == [seen[0].secret_id]
