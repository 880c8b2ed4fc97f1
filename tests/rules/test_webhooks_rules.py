"""When a result is sent again, how it is signed, and who is served first."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from manyeyes.webhooks import rules
from manyeyes.webhooks.rules import DeliveryState, Due, RetryDecision, TryResponse, judge, pick, retry_after_seconds

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = 86_400


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_a_delivery(status):
    assert judge(TryResponse(status), 1, NOW, 0.5) == RetryDecision(DeliveryState.DELIVERED)
    assert judge(TryResponse(status), rules.MOST_TRIES, NOW, 0.5).state is DeliveryState.DELIVERED


@pytest.mark.parametrize("status", [100, 301, 302, 307, 400, 401, 404, 408, 409, 418, 429, 500, 502, 503, 599])
def test_every_other_answer_is_tried_again_and_said(status):
    verdict = judge(TryResponse(status), 1, NOW, 0.0)
    assert (verdict.state, verdict.wait_seconds) == (DeliveryState.WAITING, 5)
    assert str(status) in verdict.fault


def test_a_redirect_is_said_to_be_one():
    assert judge(TryResponse(302), 1, NOW, 0.0).fault == (
        "the receiver answered 302, a redirect; redirects are not followed"
    )


@pytest.mark.parametrize("answer", [TryResponse(410), TryResponse(fault="no such place", is_final=True)])
def test_some_answers_end_it_at_once(answer):
    verdict = judge(answer, 1, NOW, 0.0)
    assert verdict.state is DeliveryState.GIVEN_UP
    assert verdict.fault


def test_ten_tries_go_over_three_days_and_the_tenth_failure_ends_it():
    at, instants = 0.0, [0.0]
    for tries in range(1, 10):
        verdict = judge(TryResponse(fault="nobody there"), tries, NOW, 0.0)
        assert verdict.state is DeliveryState.WAITING
        at += verdict.wait_seconds
        instants.append(at)
    assert judge(TryResponse(fault="nobody there"), 10, NOW, 0.0) == RetryDecision(
        DeliveryState.GIVEN_UP, fault="nobody there"
    )
    assert len(instants) == 10
    assert 3 * DAY < instants[-1] < 3.2 * DAY
    assert any(2 * DAY < instant < 2.5 * DAY for instant in instants)


@given(st.integers(1, 9), st.floats(0, 1))
def test_jitter_makes_a_wait_at_most_a_tenth_shorter(tries, chance):
    wait = judge(TryResponse(500), tries, NOW, chance).wait_seconds
    assert 0.9 * rules.WAITS_SECONDS[tries - 1] <= wait <= rules.WAITS_SECONDS[tries - 1]


@pytest.mark.parametrize(
    ("status", "asked", "waits"),
    [
        *[(429, "60", 60), (503, "60", 60), (429, "2", 5), (429, "", 5), (429, "soon", 5), (500, "60", 5)],
        *[(429, "999999999999", DAY), (503, "Sun, 22 Nov 2026 12:10:00 GMT", 600)],
        (503, "Sun, 22 Nov 2026 11:00:00 GMT", 5),
    ],
)
def test_retry_after_is_honoured_within_the_schedule(status, asked, waits):
    assert judge(TryResponse(status, asked), 1, NOW, 0.0).wait_seconds == waits


@pytest.mark.parametrize(
    "value",
    [
        *("", "-5", "1.5", "٣", "x" * 5_000, "Sun, 99 Nov 2026 12:10:00 GMT", "9" * 400),
        *("1 Jan 99999999999 1:1:1", "Fri, 01 Jan 2027 00:00:00 +99999999999999999999"),
        *(
            "Thu, 1 Jan 1 0:0:" + "9" * 400 + " GMT",
            "Mon, 01 Jan 0001 00:00:00 +2359",
            "Fri, 31 Dec 9999 23:59:59 -2359",
        ),
    ],
)
def test_a_strange_retry_after_breaks_nothing(value):
    assert retry_after_seconds(value, NOW) >= 0


def test_the_published_example_is_signed_as_it_is_printed():
    """The example that the specification's libraries share: a secret, a message and its signature."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    signed = rules.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', at, [key])
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert (signed["webhook-id"], signed["webhook-timestamp"]) == ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330")


@given(st.binary(min_size=32, max_size=32), st.integers(1, 9), st.integers(1, 2**53), st.integers(1, 2**40))
def test_the_published_library_verifies_what_we_sign(key, cell, account_id, task_id):
    value = rules.secret(key, cell, account_id, 0)
    older = rules.secret(key, cell, account_id, 1)
    body = b'{"errorId":0,"taskId":7}'
    signed = rules.headers(rules.message_id(cell, task_id), body, datetime.now(UTC), [older, value])
    for known in (value, older):
        assert Webhook(rules.shown_secret(known)).verify(body, signed) == {"errorId": 0, "taskId": 7}


@given(st.binary(min_size=32, max_size=32), st.tuples(st.integers(1, 9), st.integers(1, 99), st.integers(0, 9)))
def test_secrets_differ_by_installation_account_and_generation(key, whose):
    cell, account_id, generation = whose
    others = [
        (cell + 1, account_id, generation),
        (cell, account_id + 1, generation),
        (cell, account_id, generation + 1),
    ]
    value = rules.secret(key, *whose)
    assert len(value) == 32
    assert value not in [rules.secret(key, *other) for other in others]
    assert value != rules.secret(key + b"x", *whose)


@pytest.mark.parametrize(
    ("generation", "rotated", "signing"),
    [(0, None, [0]), (1, 0, [1, 0]), (3, DAY - 1, [3, 2]), (3, DAY, [3])],
)
def test_the_previous_secret_signs_for_a_day(generation, rotated, signing):
    rotated_at = None if rotated is None else NOW - timedelta(seconds=rotated)
    assert rules.signing_generations(generation, rotated_at, NOW) == signing


def due(task_id, account_id=1, receiver="a:443", seconds=0) -> Due:
    return Due(task_id, account_id, receiver, NOW + timedelta(seconds=seconds))


def test_the_oldest_due_goes_first():
    assert pick([due(1, seconds=2, receiver="a"), due(2, seconds=1, receiver="b"), due(3, receiver="c")], [], 2) == [
        3,
        2,
    ]


def test_no_receiver_takes_more_than_its_part():
    many = [due(n) for n in range(1, 30)] + [due(99, receiver="b:443", seconds=9)]
    picked = pick(many, [(1, "a:443")], 64)
    assert picked == [*range(1, rules.AT_ONCE_PER_RECEIVER), 99]
    assert pick(many, [(1, "a:443")] * rules.AT_ONCE_PER_RECEIVER, 64) == [99]


def test_no_account_takes_more_than_its_part_however_many_receivers_it_names():
    many = [due(n, receiver=f"{n}.example:443") for n in range(1, 60)] + [due(99, account_id=2, seconds=9)]
    assert pick(many, [], 64) == [*range(1, rules.AT_ONCE_PER_ACCOUNT + 1), 99]


def test_no_account_takes_the_mail_server_from_the_others():
    mail = [due(n, receiver="mail server 1") for n in range(1, 9)]
    mail += [due(n, 2, "mail server 2", seconds=9) for n in range(11, 19)]
    mail += [due(99, 3, "mail server 3", seconds=10)]
    assert pick(mail, [], 64) == [1, 11, 99, 2]
    assert pick(mail, [(1, "mail server 1")] * 2 + [(2, "mail server 2")], 64) == [99]
    assert pick(mail, [(1, "mail server 1")] * 2, 64) == [11, 99]
    assert pick([each for each in mail if each.account_id == 1], [], 64) == [1, 2]
    assert pick(mail, [(n, f"mail server {n}") for n in range(5, 9)], 64) == []


def test_no_more_is_taken_than_there_is_room():
    assert pick([due(n, receiver=str(n)) for n in range(1, 9)], [], 3) == [1, 2, 3]
    assert pick([due(1)], [], 0) == []


@pytest.mark.parametrize(
    ("url", "receiver", "is_address"),
    [
        ("https://Example.com/a?b=c", "example.com:443", False),
        ("http://example.com:8080", "example.com:8080", False),
        ("http://127.0.0.1/x", "127.0.0.1:80", True),
        ("https://[::1]:8443/", "::1:8443", True),
        ("https://[", "https://[", True),
        ("mailto:ann@shop.example", "mail server 7", True),
    ],
)
def test_a_receiver_is_a_host_and_a_port(url, receiver, is_address):
    assert (rules.receiver_of(url, 7), rules.is_spelt_as_address(url)) == (receiver, is_address)
