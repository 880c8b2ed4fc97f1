"""note_key_uses: when keys were used last, in minutes."""

from manyeyes.accounts.client_keys import client_keys
from manyeyes.actions.note_key_uses import NoteKeyUses, note_key_uses
from support.action_stage import Stage
from support.own_people import own_account, own_key


async def test_the_minute_is_kept_and_nobodys_key_is_passed_over(stage: Stage):
    account_id = await own_account(stage)
    await own_key(stage, account_id, b"key")
    assert await stage.act(note_key_uses, NoteKeyUses((b"key", b"nobody's")), NoteKeyUses((b"key",))) == [None, None]
    found = {each.key_hash: each.used_at for each in await stage.read(client_keys, account_id)}
    assert found == {b"key": stage.now.replace(second=0, microsecond=0), b"first": None}


async def test_it_is_written_once_a_minute_and_never_goes_back(stage: Stage):
    account_id = await own_account(stage)
    await own_key(stage, account_id, b"key")
    stage.now = stage.now.replace(second=10)
    await stage.act(note_key_uses, NoteKeyUses((b"key",)))
    (before,) = [row for row in await stage.rows("api_key", "*, xmin") if row["key_hash"] == b"key"]
    for seconds in (40, -3_600):
        stage.later(seconds)
        await stage.act(note_key_uses, NoteKeyUses((b"key",)))
    (after,) = [row for row in await stage.rows("api_key", "*, xmin") if row["key_hash"] == b"key"]
    assert after == before
