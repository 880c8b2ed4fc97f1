"""Every message is translated in every language, with its placeholders; and a request gets its language."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import manyeyes.console
from manyeyes.console.shared.languages import LANGUAGES, catalogue_path, change, chosen, locale_of, money

CONSOLE = Path(manyeyes.console.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "mark": None, "mark_many": (1, 2), "translate": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%|(%)")
ENGLISH_TOO = {"Operator", "Number", "Status", "Normal"}  # words that a language may share with English


def used_in_the_source() -> set[str | tuple[str, ...]]:
    methods = [("**.py", "python"), ("**.html", "jinja2")]
    options = {"**.html": {"encoding": "utf-8"}}
    found = extract_from_dir(str(CONSOLE), methods, options, KEYWORDS)
    return {message for _, _, message, _, _ in found}


def read(language: str) -> Catalog:
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=str(locale_of(language)), abort_invalid=True)


def forms(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def placeholders(text: str) -> set[str]:
    assert not any(bare for _, bare in PLACEHOLDER.findall(text)), f"a bare % in {text!r}"
    return {name for name, _ in PLACEHOLDER.findall(text) if name}


def messages(language: str) -> list[Message]:
    return [message for message in read(language) if message.id]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_in_the_catalogue_and_no_other(language):
    assert {message.id for message in messages(language)} == used_in_the_source()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_in_every_form(language):
    plural_forms = read(language).num_plurals
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
