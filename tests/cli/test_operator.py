"""manyeyes operator: who runs this installation."""

import asyncpg


async def sign_in(dsn: str, role: str, subject_id: int) -> None:
    """Let somebody be signed in twice."""
    db = await asyncpg.connect(dsn)
    await db.execute(
        "INSERT INTO credential (secret_hash, kind, role, subject_id, created_at, expires_at) "
        "SELECT convert_to($1 || n, 'UTF8'), 'session', $1, $2, now(), now() + interval '1 day' "
        "FROM generate_series(1, 2) AS n",
        role,
        subject_id,
    )
    await db.close()


def test_link_is_an_address_that_is_fresh_every_time(manyeyes):
    links = [manyeyes("operator", "link", "--json").json["login_url"] for _ in range(2)]
    assert all(link.startswith("http://127.0.0.1:8080/login/") for link in links)
    assert links[0] != links[1]


def test_sign_out_ends_the_sessions_of_that_role_alone(manyeyes, ann, dsn, run_async):
    worker_id = manyeyes("worker", "create", "Ada", "--json").json["worker_id"]
    for role, subject_id in (("operator", 0), ("customer", ann["account_id"]), ("worker", worker_id)):
        run_async(sign_in(dsn, role, subject_id))
    assert manyeyes("operator", "sign-out", "--json").json == {"name": "operator", "sessions": 2}
    assert manyeyes("operator", "sign-out").out == "the operator is signed out of 0 browsers\n"
    done = manyeyes("account", "sign-out", "Ann", "--json").json
    assert done == {"account_id": ann["account_id"], "sessions": 2}
    assert manyeyes("worker", "sign-out", "Ada", "--json").json == {"worker_id": worker_id, "sessions": 2}
    for arguments in (("account", "sign-out", "Nobody"), ("worker", "sign-out", "Nobody")):
        assert "there is no" in manyeyes(*arguments).complaint


def test_several_run_it_each_in_their_part(manyeyes, dsn, run_async):
    eve = manyeyes("operator", "add", "Eve", "--role", "auditor", "--json").json
    assert (eve["name"], eve["role"]) == ("Eve", "auditor")
    assert "/login/" in eve["login_url"]
    manyeyes("operator", "add", "Bob", "--role", "support")
    assert "called Eve already" in manyeyes("operator", "add", "Eve", "--role", "operator").complaint
    assert "called operator already" in manyeyes("operator", "add", "operator", "--role", "operator").complaint
    assert "one of operator, support, auditor" in manyeyes("operator", "add", "Kim", "--role", "king").complaint
    listed = manyeyes("operator", "list", "--json").json["staff"]
    assert [(each["name"], each["role"]) for each in listed] == [
        *(("operator", "operator"), ("Eve", "auditor"), ("Bob", "support"))
    ]
    assert "/login/" in manyeyes("operator", "link", "Eve").out
    assert "there is nobody Kim" in manyeyes("operator", "link", "Kim").complaint
    run_async(sign_in(dsn, "operator", eve["operator_id"]))
    assert manyeyes("operator", "sign-out", "Bob").out == "Bob is signed out of 0 browsers\n"
    assert manyeyes("operator", "remove", "Eve").out == "Eve is removed, and signed out of 2 browsers\n"
    assert "there is nobody Eve" in manyeyes("operator", "remove", "Eve").complaint
    for founder in ("operator", "0"):
        assert "the founding operator stays" in manyeyes("operator", "remove", founder).complaint
    told = manyeyes("audit", "list", "--subject", f"operator:{eve['operator_id']}", "--json").json["entries"]
    assert [each["what"] for each in told] == ["operator.remove", "operator.link", "operator.link", "operator.add"]
