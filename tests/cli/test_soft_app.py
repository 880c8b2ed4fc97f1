"""manyeyes soft-app: applications of developers and their shares."""

import asyncpg
import pytest

from support.action_stage import set_stage


async def earn(dsn, tasks) -> None:
    """Let another customer have tasks solved through the app 847."""
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=2)
    stage = await set_stage(pool)
    stage._number = 1_000
    customer, worker_id = await stage.account(), await stage.worker()
    for _ in range(tasks):
        await stage.solve(customer, worker_id, soft_id=847, share_percent=10)
    await pool.close()


def test_create_takes_a_free_number_or_the_one_that_clients_send(manyeyes, ann):
    assert manyeyes("soft-app", "create", "Reader", "--account", "Ann", "--soft-id", "1", "--json").json == {
        "soft_id": 1,
        "name": "Reader",
        "account_id": ann["account_id"],
    }
    assert manyeyes("soft-app", "create", "Other", "--account", "Ann", "--json").json["soft_id"] == 2
    assert manyeyes("soft-app", "create", "Library", "--account", "Ann", "--soft-id", "847").code == 0
    listed = manyeyes("soft-app", "list", "--json").json["soft_apps"]
    assert [(a["soft_id"], a["name"], a["owed"]) for a in listed] == [
        *[(1, "Reader", "0.000000"), (2, "Other", "0.000000"), (847, "Library", "0.000000")],
    ]
    assert "847" in manyeyes("soft-app", "list").out


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        *[(["Reader", "--account", "Bob"], "no account Bob"), (["\t", "--account", "Ann"], "name")],
        *[(["Reader", "--account", "Ann", "--soft-id", n], "softId") for n in ("0", "-1", "2147483648", "847")],
    ],
    ids=str,
)
def test_an_app_that_cannot_be_is_refused_and_not_there(manyeyes, ann, wrong, why):
    manyeyes("soft-app", "create", "Library", "--account", "Ann", "--soft-id", "847")
    assert why in manyeyes("soft-app", "create", *wrong).complaint
    assert [a["soft_id"] for a in manyeyes("soft-app", "list", "--json").json["soft_apps"]] == [847]


def test_pay_out_says_when_there_is_nothing_to_pay(manyeyes, ann):
    assert "no soft app 847" in manyeyes("soft-app", "pay-out", "847").complaint
    manyeyes("soft-app", "create", "Library", "--account", "Ann", "--soft-id", "847")
    assert "nothing is owed" in manyeyes("soft-app", "pay-out", "847").complaint


def test_pay_out_moves_what_is_owed_into_the_balance(manyeyes, ann, dsn, run_async):
    manyeyes("soft-app", "create", "Library", "--account", "Ann", "--soft-id", "847")
    run_async(earn(dsn, tasks=3))
    assert manyeyes("soft-app", "list", "--json").json["soft_apps"][0]["owed"] == "0.000210"
    assert manyeyes("soft-app", "pay-out", "847", "--json").json == {
        "soft_id": 847,
        "account_id": ann["account_id"],
        "paid_out": "0.000210",
    }
    assert manyeyes("account", "list", "--json").json["accounts"][0]["balance"] == "10.000210"
    assert manyeyes("soft-app", "list", "--json").json["soft_apps"][0]["owed"] == "0.000000"
    lines = manyeyes("account", "statement", "Ann", "--csv", "entry").out.splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["top_up", "share"]
    assert manyeyes("db", "check", "--json").json["difference"] == 0
