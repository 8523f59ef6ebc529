"""Code tables: both directions, and what counts as the same word."""

from __future__ import annotations

from connectors.codes import CodeTable


def test_words_lead_to_canonical_ones_and_back() -> None:
    """Several own words may mean one canonical word; each is found again."""
    table = CodeTable("1", {"Baru": "SUBMITTED", "Antri": "SUBMITTED", "Proses": "IN_PROGRESS"})

    assert table.meaning(" BARU ") == "SUBMITTED"
    assert table.meaning("Lama") is None
    assert table.own_words("SUBMITTED") == ("Baru", "Antri")
    assert table.own_keys(["SUBMITTED"]) == ["antri", "baru"]
    assert table.canonical == {"SUBMITTED", "IN_PROGRESS"}
    assert table.most_words() == 2


def test_an_exact_table_compares_letter_by_letter() -> None:
    """Where case carries meaning, it is kept."""
    table = CodeTable("1", {"a": "1", "A": "2"}, exact=True)

    assert (table.meaning("a"), table.meaning(" A "), table.meaning("á")) == ("1", "2", None)
    assert table.clashes() == []


def test_words_that_are_one_when_folded_clash() -> None:
    """Two words that are compared alike and mean different things are a mistake."""
    assert CodeTable("1", {"a": "1", "A": "2"}).clashes() == ["a"]
    assert CodeTable("1", {"a": "1", "A": "1"}).clashes() == []
