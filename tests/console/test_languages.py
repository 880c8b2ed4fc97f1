"""Every message is translated in every language, in its reader's catalogue, with its placeholders."""

import re
from collections import Counter
from collections.abc import Sequence

import pytest
from babel.messages.catalog import Message

from manyeyes.console.shared.languages import LANGUAGES, READERS, catalogue, change, chosen, money
from support.message_catalogues import read_catalogues, used_messages

PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%|(%)")
ENGLISH_TOO = {"Operator", "Number", "Status", "Normal"}  # words that a language may share with English


def forms(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def placeholders(text: str) -> set[str]:
    assert not any(bare for _, bare in PLACEHOLDER.findall(text)), f"a bare % in {text!r}"
    return {name for name, _ in PLACEHOLDER.findall(text) if name}


def messages(language: str) -> list[Message]:
    return [message for each in read_catalogues(language).values() for message in each if message.id]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_in_its_readers_catalogue_and_no_other(language):
    found = {reader: {m.id for m in each if m.id} for reader, each in read_catalogues(language).items()}
    assert found == used_messages(), "make messages puts every message where it belongs"


def test_every_reader_has_messages_and_each_is_one_readers():
    used = used_messages()
    assert set(used) == set(READERS)
    assert all(used.values())
    assert set(Counter(message for each in used.values() for message in each).values()) == {1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_readers_are_told_is_put_together(language):
    whole = catalogue(language)
    for message in messages(language):
        one, *many = forms(message.id)
        for number in (1, 2):
            told = whole.ungettext(one, many[0], number) if many else whole.ugettext(one)
            assert told in forms(message.string)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_in_every_form(language):
    (plural_forms,) = {each.num_plurals for each in read_catalogues(language).values()}
    for message in messages(language):
        translated = forms(message.string)
        assert all(text.strip() for text in translated), message.id
        assert len(translated) == (plural_forms if message.pluralizable else 1), message.id
        assert not message.fuzzy, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_agree_with_the_source(language):
    for message in messages(language):
        wanted = placeholders(forms(message.id)[-1])
        assert all(placeholders(text) == wanted for text in forms(message.string)), message.id


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_a_translation_is_not_the_source_again(language):
    same = {forms(m.id)[0] for m in messages(language) if forms(m.id)[0] == forms(m.string)[0]}
    assert same <= ENGLISH_TOO


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("fr-CH, fr;q=0.9, th;q=0.5, en;q=0.3", "th"),
        ("zh-CN", "zh-Hans"),
        ("ZH-hant-TW;q=0.4,id;q=0.7", "id"),
        ("de, *;q=0.5", "en"),
        ("vi;q=0, en", "en"),
        ("vi;q=nonsense", "en"),
        ("en; q=0.5, vi ; q=0.9", "vi"),
        ("en;Q=0.5,VI;Q=0.9", "vi"),
        ("en;q=0.8,id;q=0.8", "en"),
        ("th;q=0.000,id;q=0.001", "id"),
        ("vi;q=1.5,th;q=-1,id;q=nan,zh;q=inf", "en"),
        ("vi;q=,th;level=1,id q=1,;q=1,-,zh_CN", "en"),
        (",, ,vi,,", "vi"),
        ("vi;q=" + "9" * 5_000, "en"),
        ("١;q=1,วี", "en"),
        ("q," * 15 + "vi", "vi"),
        ("q," * 16 + "vi", "en"),
        ("q," * 30_000, "en"),
        ("x" * 990 + ",vi", "vi"),
        ("x" * 999 + ",vi", "en"),
    ],
)
def test_the_browsers_wishes_choose_the_language(accept, language):
    assert chosen(accept) == language


@pytest.mark.parametrize(
    ("micros", "language", "text"),
    [
        (500, "en", "$0.0005"),
        (10_000_000, "en", "$10.00"),
        (1_234_567_891, "en", "$1,234.567891"),
        (500, "vi", "0,0005\xa0US$"),
        (1, "id", "US$0,000001"),
    ],
)
def test_money_is_never_rounded(micros, language, text):
    assert money(micros, language) == text


def test_a_change_carries_its_sign():
    assert [change(micros, "en") for micros in (700, 0, -700)] == ["+$0.000700", "", "−$0.000700"]
