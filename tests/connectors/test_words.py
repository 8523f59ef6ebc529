"""Foreign texts, codes, numbers and flags are read one way, whatever shape they come in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.words import (
    BAD,
    coordinate,
    flag,
    fold,
    lies_in,
    plain,
    readable,
    region_code,
    tracking_number,
    word,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Jalan &amp; Jembatan", "Jalan & Jembatan"),
        ("a\0b\x07c", "abc"),
        ("baris satu\r\nbaris dua\ttab", "baris satu\nbaris dua\ttab"),
        ("  ", None),
        ("", None),
        (None, None),
        (15, "15"),
        ({"a": 1}, None),
        ("\u200bx", "\u200bx"),
        ("â€œrusakâ€\x9d", "â€œrusakâ€"),
    ],
)
def test_texts_are_cleaned_and_not_guessed(value: object, expected: str | None) -> None:
    """Entities and control characters go, broken encodings stay as the source sent them."""
    assert readable(value) == expected


def test_a_lone_surrogate_does_not_reach_the_answer() -> None:
    """Half a character, which JSON can carry and UTF-8 cannot, is replaced."""
    text = readable("rusak \ud83d parah")

    assert text is not None
    assert text.encode("utf-8")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("#9165816", "9165816"),
        (" # 916 5816 ", "9165816"),
        (9165816, "9165816"),
        (9165816.0, "9165816"),
        (None, None),
        ("", None),
        ("#", None),
        ("LAPOR-12", BAD),
        ("9" * 21, BAD),
        ("٣٤", BAD),
        (["1"], BAD),
        ({"no": 1}, BAD),
        ("LAPOR 1234567", BAD),
        ("1234567/2026", BAD),
    ],
)
def test_tracking_numbers_are_digits_only(value: object, expected: object) -> None:
    """`#` and blanks are dropped; what is no number then is reported, not passed on."""
    assert tracking_number(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("64", "64"),
        ("6472", "64.72"),
        ("64.72", "64.72"),
        ("647201", "64.72.01"),
        ("64.72.01.1001", "64.72.01.1001"),
        ("6472011001", "64.72.01.1001"),
        ("6400", None),
        ("00", None),
        ("64.00", None),
        ("1", None),
        ("64.7", None),
        ("64..72", None),
        ("64.72\n", None),
        ("Kota Samarinda", None),
    ],
)
def test_region_codes_get_their_dots(text: str, expected: str | None) -> None:
    """Kemendagri codes are dotted; a level of zeros, or anything else, is no code."""
    assert region_code(text) == expected


def test_a_region_lies_in_itself_and_in_what_is_above_it() -> None:
    """`64.72` lies in `64`, not in `6` nor in `64.7`."""
    assert lies_in("64.72", ("64",))
    assert lies_in("64", ("64",))
    assert lies_in("64.72", ())
    assert not lies_in("64.72", ("64.7", "6", "31"))


@pytest.mark.parametrize("value", [True, 1, "1", "Ya", " YA ", "true", "Yes", "t", 1.0, "Benar"])
def test_many_shapes_mean_true(value: object) -> None:
    """Flags come as booleans, numbers and words."""
    assert flag(value) is True


@pytest.mark.parametrize("value", [False, 0, "0", "Tidak", "tdk", "false", "no", "F", 0.0])
def test_many_shapes_mean_false(value: object) -> None:
    """Flags come as booleans, numbers and words."""
    assert flag(value) is False


@pytest.mark.parametrize(
    ("value", "expected"), [(None, None), ("", None), ("mungkin", BAD), (2, BAD)]
)
def test_a_flag_that_says_nothing_is_not_guessed(value: object, expected: object) -> None:
    """Null stays null, a word that is neither is reported."""
    assert flag(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("-0.5", -0.5),
        (117, 117.0),
        ("", None),
        (None, None),
        ("0,5", BAD),
        ("nan", BAD),
        (float("inf"), BAD),
        (999, BAD),
        (10**400, BAD),
        ({"lat": 1}, None),
    ],
)
def test_coordinates_are_finite_and_within_the_globe(value: object, expected: object) -> None:
    """What is no place on the globe is reported, not passed on."""
    assert coordinate(value, 180.0) == expected


def test_words_are_compared_without_case_and_surplus_blanks() -> None:
    """Case, runs of blanks and no-break spaces do not make a word another."""
    assert fold("  Selesai\u00a0 OTOMATIS\t") == fold("selesai otomatis")


def test_a_foreign_letter_never_folds_into_a_plain_one() -> None:
    """The Kelvin sign is no `k`: a database that folds ASCII only has to agree."""
    assert fold("\u212aota") != fold("kota")
    assert fold("ÉTÉ") == fold("été")


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """A compared form is its own compared form."""
    assert fold(fold(text)) == fold(text)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none()))
def test_words_have_no_control_characters_and_no_outer_blanks(value: object) -> None:
    """Whatever comes, a word can be shown, compared and stored."""
    written = word(value)

    assert written == written.strip(" \u00a0\t\n\v\f\r")
    assert "\0" not in written
    assert "\x07" not in written


def test_numbers_become_texts_without_decimals() -> None:
    """An id that a spreadsheet made a float is still the same id."""
    assert plain(9165816.0) == "9165816"
    assert plain(True) == "true"
    assert plain(float("nan")) is None
