"""What looks like personal data is blotted out; what does not is left alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.redaction import BLOT, redact, redact_by_patterns, redact_suspect
from resolvers.suspicion import AT, HONORIFICS, suspects

B = BLOT

TEXT = """pak Pak. IBU (Bpk a.n a/n an. atas nama bernama at (at) [a] @x di jalan 0812 34 KT 1234 AB
    B1C 014 SDN RT 2020-2021 12/2020 mail@x.id x dot com titik . - _ Dr dr. H. H.Ali KH R. bang Bang
    Joko Om tante Gus 1 7.8 &amp; \u00bd"""
PIECES = TEXT.split()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # Telephone numbers, in the ways people group them.
        ("hubungi 081200001234 segera", f"hubungi {B} segera"),
        ("hubungi 0812-0000-1234", f"hubungi {B}"),
        ("hubungi 0812 0000 1234", f"hubungi {B}"),
        ("hubungi 0812.0000.1234", f"hubungi {B}"),
        ("hubungi +62 812-0000-1234", f"hubungi {B}"),
        ("hubungi (0541) 123456", f"hubungi {B}"),
        ("hubungi 0812\u20130000\u20131234", f"hubungi {B}"),
        ("hubungi 0812\u200b0000\u200b1234", f"hubungi {B}"),
        ("hubungi 0812\u00a00000\u00a01234", f"hubungi {B}"),
        ("WA081200001234", f"WA{B}"),
        ("telp:0812_0000_1234,", f"telp:{B},"),
        # Identity cards, accounts and bank cards.
        ("NIK 6472010101800001", f"NIK {B}"),
        ("NIK 64.72.01.010180.0001", f"NIK {B}"),
        ("rek 123-456-789", f"rek {B}"),
        ("rek123456", f"rek{B}"),
        ("kartu 4111 1111 1111 1111", f"kartu {B}"),
        ("kartu 4111-1111-1111-1111 hilang", f"kartu {B} hilang"),
        ("tagihan 1.500.000 rupiah", f"tagihan {B} rupiah"),
        # Mail, also when it is hidden a little.
        ("surel budi.santoso@example.id", f"surel {B}"),
        ("surel budi@dinas.example.go.id ya", f"surel {B} ya"),
        ("surel budi(at)example(dot)id", f"surel {B}"),
        ("surel BUDI+lapor@EXAMPLE.ID", f"surel {B}"),
        ("akun @budi_s tidak dibalas", f"akun {B} tidak dibalas"),
        ("surel budi at gmail dot com", f"surel {B}"),
        ("surel budi(a)gmail.com", f"surel {B}"),
        ("surel budi\uff20gmail\uff0ecom", f"surel {B}"),
        ("surel budi&#64;gmail.com", f"surel {B}"),
        ("hubungi 0812/3456/7890", f"hubungi {B}"),
        ("hubungi 0812,3456,7890", f"hubungi {B}"),
        ("hubungi 0812|3456|7890", f"hubungi {B}"),
        ("hubungi &amp;#48;81234567", f"hubungi {B}"),
        ("hubungi \uff10\uff18\uff11\uff12\uff13\uff14\uff15\uff16", f"hubungi {B}"),
        ("hubungi " + "\ufe0f\u20e3".join("081234"), f"hubungi {B}"),
        # The hyphen that never breaks, other dashes and bullets, as word processors write them.
        ("hubungi 0812\u20113456\u20117890", f"hubungi {B}"),
        ("hubungi 0812\u20123456\u20127890", f"hubungi {B}"),
        ("hubungi 0812 \u2014 3456 \u2014 7890", f"hubungi {B}"),
        ("hubungi 0812\u22123456\u22127890", f"hubungi {B}"),
        ("hubungi 0812\u20223456\u20227890", f"hubungi {B}"),
        ("truk KT\u20111234\u2011XY", f"truk {B}"),
        ("surel budi\u2011santoso@contoh\u2011surat.id", f"surel {B}"),
        ("Pak Al\u2011Amin", f"Pak {B}"),
        # Marks of direction, fillers and lines under a sign are not seen as signs.
        ("hubungi \u20660812\u2069 345678", f"hubungi {B}"),
        ("hubungi 08\u206612\u206634\u206656\u206678", f"hubungi {B}"),
        ("hubungi 0812\u034f3456\u31647890", f"hubungi {B}"),
        ("hubungi " + "\u0332".join("0812345678"), f"hubungi {B}"),
        ("Pak\u2066 Budi", f"Pak {B}"),
        ("Bapak Bu\u0331di", f"Bapak {B}"),
        ("Pak      Budi", f"Pak      {B}"),
        ("titik -0.49,117.14 rusak", f"titik -{B} rusak"),
        ("HJ. SITI AMINAH", f"HJ. {B} {B}"),
        ("DRS. BAMBANG", f"DRS. {B}"),
        ("PROF SUTRISNO", f"PROF {B}"),
        ("a/n Budi", f"a/n {B}"),
        ("An. Budi", f"An. {B}"),
        ("Dokter Hasan marah", f"Dokter {B} marah"),
        ("Kades Sutrisno", f"Kades {B}"),
        # Plates.
        ("truk KT 1234 XX ugal-ugalan", f"truk {B} ugal-ugalan"),
        ("truk KT1234XX", f"truk {B}"),
        ("truk b 1234 xyz", f"truk {B}"),
        ("truk DA-9012-AB", f"truk {B}"),
        # Names after honorifics.
        ("Bapak Budi Santoso menagih uang", f"Bapak {B} {B} menagih uang"),
        ("bapak budi menagih", f"bapak {B} menagih"),
        ("IBU SITI AMINAH", f"IBU {B} {B}"),
        ("Ibu Siti binti Ahmad", f"Ibu {B} binti {B}"),
        ("Sdr. Andi", f"Sdr. {B}"),
        ("Sdri Rina Wati, pegawai", f"Sdri {B} {B}, pegawai"),
        ("Pak Joko", f"Pak {B}"),
        ("Bu Ani", f"Bu {B}"),
        ("H. Ahmad Dahlan", f"H. {B} {B}"),
        ("Hj. Fatimah", f"Hj. {B}"),
        ("Bu Hj. Siti Aminah", f"Bu Hj. {B} {B}"),
        ("dr. Tirta tidak datang", f"dr. {B} tidak datang"),
        ("a.n. Siti", f"a.n. {B}"),
        ("atas nama Siti Rahmawati", f"atas nama {B} {B}"),
        ("korban bernama Rina", f"korban bernama {B}"),
        ("Bapak: Budi", f"Bapak: {B}"),
        ("Mas Joko dan Mbak Rina", f"Mas {B} dan Mbak {B}"),
        ("Bapak Ma'ruf Al-Amin", f"Bapak {B} {B}"),
        ("Bapak Bupati Rudy", f"Bapak Bupati {B}"),
        ("Pak RT Sugeng", f"Pak RT {B}"),
        ("(Bapak Budi)", f"(Bapak {B})"),
    ],
)  # fmt: skip
def test_personal_data_are_blotted(text: str, shown: str) -> None:
    """Each pattern of the policy is found, also when grouped, glued or half hidden."""
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Jalan berlubang di Jl. Pahlawan RT 05 RW 02",
        "Lampu jalan mati sejak 3 hari di KM 12 poros Samarinda-Bontang",
        "Ibu Kota Nusantara belum ada angkutan umum",
        "Ibu hamil ditolak di puskesmas",
        "Ibu rumah tangga kesulitan air bersih",
        "Bapak/Ibu yang terhormat, mohon perbaikan",
        "Pak mohon jalan diperbaiki",
        "Pak RT tidak adil",
        "Bapak Kepala Desa",
        "UU 25/2009 pasal 4 ayat 2",
        "Perpres 76 tahun 2013",
        "tahun anggaran 2024-2025",
        "tahun anggaran 2024\u20142025",
        "caf\u00e9 di tepi jalan \u2014 bising",
        "sejak 2019 sampai 2023",
        "harga gas 3 kg naik 15000 per tabung",
        "antre 12 jam, 40 orang, loket 7",
        "BPJS kelas 3 tidak aktif",
        "SDN 004 Palaran rusak",
        "jalan poros km 5.5",
        "pukul 08.30 sampai 16.00",
        "emas Antam palsu",
        "Gedung H lantai 2",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    """Places, laws, years, times, amounts below six digits and offices are left as they are."""
    assert redact(text) == text


@given(st.text(alphabet="0123456789 .-()", max_size=40))
def test_no_six_digits_in_a_row_are_left(text: str) -> None:
    """However digits are grouped by spaces, dots and dashes, six in a row never stay together."""
    assert not any(
        len(run) >= 6 for run in "".join(c if c.isdigit() else " " for c in redact(text)).split()
    )


@given(st.text(max_size=200))
def test_blotting_twice_changes_nothing(text: str) -> None:
    """What is shown can be blotted again without change."""
    once = redact(text)

    assert redact(once) == once


@pytest.mark.parametrize("text", ["a" * 20_000, "1 " * 10_000, "Bapak " * 5_000, "a@" * 10_000])
@pytest.mark.timeout(5)
def test_a_long_text_takes_no_long_time(text: str) -> None:
    """No text makes the patterns run away."""
    assert len(redact(text)) <= len(text) * len(BLOT)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(PIECES),
            st.sampled_from(["", " ", "  ", "-", "_", ".", "/", ":", "(", ")", "\n"]),
        ),
        max_size=8,
    )
)
def test_the_quick_look_misses_nothing(words: list[tuple[str, str]]) -> None:
    """A text that is passed on unread by the patterns is one that they would not change."""
    text = "".join(word + between for word, between in words)

    assert redact(text) == redact_by_patterns(text)


ODD = [
    "\u0131bu",
    "\u0130bu",
    "\u017fdr",
    "\uff30ak",
    "\u0663\u0664\u0665\u0666\u0667\u0668",
    "m\xe9dan",
    "\x1c",
    "\x00",
]
NEXT_TO = ["", " ", "  ", "-", "_", ".", "/", ":", "(", ")", "\n", "\x1c", "\u00a0", "\x00"]
WRITTEN = st.lists(
    st.tuples(st.sampled_from(PIECES + ODD), st.sampled_from(NEXT_TO)), max_size=8
).map(lambda words: "".join(word + between for word, between in words))


@given(WRITTEN | st.text(max_size=60))
def test_choosing_patterns_changes_nothing(text: str) -> None:
    """A suspicious text that goes through few patterns comes out as from all of them."""
    assert redact_suspect(text) == redact_by_patterns(text)


@given(st.lists(WRITTEN, max_size=6))
def test_no_text_of_a_page_is_missed(texts: list[str]) -> None:
    """Looked at together, every text that a pattern would change is suspected."""
    changed = {place for place, text in enumerate(texts) if redact_by_patterns(text) != text}

    assert changed <= set(suspects(texts))


def slowly_suspected(text: str) -> bool:
    """Say by one sign after the other whether *text* is to be looked at."""
    plain = text.lower()
    return (
        not text.isascii()
        or any(sign in text for sign in "@&\0")
        or not (HONORIFICS | AT).isdisjoint(re.split("[^a-z0-9]+", plain))
        or sum(map(str.isdigit, text)) >= 6
        or re.search(r"\d[\s.\-]{0,2}[a-z]{1,3}(?![a-z0-9])", plain) is not None
    )


@given(st.lists(WRITTEN | st.sampled_from([*HONORIFICS, "jalan rusak"]), max_size=6))
def test_a_page_is_looked_through_as_its_texts_are(texts: list[str]) -> None:
    """Exactly those texts are found that have a sign, whatever stands around them."""
    signed = [place for place, text in enumerate(texts) if slowly_suspected(text)]

    assert suspects(texts) == signed


def test_texts_of_a_page_do_not_run_together() -> None:
    """Digits, plates and words are not read across two titles."""
    assert suspects(["SDN 014", "015 rusak", "KT 1234", "XX", "Pak", "ibukota"]) == [4]
    assert suspects(["di RT 12", "Gedung 345", "lantai 2"]) == []
