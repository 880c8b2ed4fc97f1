"""manyeyes app: apps of TUPU's contract, the keys that customers bring, and the pairs that are made for them."""

import stat
from typing import Any

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

KEYS = {bits: rsa.generate_private_key(public_exponent=65537, key_size=bits) for bits in (1024, 2048)}


def public_pem(key, form=PublicFormat.SubjectPublicKeyInfo):
    return key.public_key().public_bytes(Encoding.PEM, form)


@pytest.fixture
def file(tmp_path):
    """Write a file and return its path."""

    def write(data):
        path = tmp_path / "key.pem"
        path.write_bytes(data)
        return path

    return write


def create(manyeyes, *arguments):
    return manyeyes("app", "create", "Shop", "--account", "Ann", *arguments, "--json").json


def test_without_a_key_a_pair_is_made_and_shown_once_in_both_encodings(manyeyes, ann):
    made = create(manyeyes)
    assert len(made["secret_id"]) == 24
    assert int(made["secret_id"], 16) >= 0
    assert (made["account_id"], made["medium"], made["time_zone"]) == (ann["account_id"], "image", "Asia/Shanghai")
    assert (made["rate"], made["key_bits"], made["suspended"]) == (50, 2048, False)
    assert made["private_key_pkcs1"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert made["private_key_pkcs8"].startswith("-----BEGIN PRIVATE KEY-----")
    public: Any = load_pem_public_key(made["public_key"].encode())
    for name in ("private_key_pkcs1", "private_key_pkcs8"):
        private: Any = load_pem_private_key(made[name].encode(), None)
        signed = private.sign(b"a,b,c", padding.PKCS1v15(), SHA256())
        public.verify(signed, b"a,b,c", padding.PKCS1v15(), SHA256())
    shown = manyeyes("app", "show", made["secret_id"], "--json").out
    assert "PRIVATE" not in shown + manyeyes("app", "list", "--json").out
    assert manyeyes("app", "show", "Shop", "--json").json["public_key"] == made["public_key"]


def test_nothing_of_a_private_key_is_kept(manyeyes, ann, dsn, run_async):
    made = create(manyeyes, "--bits", "1024")
    assert len(made["private_key_pkcs1"]) <= 1_000  # what the C++ SDK's buffer takes
    assert made["private_key_pkcs8"].count("\n") > 3
    (row,) = run_async(rows(dsn, "SELECT * FROM app"))
    assert "PRIVATE" not in str(row)


async def rows(dsn, query) -> list[Any]:
    db = await asyncpg.connect(dsn)
    try:
        return [dict(row) for row in await db.fetch(query)]
    finally:
        await db.close()


def test_a_pair_can_be_written_to_files_for_nobody_else_to_read(manyeyes, ann, tmp_path):
    made = create(manyeyes, "--out", tmp_path / "keys")
    assert "private_key_pkcs1" not in made
    names = {f"{made['secret_id']}.pkcs1.pem", f"{made['secret_id']}.pkcs8.pem"}
    files = {path.name: path for path in (tmp_path / "keys").iterdir()}
    assert set(files) == names
    assert sorted(made["private_key_files"]) == sorted(map(str, files.values()))
    for path in files.values():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert public_pem(load_pem_private_key(path.read_bytes(), None)).decode() == made["public_key"]
    again = manyeyes("app", "key", made["secret_id"], "--out", tmp_path / "keys")
    assert "File exists" in again.complaint
    assert manyeyes("app", "show", "Shop", "--json").json["public_key"] == made["public_key"]


@pytest.mark.parametrize("form", [PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1])
def test_a_public_key_is_taken_in_both_forms_and_kept_in_one(manyeyes, ann, file, form):
    made = create(manyeyes, "--public-key", file(public_pem(KEYS[2048], form)))
    assert made["public_key"] == public_pem(KEYS[2048]).decode()
    assert not [name for name in made if name.startswith("private")]


def test_a_short_key_is_taken_with_a_warning(manyeyes, ann, file):
    done = manyeyes("app", "create", "Shop", "--account", "Ann", "--public-key", file(public_pem(KEYS[1024])), "--json")
    assert done.json["key_bits"] == 1024
    assert "1024 bits only" in done.err


def private_pem(form) -> bytes:
    return KEYS[2048].private_bytes(Encoding.PEM, form, NoEncryption())


WRONG = {
    "pkcs1": (private_pem(PrivateFormat.TraditionalOpenSSL), "private key"),
    "pkcs8": (private_pem(PrivateFormat.PKCS8), "private key"),
    "elliptic": (public_pem(ec.generate_private_key(ec.SECP256R1())), "another kind"),
    "edwards": (public_pem(ed25519.Ed25519PrivateKey.generate()), "another kind"),
    "der": (KEYS[2048].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), "no public key"),
    "certificate": (b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "certificate"),
    "empty": (b"", "no public key"),
    "text": (b"hello", "no public key"),
    "cut": (public_pem(KEYS[2048])[:200], "no public key"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_public_key_is_refused_and_no_app_is_made(manyeyes, ann, file, name):
    data, why = WRONG[name]
    assert why in manyeyes("app", "create", "Shop", "--account", "Ann", "--public-key", file(data)).complaint
    assert manyeyes("app", "list", "--json").json == {"apps": []}


def test_a_key_below_1024_bit_is_refused(manyeyes, ann, file):
    weak = rsa.RSAPublicNumbers(65537, (1 << 767) + 183).public_key()
    pem = weak.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    why = manyeyes("app", "create", "Shop", "--account", "Ann", "--public-key", file(pem)).complaint
    assert "768 bits" in why


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (["Shop", "--account", "Bob"], "no account Bob"),
        (["\t", "--account", "Ann"], "name"),
        (["Shop", "--account", "Ann", "--time-zone", "Asia/Atlantis"], "no time zone"),
        (["Shop", "--account", "Ann", "--time-zone", "../UTC"], "no time zone"),
        (["Shop", "--account", "Ann", "--rate", "0"], "rate"),
        (["Shop", "--account", "Ann", "--public-key", "/nowhere.pem"], "No such file"),
    ],
    ids=str,
)
def test_an_app_that_cannot_be_is_refused(manyeyes, ann, wrong, why):
    assert why in manyeyes("app", "create", *wrong).complaint
    assert manyeyes("app", "list", "--json").json == {"apps": []}


def test_out_is_for_pairs_alone(manyeyes, ann, file, tmp_path):
    wrong = ["--public-key", file(public_pem(KEYS[2048])), "--out", tmp_path / "keys"]
    assert "--out" in manyeyes("app", "create", "Shop", "--account", "Ann", *wrong).complaint


def test_a_key_is_replaced_by_one_that_is_brought_or_made(manyeyes, ann, file):
    before = create(manyeyes)
    brought = manyeyes("app", "key", "Shop", "--public-key", file(public_pem(KEYS[2048])), "--json").json
    assert brought["public_key"] == public_pem(KEYS[2048]).decode()
    made = manyeyes("app", "key", before["secret_id"], "--bits", "1024", "--json").json
    assert made["key_bits"] == 1024
    assert manyeyes("app", "show", "Shop", "--json").json["public_key"] == made["public_key"]
    assert "BEGIN RSA PRIVATE KEY" in manyeyes("app", "key", "Shop").out


def test_an_app_is_suspended_and_resumed_and_its_rate_changed(manyeyes, ann):
    create(manyeyes)
    assert manyeyes("app", "suspend", "Shop", "--json").json["suspended"] is True
    assert "(suspended)" in manyeyes("app", "list").out
    assert manyeyes("app", "resume", "Shop", "--json").json["suspended"] is False
    assert manyeyes("app", "set", "Shop", "--rate", "7", "--json").json["rate"] == 7
    assert "rate" in manyeyes("app", "set", "Shop", "--rate", "0").complaint


def test_apps_are_listed_by_account_and_found_by_a_name_that_is_one_s_own(manyeyes, ann):
    manyeyes("account", "create", "Bob")
    first, second = create(manyeyes), create(manyeyes)
    manyeyes("app", "create", "Other", "--account", "Bob")
    assert [a["name"] for a in manyeyes("app", "list", "--json").json["apps"]] == ["Shop", "Shop", "Other"]
    assert [a["name"] for a in manyeyes("app", "list", "--account", "Bob", "--json").json["apps"]] == ["Other"]
    why = manyeyes("app", "suspend", "Shop").complaint
    assert first["secret_id"] in why
    assert second["secret_id"] in why
    assert manyeyes("app", "show", second["secret_id"], "--json").json["secret_id"] == second["secret_id"]
    assert "there is no app Nobody" in manyeyes("app", "show", "Nobody").complaint
