"""Sources are configuration: strict, every mistake at once, secrets by reference."""

from __future__ import annotations

import pickle
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest

from connectors import registry
from connectors.contract.capabilities import Fit
from connectors.contract.filters import Op, Term
from connectors.memory import Memory
from connectors.problems import ConfigurationError, Problem
from connectors.references import References, Secret
from connectors.registry import load
from connectors.settings_reader import SettingsReader
from connectors.source_settings import SourceSettings
from tests.connectors.outside import DEMO

MAPPING = """
[sources.a.collections.complaints.mapping]
local_id = "id"
updated_at = { path = "ubah", required = true }
status = { path = "status", codes = "status" }
"""
GOOD = (
    """
[sources.a]
kind = "rest"
base_url = "http://127.0.0.1:1/api"
auth = { kind = "bearer", token = "env:TOKEN" }
[sources.a.codes.status]
version = "1"
words = { Baru = "SUBMITTED", Selesai = "CLOSED_BY_ADMIN" }
[sources.a.collections.complaints]
path = "/laporan"
rows = "data"
"""
    + MAPPING
)
ENVIRON = {"TOKEN": "sangat-rahasia", "DSN": "postgresql://u:sandi@h/d"}


def problems(text: str, environ: dict[str, str] | None = None) -> tuple[Problem, ...]:
    with pytest.raises(ConfigurationError) as raised:
        load(text, ENVIRON if environ is None else environ)
    return raised.value.problems


def told(text: str, environ: dict[str, str] | None = None) -> dict[str, str]:
    return {each.path: f"{each.message}; {each.hint}" for each in problems(text, environ)}


def test_good_settings_become_sources() -> None:
    """Nothing is opened: the address of this source answers nobody."""
    (source,) = load(GOOD, ENVIRON)

    assert (source.name, source.title, source.kind, source.national) == ("a", "a", "rest", False)
    assert (source.time_limit, source.row_budget) == (4.0, 50_000)
    assert source.holds("complaints")


def test_the_demo_is_well_configured() -> None:
    """The sandbox's systems and New York load without a mistake."""
    names = ["SP4N_URL", "KALTIM_URL", "SP4N_TOKEN", "KALTIM_KEY", "PU_DSN", "REGISTRY_PATH"]
    names += ["OMBUDSMAN_URL", "OMBUDSMAN_TOKEN", "KSP_DSN"]
    environ = {f"SIMPUL_{name}": "http://127.0.0.1:9" for name in names}

    found = [*load(DEMO / "sandbox.toml", environ), *load(DEMO / "nyc.toml", {})]
    assert [each.name for each in found] == [
        "sp4n",
        "pu",
        "kaltim",
        "ombudsman",
        "ksp",
        "registry",
        "nyc",
    ]
    assert [each.name for each in found if each.national] == ["sp4n"]


def test_every_mistake_of_every_source_is_told_at_once() -> None:
    """Each with its path, and with what was probably meant."""
    text = """
colour = "red"
[sources.a]
kind = "rest"
nmame = "A"
base_url = "ftp://x"
time_limit = "4 seconds"
max_body = 32
concurrency = 0
public_only = "yes"
regions = ["6472"]
time_zone = "Asia/Jakrata"
auth = { kind = "bearer", token = "secret-in-the-open" }
[sources.a.codes.status]
words = { Baru = "SUBMITTD" }
[sources.a.collections.complaint]
path = "x"
[sources.a.collections.complaints]
path = "laporan"
page = { style = "numbers", param = "p" }
orders = [{ field = "update_at", direction = "up" }]
[sources.a.collections.complaints.filters]
status = { op = "equals", param = "status" }
categori = { op = "in", param = "k" }
title = { op = "in", param = "t" }
[sources.a.collections.complaints.mapping]
statusx = "status"
title = { path = "judul", paths = "x" }
status = { path = "status", codes = "statuses" }
category = { path = "k", value = "1" }
closed_at = { path = "selesai", format = "dd-mm" }
source_status = "x"
kind = { value = "COMPLAIN" }
region = { path = "w", form = "regionn" }
[sources.B]
kind = "grpc"
[sources.c]
kind = "postgres"
dsn = "postgresql://u:p@h/d"
[sources.c.collections.complaints]
table = "a.b.c"
[sources.d]
kind = "sheet"
path = "env:NOWHERE"
"""
    found = told(text)
    mapping = "sources.a.collections.complaints.mapping"
    expected = {
        "colour": "is not a known setting",
        "sources.a.nmame": "did you mean `name`?",
        "sources.a.base_url": "is no web address",
        "sources.a.time_limit": "should be a duration",
        "sources.a.max_body": "should be a size",
        "sources.a.concurrency": "out of range",
        "sources.a.public_only": "should be true or false, is a text",
        "sources.a.regions": "`6472` is no region code",
        "sources.a.time_zone": "is no time zone",
        "sources.a.auth.token": "a secret stands in the settings",
        "sources.a.codes.status.version": "is missing",
        "sources.a.collections.complaint": "did you mean `complaints`?",
        "sources.a.collections.complaints.path": "should start with `/`",
        "sources.a.collections.complaints.page.style": "did you mean `number`?",
        "sources.a.collections.complaints.orders[0].field": "is no mapped date",
        "sources.a.collections.complaints.orders[0].direction": "`up` is not known",
        "sources.a.collections.complaints.filters.status.op": "`equals` is not known",
        "sources.a.collections.complaints.filters.categori": "is not a field of a record",
        "sources.a.collections.complaints.filters.title.op": "cannot be compared so",
        f"{mapping}.statusx": "did you mean `status`?",
        f"{mapping}.title.paths": "did you mean `path`?",
        f"{mapping}.status.codes": "did you mean `status`?",
        f"{mapping}.category": "needs either `path` or `value`",
        f"{mapping}.closed_at.format": "is no way to write a time",
        f"{mapping}.source_status": "cannot be mapped",
        f"{mapping}.kind.value": "did you mean `COMPLAINT`?",
        f"{mapping}.region.form": "did you mean `region`?",
        f"{mapping}.local_id": "is missing",
        "sources.B": "is no id",
        "sources.B.kind": "there is no kind `grpc`",
        "sources.c.dsn": "a secret stands in the settings",
        "sources.c.collections.complaints.table": "is no name of a table",
        "sources.c.collections.complaints.mapping": "is missing",
        "sources.d.path": "the environment variable NOWHERE is not set",
        "sources.d.collections": "is missing",
    }

    missing = {path: words for path, words in expected.items() if words not in found.get(path, "")}
    assert not missing, {path: found.get(path) for path in missing}


def test_a_code_table_may_only_mean_canonical_words() -> None:
    """A status that does not exist is told where the table is used."""
    found = told(GOOD.replace('"SUBMITTED"', '"SUBMITTD"'))

    path = "sources.a.collections.complaints.mapping.status.codes"
    assert "did you mean `SUBMITTED`?" in found[path]


def test_a_code_table_may_not_mean_unknown() -> None:
    """UNKNOWN is for words that no table has."""
    assert "no canonical word" in str(told(GOOD.replace('"SUBMITTED"', '"UNKNOWN"')))


def test_only_one_source_is_national() -> None:
    """Two sources with the national anchors would list everything twice."""
    text = GOOD.replace('kind = "rest"', 'kind = "rest"\nnational = true')
    both = text + text.replace("sources.a", "sources.b")

    assert "more than one source is national: a, b" in str(problems(both)[0])


@pytest.mark.parametrize(
    "text", ["", "[sources]", "sources = 3", "[sources.a]", "[[sources]]", "a = ", "sources = []"]
)
def test_settings_that_say_nothing_are_mistakes_or_empty(text: str) -> None:
    """Broken and empty settings are told in words, never in a traceback."""
    if text == "[sources]":
        assert load(text, {}) == ()
        return
    assert problems(text)


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ('true = ["Y"]', "false"),
        ('false = ["T"]', "true"),
        ('true = [], false = ["T"]', "true"),
        ('true = ["Y", "T"], false = ["t"]', "true"),
    ],
)
def test_a_flags_words_are_told_whole(words: str, path: str) -> None:
    """Both sides, and none on both."""
    text = GOOD + f'secret = {{ path = "rahasia", {words} }}\n'

    assert list(told(text)) == [f"sources.a.collections.complaints.mapping.secret.{path}"]


def test_settings_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """A file that is not there, or is no text."""
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")

    for path in (tmp_path / "missing.toml", tmp_path / "x.toml"):
        with pytest.raises(ConfigurationError):
            load(path, {})


def test_secrets_are_never_written_out(tmp_path: Path) -> None:
    """Not in a message about other mistakes, not in a representation, not in a dump."""
    found = problems(GOOD.replace('rows = "data"', "rows = 3"))
    assert "sangat-rahasia" not in str(ConfigurationError(found))
    in_the_open = problems(GOOD.replace("env:TOKEN", "sangat-terbuka"))
    assert "sangat-terbuka" not in str(ConfigurationError(in_the_open)) + repr(in_the_open)

    secret = Secret("sangat-rahasia", "env:TOKEN")
    assert "sangat-rahasia" not in f"{secret} {secret!r}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    """Relative to the settings, with its line end dropped."""
    (tmp_path / "token").write_text("dari-berkas\n", "utf-8")
    (tmp_path / "simpul.toml").write_text(GOOD.replace("env:TOKEN", "file:token"), "utf-8")

    assert load(tmp_path / "simpul.toml", {})
    assert References({}, tmp_path).resolve("file:token") == "dari-berkas"


def test_a_secret_that_is_not_there_is_told_by_its_reference() -> None:
    """The name of the variable, and what to do."""
    found = told(GOOD, {})

    assert found["sources.a.auth.token"] == (
        "the environment variable TOKEN is not set; set TOKEN before starting"
    )


def test_a_secret_with_a_line_break_cannot_become_a_header() -> None:
    """It would smuggle in a second one."""
    assert "a header cannot carry" in str(told(GOOD, {"TOKEN": "a\r\nX-Evil: 1"}))


def test_an_order_needs_a_date_that_is_always_there() -> None:
    """A date that may be missing takes another one, and the source does not sort by that."""
    text = GOOD.replace(
        'rows = "data"', 'rows = "data"\norders = { field = "updated_at", direction = "ascending" }'
    )

    assert load(text, ENVIRON)
    assert "set required = true" in str(told(text.replace(", required = true", "")))


def test_a_coarse_filter_is_a_superset() -> None:
    """A source that compares whole days answers with more, and says so."""
    text = (
        GOOD
        + """
[sources.a.collections.complaints.filters]
updated_at = { op = "from", param = "dari", format = "%Y-%m-%d", granularity = "day" }
status = { op = "in", param = "s" }
"""
    )
    (source,) = load(text, ENVIRON)
    can = source.connector.capabilities.collections["complaints"]

    assert [each.exact for each in can.operators["updated_at"]] == [False]
    (status,) = can.operators["status"]
    assert (status.op, status.max_values) == (Op.IN, 1)
    assert set(status.values or ()) == {"SUBMITTED", "CLOSED_BY_ADMIN"}
    assert can.fit(Term("status", Op.IN, ("UNKNOWN",))) is Fit.NO


def test_others_can_add_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point of the group adds a kind; its settings are as strict as ours."""
    point = EntryPoint("ledger", f"{__name__}:build_ledger", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda **_: EntryPoints([point]))

    (source,) = load('[sources.x]\nkind = "ledger"\nbook = "b"', {})
    assert source.kind == "ledger"
    assert "did you mean `book`?" in str(told('[sources.x]\nkind = "ledger"\nboook = "b"'))


def build_ledger(reader: SettingsReader, source: SourceSettings) -> Any:
    """Build a connector of a kind that this project does not know."""
    reader.text("book")
    return Memory(source.id, [])


def test_a_table_of_words_may_be_a_file(tmp_path: Path) -> None:
    """A CSV beside the settings; a file or column that is not there is told."""
    (tmp_path / "status.csv").write_text("kata,arti\nBaru,SUBMITTED\n", "utf-8")
    text = GOOD.replace(
        'words = { Baru = "SUBMITTED", Selesai = "CLOSED_BY_ADMIN" }',
        'file = "status.csv"\nword = "kata"\nmeans = "arti"',
    )
    (tmp_path / "simpul.toml").write_text(text, "utf-8")

    assert load(tmp_path / "simpul.toml", ENVIRON)
    for wrong in (text.replace("status.csv", "none.csv"), text.replace('"arti"', '"arit"')):
        with pytest.raises(ConfigurationError):
            load(wrong, ENVIRON, folder=tmp_path)


def test_a_word_that_means_nothing_is_told_what_it_may_mean() -> None:
    """The nearest word, and where none is near all of them."""
    far = told(GOOD.replace('"SUBMITTED"', '"NEW"'))
    near = told(GOOD.replace('"SUBMITTED"', '"SUBMIT"'))

    assert "`Baru` means `NEW`, which is no canonical word; write one of SUBMITTED, " in str(far)
    assert "CLOSED_BY_ADMIN" in str(far)
    assert "UNKNOWN" not in str(far)
    assert "did you mean `SUBMITTED`?" in str(near)


@pytest.mark.parametrize(
    ("name", "zone"),
    [("WIB", "Asia/Jakarta"), ("wita", "Asia/Makassar"), ("WIT", "Asia/Jayapura")],
)
def test_zones_as_they_are_called_in_indonesia_are_told_their_names(name: str, zone: str) -> None:
    """Whose clock it is would otherwise be a guess at a word of three letters."""
    found = told(GOOD.replace('kind = "rest"', f'kind = "rest"\ntime_zone = "{name}"'))

    assert found["sources.a.time_zone"] == f'`{name}` is no time zone; write "{zone}"'
