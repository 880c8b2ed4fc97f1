"""What a signature is over, and whether it holds: the vendor's own, and every client's way to write time and nonce."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.tupu.request_signature import (
    Triple,
    holds,
    is_timely,
    public_key,
    signed_text,
    spellings,
    triple_digest,
    unix_seconds,
)
from support.signed_customer import KEY, OTHER_KEY, pem, signature_of

SID = "5a1b2c3d4e5f6a7b8c9d0e1f"
NOW = 1_795_327_089.0
# An answer of the vendor's, captured in 2018, and the key that it was signed with (docs/contracts/tupu.md#envelope).
VENDORS_KEY = """-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDyZneSY2eGnhKrArxaT6zswVH9
/EKz+CLD+38kJigWj5UaRB6dDUK9BR6YIv0M9vVQZED2650tVhS3BeX04vEFhThn
NrJguVPidufFpEh3AgdYDzOQxi06AN+CGzOXPaigTurBxZDIbdU+zmtr6a8bIBBj
WQ4v2JR/BA6gVHV5TwIDAQAB
-----END PUBLIC KEY-----
"""
CAPTURED = (
    '{"59101e2540f7575536ab3144":{"fileList":[{"name":"http://f10.baidu.com/it/u=114725220,1711467603&fm=76","objects"'
    ':[{"relatives":[],"label":3,"similarity":0,"faceId":""}],"relatives":[],"similarity":0,"label":3,"review":false,"f'
    'aceId":""}]},"56a8645b0c800bff40990cf1":{"reviewCount":1,"fileList":[{"rate":0.725216805934906,"label":2,"name":"h'
    'ttp://f10.baidu.com/it/u=114725220,1711467603&fm=76","review":true}],"statistic":[0,0,1,0]},"5808841f5e1778ef49219'
    'a99":{"reviewCount":0,"fileList":[{"rate":0.893445611000061,"label":0,"name":"http://f10.baidu.com/it/u=114725220,'
    '1711467603&fm=76","review":false}],"statistic":[1,0,0,0,0,0,0,0,0]},"54bcfc6c329af61034f7c2fc":{"reviewCount":0,"f'
    'ileList":[{"rate":0.8929816285769144,"label":2,"name":"http://f10.baidu.com/it/u=114725220,1711467603&fm=76","revi'
    'ew":false}],"statistic":[0,0,1]},"code":0,"message":"success","nonce":"0.387212879582294","timestamp":152455943350'
    "1}"
)
SIGNATURE = (
    "DbFsQeKAqoomapyTce4NKUt2aW/ijxZ34snPeTDh8BED4FfvXh4EyBz7iNYU8z+b505vqzWpIi+/yuTVALvDpNLluMO9ErtH8mb/GbYlTBh7KEu3m"
    "SN9lNUqFAXnImDLTthwesOCWqBwAkjn+RwqfN4A3IOnKMDbdXTLayJ6U3o="
)


def signed(timestamp: str, nonce: str, came: tuple[str, str] | None = None) -> str | None:
    """Sign one spelling, send another, and return the text that was found to be signed."""
    signature = signature_of(f"{SID},{timestamp},{nonce}")
    sent = came or (timestamp, nonce)
    return signed_text(KEY.public_key(), SID, Triple(sent[0], sent[1], signature))


def test_the_answer_that_the_vendor_signed_verifies():
    assert len(CAPTURED) == 913
    assert holds(public_key(VENDORS_KEY), SIGNATURE, CAPTURED)
    assert not holds(public_key(VENDORS_KEY), SIGNATURE, CAPTURED.replace("0.725", "0.726"))
    assert not holds(public_key(pem(KEY)), SIGNATURE, CAPTURED)


def test_a_signature_is_taken_however_its_base64_was_carried():
    signature = signature_of("a", KEY)
    key = KEY.public_key()
    broken = "\r\n".join(signature[at : at + 76] for at in range(0, len(signature), 76))
    assert holds(key, broken, "a")
    assert holds(key, signature.replace("+", " "), "a")
    for wrong in ("", "=", "é", signature[:-4], signature[:-1], "QUJD", signature + "QUJD"):
        assert not holds(key, wrong, "a"), wrong


@pytest.mark.parametrize(
    ("timestamp", "nonce"),
    [
        ("1795327089.0610802", "0.1527317095951506"),  # Python
        ("1795327089.0610802", "5e-05"),
        ("1795327089", "1.2E-5"),  # Java
        ("1795327089", "4294967295"),  # Go
        ("1795327089", "0.5297"),  # Node
        ("1795327089", "123456"),  # PHP
        ("1795327089", "26b1be"),  # C++, hexadecimal
        ("1795327089", "123e45"),  # the same, and yet no number
        ("1795327089", "000100"),
        ("1795327089061", "随机"),
    ],
)
def test_the_texts_are_taken_as_they_came(timestamp, nonce):
    assert signed(timestamp, nonce) == f"{SID},{timestamp},{nonce}"


@pytest.mark.parametrize(
    ("was_signed", "came"),
    [
        (("1795327089", "0.5"), ("1795327089.0", "0.5")),
        (("1795327089.0", "0.5"), ("1795327089", "0.5")),
        (("1795327089", "5e-05"), ("1795327089", "0.00005")),
        (("1795327089", "0.00005"), ("1795327089", "5e-05")),
        (("1795327089", "0.000012"), ("1795327089", "1.2E-5")),
        (("1795327089", "5e-7"), ("1795327089", "5e-07")),
        (("1795327089", "5e-07"), ("1795327089", "0.0000005")),
        (("1795327089", "1"), ("1795327089.0", "1.0")),
    ],
)
def test_a_number_that_was_written_anew_on_its_way_is_understood(was_signed: tuple[str, str], came: tuple[str, str]):
    assert signed(*was_signed, came) == f"{SID},{was_signed[0]},{was_signed[1]}"


@pytest.mark.parametrize(
    "came", [("1795327089", "0.51"), ("1795327090", "0.5"), ("0.5", "1795327089"), ("1795327089", "0.5 "), ("", "")]
)
def test_another_triple_is_refused(came):
    assert signed("1795327089", "0.5", came) is None


def test_the_comma_cannot_be_moved():
    """The text has no other reading: who may send a comma in the nonce has signed it there."""
    signature = signature_of(f"{SID},1795327089,1,2")
    assert signed_text(KEY.public_key(), SID, Triple("1795327089", "1,2", signature))
    assert not is_timely("1795327089,1", NOW, 600)


def test_another_app_and_another_key_are_refused():
    triple = Triple("1795327089", "0.5", signature_of(f"{SID},1795327089,0.5"))
    assert signed_text(KEY.public_key(), SID.replace("5", "6"), triple) is None
    assert signed_text(OTHER_KEY.public_key(), SID, triple) is None


def test_endless_texts_are_refused_without_work():
    assert signed("1" * 65, "0.5") is None
    assert signed("1795327089", "0" * 65) is None


@given(st.text(max_size=64), st.text(max_size=64))
def test_nothing_that_is_sent_breaks_the_check(timestamp, nonce):
    triple = Triple(timestamp, nonce, "QUJD")
    assert signed_text(KEY.public_key(), SID, triple) is None
    is_timely(timestamp, NOW, 600)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_s_spellings_mean_that_number(value):
    assert {float(text) for text in spellings(repr(value))} == {value}
    assert len(spellings(repr(value))) <= 4


def test_what_names_a_call_is_what_was_signed_not_how_it_came():
    one, other = signed("1795327089", "5e-05"), signed("1795327089", "5e-05", ("1795327089.0", "0.00005"))
    assert triple_digest(one) == triple_digest(other)
    assert triple_digest(one) != triple_digest(signed("1795327089", "6e-05"))


def test_seconds_and_milliseconds_are_told_apart_by_their_size():
    assert unix_seconds("1795327089") == unix_seconds("1795327089000") == NOW
    assert unix_seconds("1795327089.0610802") == pytest.approx(NOW + 0.0610802)
    assert unix_seconds("1.795327089e9") == NOW
    assert unix_seconds("99999999999") == 99_999_999_999
    for text in ("", "now", "2016-05-01 10:00:00", "0x6b", "1_795", "１７９５", " 1795327089", "nan", "inf", "9" * 65):
        assert unix_seconds(text) is None, text


@pytest.mark.parametrize(
    ("offset", "timely"), [(0, True), (600, True), (-600, True), (601, False), (-601, False), (86_400, False)]
)
def test_the_window_is_closed_at_both_ends(offset, timely):
    assert is_timely(str(NOW + offset), NOW, 600) is timely
    assert is_timely(str(int((NOW + offset) * 1000)), NOW, 600) is timely


def test_a_public_key_comes_as_spki_or_pkcs1_and_nothing_else_is_one():
    for form in (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1):
        assert public_key(pem(KEY, form)).public_numbers() == KEY.public_key().public_numbers()
    assert public_key(pem(KEY)) is public_key(pem(KEY))
    elliptic = ec.generate_private_key(ec.SECP256R1()).public_key()
    for text in ("", "no key", elliptic.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()):
        with pytest.raises(ValueError, match="it holds"):
            public_key(text)


def test_a_key_of_4096_bit_is_taken():
    key = rsa.generate_private_key(public_exponent=65537, key_size=4096)
    assert holds(public_key(pem(key)), signature_of("a", key), "a")
