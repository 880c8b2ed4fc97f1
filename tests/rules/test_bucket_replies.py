"""What is read of stores' XML: what they say, and nothing that they should not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.outbound.bucket_replies import ListedObject, ListedPage, error_code, read_list

NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
LIST = f"""<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult {NAMESPACE}><Name>receipts</Name><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<Contents><Key>a+b%2Bc%E1%BA%A3.png</Key><Size>12</Size><Owner><ID>x</ID></Owner></Contents>
<NextContinuationToken>next+/=</NextContinuationToken></ListBucketResult>"""


@pytest.mark.parametrize("text", [LIST, LIST.replace(NAMESPACE, ""), LIST.replace("UTF-8", "utf-16")])
def test_a_list_is_read_with_and_without_a_namespace(text: str):
    assert read_list(text.encode()) == ListedPage([ListedObject("a b+cả.png", 12)], "next+/=")


def test_names_that_are_not_encoded_are_taken_as_they_are():
    plain = LIST.replace("<EncodingType>url</EncodingType>", "").replace("IsTruncated>true", "IsTruncated>false")
    assert read_list(plain.encode()) == ListedPage([ListedObject("a+b%2Bc%E1%BA%A3.png", 12)], "")


@pytest.mark.parametrize(
    "text",
    [
        *("", "<", "<a/>", "<ListBucketResult>", "<Error><Code>NoSuchKey</Code></Error>", LIST + "<b/>"),
        LIST.replace("<?xml", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><?xml'),
        LIST.replace("?>\n", "?><!DOCTYPE a>\n"),
        LIST.replace("%E1%BA%A3", "%E1"),
        LIST.replace("<Size>12", "<Size>1.5"),
        LIST.replace("receipts", "&undefined;"),
        LIST.replace("<NextContinuationToken>next+/=</NextContinuationToken>", ""),
    ],
    ids=lambda text: text[:60],
)
def test_what_is_no_list_is_refused(text: str):
    with pytest.raises(ValueError, match=r"\w"):
        read_list(text.encode())


@given(st.binary() | st.tuples(st.integers(0, len(LIST)), st.binary(max_size=4)).map(
    lambda cut: LIST.encode()[: cut[0]] + cut[1] + LIST.encode()[cut[0] :]
))  # fmt: skip
def test_whatever_comes_is_read_or_refused(body: bytes):
    try:
        read_list(body)
    except ValueError:
        assert error_code(body) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<Error><Code>NoSuchKey</Code><Message>secret things</Message></Error>", "NoSuchKey"),
        (f"<Error {NAMESPACE}><Code>SlowDown</Code></Error>", "SlowDown"),
        *((text, "") for text in ("", "oops", "<Error/>", "<Error><Code>two words</Code></Error>", "<Code>A</Code>")),
        ("<Error><Code>" + "A" * 65 + "</Code></Error>", ""),
    ],
)
def test_of_an_error_the_code_alone_is_read(text: str, code: str):
    assert error_code(text.encode()) == code
