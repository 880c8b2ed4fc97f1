"""What the client's verbs send, and what replies become, without a server."""

import base64
import json
from datetime import UTC, datetime

import pytest

from manyeyes_client import errors, requests
from manyeyes_client.calls import CREATE_TASK, TASKS
from manyeyes_client.money_messages import Balance

QUESTION = {"kind": "number", "words": "What does the meter show?"}
NAMES = ("queue", "terms", "external_id", "comment", "callback_url", "truth")
NOTHING_ELSE = dict.fromkeys((*NAMES, "key"))


def test_a_task_says_what_is_given_and_nothing_else():
    request = requests.create_task(b"picture", QUESTION, **{**NOTHING_ELSE, "terms": requests.terms(life=3600)}, wait=0)
    assert (request.method, request.target) == ("POST", "/v1/tasks")
    assert json.loads(request.body) == {
        "picture": base64.b64encode(b"picture").decode(),
        "question": QUESTION,
        "terms": {"life": 3600},
    }
    assert "Prefer" not in request.headers


def test_terms_say_what_is_given():
    assert requests.terms() is None
    sure = requests.terms(wrong_at_most=0.05, answers_at_most=7, price_at_most="0.004", uncertain="review")
    assert sure == {"wrong_at_most": 0.05, "answers_at_most": 7, "price_at_most": "0.004", "uncertain": "review"}


@pytest.mark.parametrize("share", [float("nan"), float("inf")])
def test_a_share_that_is_no_number_is_never_sent_as_none(share: float):
    with pytest.raises(errors.WrongSettings, match="wrong_at_most"):
        requests.terms(wrong_at_most=share)


def test_a_post_has_a_key_of_its_own_or_the_callers():
    one, two = [requests.build(CREATE_TASK, dict, body={}) for _ in range(2)]
    assert one.headers["Idempotency-Key"] != two.headers["Idempotency-Key"]
    assert requests.build(CREATE_TASK, dict, body={}, key="mine").headers["Idempotency-Key"] == "mine"
    assert "Idempotency-Key" not in requests.balance().headers


def test_a_query_is_written_as_the_wire_wants_it():
    request = requests.tasks(since=datetime(2026, 3, 1, tzinfo=UTC), state=None, limit=5)
    assert request.target == "/v1/tasks?since=2026-03-01T00%3A00%3A00%2B00%3A00&limit=5"
    with pytest.raises(TypeError, match="takes no colour"):
        requests.build(TASKS, dict, query={"colour": "red"})


def test_a_key_of_an_upload_cannot_leave_its_place():
    assert requests.upload_state(5, "../../tasks?a").target == "/v1/jobs/5/uploads/..%2F..%2Ftasks%3Fa"


@pytest.mark.parametrize(("wait", "sent"), [(0.4, "wait=1"), (7.9, "wait=7"), (600, "wait=60")])
def test_a_wait_is_whole_seconds_and_at_most_a_minute(wait: float, sent: str):
    assert requests.task(3, wait=wait).headers["Prefer"] == sent
    assert requests.task(3, wait=wait).wait <= 60


@pytest.mark.parametrize(
    ("status", "refusal", "kind"),
    [
        (400, "unreadable", errors.Unreadable),
        (401, "unknown_key", errors.UnknownKey),
        (403, "scope_missing", errors.NotAllowed),
        (404, "unknown_task", errors.NotFound),
        (409, "key_reused", errors.KeyReused),
        (409, "job_not_draft", errors.Conflict),
        (422, "bad_items", errors.BadItems),
        (422, "answer_unfit", errors.Unfit),
        (429, "too_many_waits", errors.TooMany),
        (500, "failed", errors.ServerFailed),
        (418, "teapot", errors.ProblemError),
    ],
)
def test_a_no_is_an_exception_of_its_kind_with_all_that_was_said(status: int, refusal: str, kind: type):
    told: dict[str, object] = {
        "type": f"https://x/docs/problems#{refusal}",
        "detail": "why",
        "refusal": refusal,
        "reason": "why",
    }
    told["errors"] = [{"line": 31407, "pointer": "/picture", "detail": "no picture"}]
    with pytest.raises(errors.ProblemError) as caught:
        requests.balance().parse(status, json.dumps(told).encode())
    no = caught.value
    assert type(no) is kind
    assert (no.status, no.reason, no.detail, str(no)) == (status, refusal, "why", "why")
    assert no.errors == (errors.Fault("no picture", "/picture", 31407),)


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[]", b'{"errors": 3}'])
def test_a_no_that_no_manyeyes_wrote_is_one_all_the_same(body: bytes):
    with pytest.raises(errors.ServerFailed, match="answered 502"):
        requests.balance().parse(502, body)


def test_a_reply_that_is_none_is_said_so_and_new_members_are_no_matter():
    with pytest.raises(errors.ManyeyesError, match="GET /v1/balance"):
        requests.balance().parse(200, b"<html>")
    found = requests.balance().parse(200, b'{"available": "1.500000", "held": "0.000000", "later": 1}')
    assert isinstance(found, Balance)
    assert str(found.available) == "1.500000"
