"""The gateway's settings: strict, all mistakes at once, secrets never shown."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from connectors.contract.source import Source
from connectors.memory import Memory
from connectors.problems import ConfigurationError
from connectors.references import References
from gateway.app import load
from gateway.configuration import read_files
from gateway.document_settings import DocumentSettings
from gateway.executor import Limits
from gateway.http_settings import HttpSettings
from gateway.limit_settings import LimitSettings
from gateway.metric_settings import MetricSettings
from gateway.settings import GatewaySettings, SlaSettings, documented, read_settings
from gateway.stream_settings import StreamSettings

KEY = "00112233445566778899aabbccddeeff"


def read(table: object, known: GatewaySettings | None = None, **environ: str) -> GatewaySettings:
    """Read a table with an environment."""
    return read_settings(table, References(environ, Path()), known)


def test_all_that_can_be_set() -> None:
    """Durations and sizes are written to be read; keys come by reference."""
    settings = read(
        {
            "host": "0.0.0.0",  # noqa: S104 - only a value here
            "port": 80,
            "deadline": "4s",
            "drain": "500ms",
            "body_max": "64KiB",
            "introspection": True,
            "console": True,
            "validation_errors": 5,
            "cursor_lifetime": "2h",
            "cursor_keys": {"a": "env:KEY_A", "b": "env:KEY_B"},
            "cursor_key": "a",
            "reference_interval": "1m",
            "limits": {
                "length": "1KiB",
                "tokens": 11,
                "depth": 3,
                "introspection_depth": 4,
                "aliases": 5,
                "root_fields": 6,
                "directives": 7,
                "fields": 8,
                "pairs": 9,
                "show_cost": True,
                "budget": {"PUBLIC": 10, "OMBUDSMAN": 12},
            },
        },
        KEY_A=KEY,
        KEY_B=KEY * 2,
    )

    limits = settings.limits.limits(introspection=False, validation_errors=2)
    assert limits == Limits(
        max_length=1024,
        max_tokens=11,
        max_depth=3,
        max_introspection_depth=4,
        max_aliases=5,
        max_root_fields=6,
        max_directives=7,
        max_fields=8,
        max_pairs=9,
        max_cost=10_000,
        introspection=False,
        suggestions=False,
        max_validation_errors=2,
    )
    assert settings.limits.show_cost
    assert settings.limits.budget["OMBUDSMAN"] == 12
    assert settings.deadline == 4
    assert settings.drain == 0.5
    assert settings.body_max == 65536
    assert settings.cursor_lifetime == 7200
    assert settings.cursor_keys == {"a": bytes.fromhex(KEY), "b": bytes.fromhex(KEY * 2)}
    assert settings.cursor_key == "a"
    assert KEY not in repr(settings)
    assert "\\x11" not in repr(settings)


def test_every_mistake_is_told_at_once() -> None:
    """Each mistake has its path and what to do; a secret is never repeated."""
    with pytest.raises(ConfigurationError) as caught:
        read(
            {
                "prot": 1,
                "port": "80",
                "deadline": 8,
                "body_max": "64 KB",
                "console": "yes",
                "limits": {"depht": 1, "depth": 101, "budget": {"PUBLIK": 1, "PUBLIC": 0}},
                "cursor_key": "c",
                "cursor_keys": {"plain": KEY, "unset": "env:NO_SUCH", "short": "env:SHORT"},
            },
            SHORT="0011",
        )

    told = {problem.path: str(problem) for problem in caught.value.problems}
    assert set(told) == {
        "gateway.prot",
        "gateway.port",
        "gateway.deadline",
        "gateway.body_max",
        "gateway.console",
        "gateway.cursor_key",
        "gateway.cursor_keys.plain",
        "gateway.cursor_keys.unset",
        "gateway.cursor_keys.short",
        "gateway.limits.depht",
        "gateway.limits.depth",
        "gateway.limits.budget.PUBLIK",
        "gateway.limits.budget.PUBLIC",
    }
    assert "did you mean `port`?" in told["gateway.prot"]
    assert KEY not in str(caught.value)
    assert "0011" not in str(caught.value)


def test_later_files_add_to_earlier_ones() -> None:
    """What a later file does not set stays as it was."""
    earlier = read({"port": 81, "cursor_keys": {"a": "env:K"}}, K=KEY)
    settings = read({"deadline": "1s", "cursor_keys": {"b": "env:K"}}, earlier, K=KEY)

    assert (settings.port, settings.deadline) == (81, 1)
    assert set(settings.cursor_keys) == {"a", "b"}


def test_files_add_up(tmp_path: Path) -> None:
    """Sources of several files come together; two of one name or two national ones are mistakes."""

    def make(table: dict[str, object], _folder: Path) -> list[Source]:
        names = table["sources"]
        assert isinstance(names, dict)
        return [
            Source(connector=Memory(name, ()), title=name, kind="memory", national=True)
            for name in names
        ]

    for name in ("one", "two", "one"):
        text = f"[gateway]\nport = 8{len(name)}\n[sources.{name}]\n"
        (tmp_path / f"{name}.toml").write_text(text)
    (tmp_path / "gateway.toml").write_text('[gateway]\nhost = "::1"\n')
    paths = [tmp_path / "one.toml", tmp_path / "gateway.toml"]

    configuration = read_files(paths, {}, make)
    assert [source.name for source in configuration.sources] == ["one"]
    assert configuration.gateway.host == "::1"
    with pytest.raises(ConfigurationError) as caught:
        read_files([*paths, tmp_path / "two.toml", tmp_path / "one.toml"], {}, make)
    assert [problem.path for problem in caught.value.problems] == ["sources.one", "sources"]


def test_mistakes_of_all_files_and_tables_come_together(tmp_path: Path) -> None:
    """A missing file, broken TOML, a wrong setting and a wrong source are told in one go."""
    (tmp_path / "broken.toml").write_text("[gateway\n")
    (tmp_path / "wrong.toml").write_text('[gateway]\nprot = 1\n[sources.x]\nkind = "rset"\n')
    paths = [tmp_path / name for name in ("missing.toml", "broken.toml", "wrong.toml")]

    with pytest.raises(ConfigurationError) as caught:
        load(paths, {})

    told = str(caught.value)
    for part in ("missing.toml: cannot be read", "is not TOML", "gateway.prot", "sources.x.kind"):
        assert part in told


def test_no_source_at_all_is_a_mistake(tmp_path: Path) -> None:
    """A gateway over nothing does not start."""
    (tmp_path / "gateway.toml").write_text("[gateway]\nport = 81\n")

    with pytest.raises(ConfigurationError, match="sources: is missing"):
        load([tmp_path / "gateway.toml"], {})


def test_every_setting_is_documented() -> None:
    """The page of settings gives each a meaning and a default that reads like TOML."""
    page = documented(
        (Path(__file__).parents[2] / "gateway" / "settings.py").read_text(encoding="utf-8")
    )

    rows = [line for line in page.splitlines() if line.startswith("| `")]
    tables = (
        GatewaySettings,
        SlaSettings,
        HttpSettings,
        DocumentSettings,
        LimitSettings,
        StreamSettings,
        MetricSettings,
    )
    assert len(rows) == sum(len(fields(each)) for each in tables) - 6
    assert all(not row.endswith("|  |") for row in rows)
    assert '| `deadline` | `"8s"` |' in page
    assert '| `body_max` | `"256KiB"` |' in page
    assert '| `cursor_lifetime` | `"24h"` |' in page


def test_legal_files_are_read_when_the_settings_are(tmp_path: Path) -> None:
    """Files stand relative to the settings and add up; a mistake in one is told with its path."""
    (tmp_path / "rules.toml").write_text("due_soon_working_days = 4\n")
    (tmp_path / "days.toml").write_text("decreed = [2028]\n")
    (tmp_path / "wrong.toml").write_text("due_soon = 4\n")
    references = References({}, tmp_path)

    settings = read_settings(
        {"sla": {"rules": ["rules.toml"], "days_off": ["days.toml"]}}, references
    )
    assert settings.sla == SlaSettings(
        rules=(tmp_path / "rules.toml",), days_off=(tmp_path / "days.toml",)
    )
    assert read_settings({}, references, settings).sla == settings.sla
    with pytest.raises(ConfigurationError) as caught:
        read_settings(
            {"sla": {"rules": ["wrong.toml"], "days_off": ["none.toml"], "holidays": []}},
            references,
        )
    told = {problem.path: str(problem) for problem in caught.value.problems}
    assert set(told) == {"gateway.sla.rules", "gateway.sla.days_off", "gateway.sla.holidays"}
    assert "due_soon" in told["gateway.sla.rules"]


def test_what_stays_open_is_bounded_by_settings() -> None:
    """Bounds are read over earlier ones, origins add up, and what is no origin is told."""
    first = {"connections": 5, "idle": "2m", "message_max": "8KiB", "origins": ["https://A.go.id"]}
    settings = read({"streams": first})
    later = read({"streams": {"stalled": "1s", "origins": ["http://[::1]:8080"]}}, settings)

    assert later.streams == StreamSettings(
        connections=5,
        idle=120,
        message_max=8192,
        stalled=1,
        origins=("https://a.go.id", "http://[::1]:8080"),
    )
    with pytest.raises(ConfigurationError) as refused:
        read({"streams": {"origins": ["https://a.go.id/page", "*"], "heartbeats": "1s"}})
    told = [problem.path for problem in refused.value.problems]
    assert told == [
        "gateway.streams.origins",
        "gateway.streams.origins",
        "gateway.streams.heartbeats",
    ]


def test_hosts_are_names_as_they_stand_in_addresses() -> None:
    """They add up, whatever their case; what is no name, or one with more to it, is told."""
    first = {"hosts": ["Portal.example.go.id", "*.example.go.id:8443", "simpul_1."]}
    settings = read({"http": first})
    later = read({"http": {"hosts": ["10.1.2.3", "[::1]:8000", "*"]}}, settings)

    assert read({}).http.hosts == ()
    assert later.http.hosts == (
        "portal.example.go.id",
        "*.example.go.id:8443",
        "simpul_1.",
        "10.1.2.3",
        "[::1]:8000",
        "*",
    )
    wrong = (
        "https://a.go.id",
        "a.go.id/graphql",
        "a..id",
        "",
        "::1",
        "[::g]",
        "*.[::1]",
        "*.",
        "a.*.id",
        "a.id:x",
        "a.id:65536",
        "a.id:0",
        "*.a.id:00000",
        "[2001:db8::1]:0",
        "bücher.id",
    )
    for host in wrong:
        with pytest.raises(ConfigurationError) as refused:
            read({"http": {"hosts": ["a.id", host]}})
        (problem,) = refused.value.problems
        assert problem.path == "gateway.http.hosts"
        assert f"holds no host: {host}" in str(problem)
        assert "hint: " in str(problem)
