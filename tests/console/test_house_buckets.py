"""/operator/accounts/<id>: an account's buckets are kept, listed without their secrets, forgotten."""

from manyeyes.roles.customer.buckets import buckets_of
from support import factories
from support.house_visits import led_to, send, sign_in
from support.in_process_client import Client

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
NEW = {"name": "receipts", "endpoint": "https://s3.example.com", "region": "eu-1", "access_key": "AKIDEXAMPLE"}
NEW |= {"secret": SECRET}


async def test_a_bucket_is_kept_listed_without_its_secret_and_forgotten(client: Client):
    customer = await factories.customer(client.context)
    path = f"/operator/accounts/{customer.account_id}"
    await sign_in(client)
    assert "Its tasks name no pictures in a bucket." in (await client.get(path)).text
    kept = await send(client, f"{path}/buckets", **NEW)
    assert led_to(kept) == f"{path}?notice=bucket_kept"
    page = (await client.get(path)).text
    assert [text in page for text in ("receipts", "https://s3.example.com", "AKIDEXAMPLE", SECRET)] == [True] * 3 + [
        False
    ]
    assert led_to(await send(client, f"{path}/buckets", **(NEW | {"endpoint": ""}))).endswith("bucket_kept")
    (bucket,) = await buckets_of(client.context, customer)
    assert (bucket.name, bucket.endpoint) == ("receipts", "https://s3.eu-1.amazonaws.com")
    gone = await send(client, f"{path}/buckets/remove", bucket="receipts")
    assert led_to(gone) == f"{path}?notice=bucket_forgotten"
    assert await buckets_of(client.context, customer) == []
    assert led_to(await send(client, f"{path}/buckets/remove", bucket="receipts")).endswith("refused")
    trail = (await client.get("/operator/audit")).text
    assert ("bucket.keep" in trail, "bucket.remove" in trail, SECRET in trail) == (True, True, False)


async def test_a_bucket_that_cannot_be_taken_leaves_nothing_and_its_secret_is_not_shown(client: Client):
    customer = await factories.customer(client.context)
    path = f"/operator/accounts/{customer.account_id}"
    await sign_in(client)
    for name, unfit, words in (
        ("name", "a", "A bucket&#39;s name has 3 to 63"),
        ("region", "Not One", "Write a region like eu-central-1."),
        ("access_key", "two words", "A key&#39;s name has 1 to 128"),
        ("endpoint", "http://127.0.0.1:9000", "MANYEYES_ALLOWED_PRIVATE_NETWORKS"),
        ("endpoint", "https://s3.example.com/?x=1", "an endpoint has no query"),
    ):
        refused = await send(client, f"{path}/buckets", **(NEW | {name: unfit}))
        assert (refused.status_code, words in refused.text, f'value="{unfit}"' in refused.text) == (422, True, True), (
            name
        )
        assert SECRET not in refused.text
    hidden = await send(client, f"{path}/buckets", **(NEW | {"secret": "two words"}))
    assert (hidden.status_code, "A secret has 1 to 200" in hidden.text, "two words" in hidden.text) == (
        422,
        True,
        False,
    )
    assert await buckets_of(client.context, customer) == []
    for form in ("buckets", "buckets/remove"):
        assert (await send(client, f"/operator/accounts/4711/{form}", **NEW)).status_code == 404
