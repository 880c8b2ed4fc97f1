"""/operator/recognition/<taskId>: results of other days from a CSV file come whole or not at all, and once."""

import httpx

from manyeyes.console.operator.recognition import LARGEST_FRAME, LARGEST_HISTORY, MOST_RESULTS
from support import factories
from support.house_visits import OWN_PAGE, led_to, sign_in
from support.in_process_client import Client
from support.recognition_results import open_app, open_recognition

HEADER = "at,label,review,rate,name\n"
GOOD = HEADER + "2022-12-05,1,false,0.9,a.jpg\n2022-12-05T13:45:00+08:00,1,true,0.5,b.jpg\n"


async def bring(client: Client, path: str, data: str | bytes) -> httpx.Response:
    return await client.post(f"{path}/import", files={"file": ("history.csv", data, "text/csv")}, headers=OWN_PAGE)


async def days(client: Client, recognition_id: int) -> list[tuple[int, int]]:
    query = "SELECT total, review FROM recognition_day WHERE cell = 1 AND recognition_id = $1 ORDER BY day, label"
    async with client.context.cells.pool(1).acquire() as db:
        return [tuple(row) for row in await db.fetch(query, recognition_id)]


async def test_a_file_is_imported_once_and_what_is_wrong_names_the_line_and_leaves_nothing(client: Client):
    app = await open_app(client.context, await factories.customer(client.context))
    found = await open_recognition(client.context, app, "weapons")
    path = f"/operator/recognition/{found.task_id}"
    await sign_in(client)
    for data, words in (
        ("", "Choose a CSV file"),
        (HEADER, "line 1: no result follows"),
        (GOOD + "2022-13-05,1,false,0.9,c.jpg\n", "line 4: "),
        (GOOD.encode() + b"2022-12-05,1,false,0.9,\xff\n", "line 4: the file must be UTF-8 text"),
        (GOOD + "2022-12-05,77,false,0.9,<b>\n", "line 4: the label is &#39;77&#39;"),
        (
            HEADER + "2022-12-05,1,0,0.9,\n" * (MOST_RESULTS + 1),
            f"line {MOST_RESULTS + 2}: more than {MOST_RESULTS} results",
        ),
        (GOOD + "x" * (LARGEST_HISTORY + LARGEST_FRAME), "a file has at most 8 MB"),
    ):
        refused = await bring(client, path, data)
        assert (refused.status_code, words in refused.text) == (422, True), words
    no_file = await client.post(f"{path}/import", data={"file": "text"}, headers=OWN_PAGE)
    assert no_file.status_code == 422
    assert await days(client, found.recognition_id) == []
    assert led_to(await bring(client, path, GOOD)) == f"{path}?notice=imported"
    assert await days(client, found.recognition_id) == [(2, 1)]
    assert led_to(await bring(client, path, GOOD)) == f"{path}?notice=imported_before"
    assert await days(client, found.recognition_id) == [(2, 1)]
    assert "this file was imported here before" in (await client.get(f"{path}?notice=imported_before")).text
    assert found.task_id in (await client.get("/operator/audit?what=recognition.import")).text
    assert (await bring(client, "/operator/recognition/nothing", GOOD)).status_code == 404
