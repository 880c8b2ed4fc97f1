"""`manyeyes backup` and `restore`: what they keep, what they refuse, and that a refusal leaves nothing."""

import gzip
import io
import subprocess
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from manyeyes.backups.bucket_place import PART_BYTES, BucketPlace
from manyeyes.backups.rules import BackupFailed
from manyeyes.db.embedded import Embedded, as_superuser
from support.embedded_owners import ask
from support.object_store import REGION, ObjectStore
from support.real_server import ask_json, run


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    """Yield a store with the bucket "house"."""
    store = ObjectStore(is_written=True)
    store.fill("house", {})
    yield store
    store.close()


@pytest.fixture
def bucket(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the variables that let botocore write into that bucket, which are set."""
    access = {
        "AWS_ENDPOINT_URL_S3": store.endpoint,
        "AWS_ACCESS_KEY_ID": store.access_key,
        "AWS_SECRET_ACCESS_KEY": store.secret,
        "AWS_DEFAULT_REGION": REGION,
    }
    for name, value in access.items():
        monkeypatch.setenv(name, value)
    return access


def refusal(data: Path, *words: str, **more: str) -> str:
    """Return why a command refuses; it leaves no database."""
    had = (data / "postgres").exists()
    done = run(data, *words, **more)
    assert done.returncode == 1
    assert (data / "postgres").exists() == had
    assert not (data / "postgres.new").exists()
    return done.stderr.strip().splitlines()[-1]


def test_the_newest_copies_are_kept(installed: Path, place: Path):
    [first] = ask_json(installed, "backup", "list", "--from", str(place))["copies"]
    (place / "wal").mkdir()
    old, new = place / "wal" / f"{'0' * 24}.gz", place / "wal" / f"{'F' * 24}.gz"
    for segment in (old, new):
        segment.write_bytes(gzip.compress(b""))
    made = ask_json(installed, "backup", "--to", str(place), MANYEYES_BACKUP_KEEP="1")
    assert made["removed"] == [first["name"]]
    [left] = ask_json(installed, "backup", "list", "--from", str(place))["copies"]
    assert left["name"] == made["name"]
    assert sorted(path.name for path in (place / "base").iterdir()) == [
        f"{left['name']}.{e}" for e in ("json", "tar.gz")
    ]
    assert (old.exists(), new.exists()) == (False, True)


def test_a_bucket_holds_copies_too(installed: Path, bucket: dict[str, str], tmp_path: Path):
    made = ask_json(installed, "backup", "--to", "s3://house/copies/a", **bucket)
    [found] = ask_json(tmp_path / "no", "backup", "list", "--from", "s3://house/copies/a", **bucket)["copies"]
    assert found["name"] == made["name"]
    restored = ask_json(tmp_path / "new", "restore", "--from", "s3://house/copies/a", **bucket)
    assert restored["copy"] == made["name"]
    assert "NoSuchBucket" in refusal(installed, "backup", "--to", "s3://another", **bucket)
    wrong = {**bucket, "AWS_SECRET_ACCESS_KEY": "wrong"}
    assert "SignatureDoesNotMatch" in refusal(tmp_path / "x", "restore", "--from", "s3://house/copies/a", **wrong)


def test_what_is_large_goes_into_a_bucket_in_parts_and_whole_or_not_at_all(bucket: dict[str, str]):
    place = BucketPlace("house", "")
    large = bytes(PART_BYTES) + b"end"
    assert place.put("base/large", BytesIO(large)) == len(large)
    assert [(file.name, file.bytes) for file in place.files("base")] == [("base/large", len(large))]
    with place.open("base/large") as file:
        assert file.read() == large

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            found = super().read(size)
            if self.tell() > PART_BYTES:
                raise BackupFailed("the program failed")
            return found

    with pytest.raises(BackupFailed, match="the program failed"):
        place.put("base/broken", Broken(large))
    assert [file.name for file in place.files("base")] == ["base/large"]
    place.delete("base/large")
    assert place.files("base") == []


def test_a_place_that_is_full_is_told_with_nothing_left_in_it(installed: Path, tmp_path: Path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], check=False)
    if mounted.returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        said = refusal(installed, "backup", "--to", str(small / "copies"))
        assert said.startswith(f"manyeyes: {small}/copies: No space left")
        assert "give it room" in said
        assert list(small.glob("copies/base/*")) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_one_copy_is_made_at_a_time(data: Path, place: Path):
    had = {path.stem for path in place.glob("base/*.json")}
    embedded = Embedded(data)
    try:
        dsn = as_superuser(embedded.start())
        with ThreadPoolExecutor() as threads:
            tries = [threads.submit(run, data, "backup", "--to", str(place)) for _ in range(3)]
            done = [found.result() for found in tries]
            assert ask(dsn, "SELECT count(*) FROM pg_replication_slots") == 0
    finally:
        embedded.stop()
    refused = [found for found in done if found.returncode != 0]
    assert all("another copy is being made" in found.stderr for found in refused)
    made = {found.stdout.partition(":")[0] for found in done if found.returncode == 0}
    assert made
    for kind in ("json", "tar.gz"):
        assert {path.name.partition(".")[0] for path in place.glob(f"base/*.{kind}")} == had | made


@pytest.mark.parametrize("harm", ["cut", "turned", "another file", "../outside", "/absolute", "link"])
def test_a_damaged_copy_is_told_and_nothing_is_left(place: Path, tmp_path: Path, harm: str):
    [copy] = place.glob("base/*.tar.gz")
    data = bytearray(copy.read_bytes())
    if harm == "cut":
        copy.write_bytes(data[: len(data) // 2])
    elif harm == "turned":
        data[len(data) // 2] ^= 0xFF
        copy.write_bytes(data)
    else:
        _change_a_file(copy, str(tmp_path / "new" / "outside") if harm == "/absolute" else harm)
    said = refusal(tmp_path / "new", "restore", "--from", str(place))
    assert "damaged" in said or "cannot be unpacked" in said
    assert not (tmp_path / "new" / "outside").exists()


def _change_a_file(copy: Path, harm: str) -> None:
    """Change one byte of one table, or add what no copy has, and pack it as well as before."""
    changed = copy.with_name("changed")
    with tarfile.open(copy) as old, tarfile.open(changed, "w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            data = bytearray(content.read()) if content else bytearray()
            if harm == "another file" and member.name.startswith("base/") and member.size:
                data[0] ^= 1
            new.addfile(member, BytesIO(data) if content else None)
        if harm != "another file":
            added = tarfile.TarInfo(harm)
            added.type = tarfile.SYMTYPE if harm == "link" else tarfile.REGTYPE
            added.linkname = "/etc/passwd"
            new.addfile(added)
    changed.rename(copy)


def test_refusals_name_what_to_do(installed: Path, place: Path, tmp_path: Path):
    new, at = tmp_path / "new", ("--from", str(place))
    assert "MANYEYES_BACKUP_TO" in refusal(new, "restore")
    assert "a directory from / on" in refusal(new, "restore", "--from", "copies")
    assert "has a database" in refusal(installed, "restore", *at)
    assert "nothing is older" in refusal(new, "restore", *at, "--to", "2020-01-01")
    assert "what was kept ends before" in refusal(new, "restore", *at, "--to", "2199-01-01")
    assert "--to must be an instant" in refusal(new, "restore", *at, "--to", "yesterday")
    assert "no whole copy yet" in refusal(new, "restore", "--from", str(tmp_path / "empty"))
    assert "there is no installation" in refusal(new, "backup", "--to", str(place))
    yours = {"MANYEYES_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    assert "its own tools" in refusal(new, "backup", "--to", str(place), **yours)
    assert "its own tools" in refusal(new, "serve", "--backup-to", str(place), **yours)
    assert "no place for copies" in refusal(new, "serve", "--backup-to", "copies")
    assert "no place for copies" in refusal(new, "serve", "--backup-to", "s3:///copies")
    assert "at least 60s" in refusal(new, "serve", "--backup-every", "5s")
    (place / "installation.json").write_text('{"system":"1"}')
    assert "another installation" in refusal(installed, "backup", "--to", str(place))
