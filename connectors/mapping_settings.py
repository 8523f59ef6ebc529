"""Read a collection's mapping: every field by name, every option checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from connectors.code_settings import REGION_HINT, check_filled, check_meanings, check_regions
from connectors.codes import CodeTable
from connectors.contract.filters import Value
from connectors.did_you_mean import did_you_mean
from connectors.fields import COMPLAINT_MOMENTS, FIELDS, REQUIRED, UNKNOWN_WORD, VOCABULARIES, Shape
from connectors.moments import UNIX, read_well
from connectors.rules import Rule, Rules
from connectors.settings_reader import LEFT_OPEN, SettingsReader
from connectors.words import FALSE_WORDS, TRUE_WORDS, fold, region_code

_INDONESIAN = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}
"""How Indonesia's zones are called, to what they are called elsewhere."""
_DERIVED = {
    "source": "it is the source's id",
    "source_status": "it is kept by itself beside `status`",
    "source_agency": "it is kept by itself beside `agency`",
    "warnings": "they are noted by the mapping",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What a mapping needs to know of its source."""

    source: str
    tables: Mapping[str, CodeTable]
    zone: ZoneInfo
    nulls: tuple[str, ...]
    regions: tuple[str, ...]
    public_only: bool
    nested: bool
    """Paths lead through nested objects."""


def read_rules(reader: SettingsReader, collection: str, background: Background) -> Rules:
    """Read the `mapping` of *collection* out of *reader*'s table."""
    rules: dict[str, Rule] = {}
    mapping = reader.section("mapping")
    if mapping is None:
        reader.problem("mapping", "is missing", "say which column or path gives which field")
    else:
        for name in mapping.names():
            rule = _rule(mapping, name, collection, background)
            if rule is not None:
                rules[name] = rule
        _check_required(mapping, collection)
    return Rules(
        source=background.source,
        collection=collection,
        rules=rules,
        nested=background.nested,
        regions=background.regions,
        public_only=background.public_only,
    )


def _check_required(mapping: SettingsReader, collection: str) -> None:
    keys = set(mapping.names())
    for name in sorted(REQUIRED[collection] - keys):
        mapping.problem(name, "is missing: without it no row can be used")
    if collection == "complaints" and not keys.intersection(COMPLAINT_MOMENTS):
        mapping.problem(
            "submitted_at", "is missing, and so is every other date", "map at least one date"
        )


def _rule(
    mapping: SettingsReader, name: str, collection: str, background: Background
) -> Rule | None:
    shape = FIELDS[collection].get(name)
    if shape is None:
        mapping.raw(name)
        hint = _DERIVED.get(name)
        mapping.problem(
            name,
            "is not a field of a record" if hint is None else "cannot be mapped",
            did_you_mean(name, FIELDS[collection]) if hint is None else hint,
        )
        return None
    value = mapping.raw(name)
    if value is None:
        return None  # left to fill in, which is noted
    if isinstance(value, str):
        if not value:
            mapping.problem(name, "is empty", "name the column or path that holds it")
        return _plain_rule(name, shape, value, collection, background)
    reader = mapping.section(name) if isinstance(value, dict) else None
    if reader is None:
        mapping.problem(name, "should be a path, or a table with `path` or `value`")
        return None
    return _full_rule(reader, name, shape, collection, background)


def _plain_rule(
    name: str, shape: Shape, path: str, collection: str, background: Background
) -> Rule:
    return Rule(
        field=name,
        shape=shape,
        path=path,
        zone=background.zone,
        region=name == "region",
        nulls=frozenset(map(fold, background.nulls)),
        required=name in REQUIRED[collection],
    )


def _full_rule(
    reader: SettingsReader, name: str, shape: Shape, collection: str, background: Background
) -> Rule:
    constant = _constant(reader, name, shape, collection)
    path = reader.optional_text("path")
    if (path is None) == (constant is None) and reader.has("path") == reader.has("value"):
        reader.problem(None, "needs either `path` or `value`")
    codes = None
    if shape in (Shape.CODE, Shape.CODES, Shape.PERIODS):
        codes = _codes(reader, name, collection, background)
    form = "iso"
    if shape in (Shape.MOMENT, Shape.DAY, Shape.PERIODS):
        form = _form(reader)
    true_words, false_words = TRUE_WORDS, FALSE_WORDS
    if shape is Shape.FLAG:
        true_words, false_words = _flag_words(reader)
    region = shape is Shape.CODE and _is_region(reader, name, codes)
    rule = Rule(
        field=name,
        shape=shape,
        path=path,
        constant=constant,
        codes=codes,
        region=region,
        form=form,
        zone=read_zone(reader, "time_zone", background.zone)
        if shape in (Shape.MOMENT, Shape.PERIODS)
        else background.zone,
        nulls=frozenset(map(fold, (*background.nulls, *reader.texts("nulls")))),
        required=reader.flag("required", default=name in REQUIRED[collection])
        if shape is Shape.MOMENT
        else name in REQUIRED[collection],
        separator=reader.text("separator", ";") if shape in (Shape.CODES, Shape.TRACKINGS) else ";",
        true_words=true_words,
        false_words=false_words,
        period=_period(reader) if shape is Shape.PERIODS else ("what", "from", "until"),
    )
    reader.finish()
    return rule


def _flag_words(reader: SettingsReader) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not reader.has("true") and not reader.has("false"):
        return TRUE_WORDS, FALSE_WORDS
    true, false = (tuple(map(fold, reader.texts(key))) for key in ("true", "false"))
    for key, words in (("true", true), ("false", false)):
        given = reader.raw(key)
        left_open = isinstance(given, list) and LEFT_OPEN in given
        if not left_open and (not words or not all(words)):
            reader.problem(key, "is missing: say both, what stands for true and for false")
    for each in sorted(set(true) & set(false)):
        reader.problem("true", f"`{each}` stands for true and for false")
    return true, false


def _period(reader: SettingsReader) -> tuple[str, str, str]:
    return reader.text("what", "what"), reader.text("from", "from"), reader.text("until", "until")


def _constant(reader: SettingsReader, name: str, shape: Shape, collection: str) -> Value | None:
    if not reader.has("value"):
        return None
    if shape is Shape.FLAG:
        return reader.flag("value", default=True)
    if shape not in (Shape.CODE, Shape.TEXT):
        reader.problem("value", "cannot be the same for all rows", "use `path`")
        reader.raw("value")
        return None
    vocabulary = VOCABULARIES.get((collection, name))
    if vocabulary is not None:
        return reader.choice("value", [member.value for member in vocabulary])
    value = reader.text("value")
    if name == "region" and value and region_code(value) != value:
        reader.problem("value", f"`{value}` is no region code", REGION_HINT)
    return value


def _codes(
    reader: SettingsReader, name: str, collection: str, background: Background
) -> CodeTable | None:
    wanted = reader.optional_text("codes")
    if wanted is None:
        return None
    table = background.tables.get(wanted)
    if table is None:
        reader.problem(
            "codes",
            f"there is no code table `{wanted}`",
            did_you_mean(wanted, background.tables)
            or f"write it under sources.{background.source}.codes.{wanted}",
        )
        return None
    vocabulary = VOCABULARIES.get((collection, name))
    place = f"sources.{background.source}.codes.{wanted}"
    if vocabulary is None:
        check_filled(table, place, (), reader.problems)
        if name == "region":
            check_regions(table, "codes", reader, dotted=not reader.has("form"))
    else:
        allowed = [member.value for member in vocabulary if member.value != UNKNOWN_WORD]
        check_meanings(table, allowed, "codes", reader)
        check_filled(table, place, allowed, reader.problems)
    return table


def _is_region(reader: SettingsReader, name: str, codes: CodeTable | None) -> bool:
    # Masks cut codes at their dots: a region that is read as it stands could not be cut.
    form = reader.has("form")
    if form:
        reader.choice("form", ("region",), "region")
        if name not in ("region", "parent", "code"):
            reader.problem("form", "only a region's code can have the form `region`")
    return form or (name == "region" and codes is None)


def _form(reader: SettingsReader) -> str:
    several = isinstance(reader.raw("format"), list)
    forms = reader.texts("format") if several else (reader.text("format", "iso"),)
    for form in forms:
        if not read_well(form) or (several and form in ("iso", *UNIX)) or "\n" in form:
            reader.problem(
                "format",
                f"`{form}` is no way to write a time",
                f'use "iso", {", ".join(sorted(UNIX))}, a pattern like "%d/%m/%Y %H:%M" or '
                '"id:%d %B %Y", or a list of patterns',
            )
            return "iso"
    return "\n".join(forms) or "iso"


def read_zone(reader: SettingsReader, key: str, default: ZoneInfo) -> ZoneInfo:
    """Read the name of a time zone."""
    name = reader.optional_text(key)
    if name is None:
        return default
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        zone = _INDONESIAN.get(fold(name))
        meant = did_you_mean(name, available_timezones()) if zone is None else f'write "{zone}"'
        reader.problem(key, f"`{name}` is no time zone", meant)
        return default


def read_regions(reader: SettingsReader) -> tuple[str, ...]:
    """Read the regions in which all of a source's rows lie."""
    found = reader.texts("regions")
    for code in found:
        if region_code(code) != code:
            reader.problem("regions", f"`{code}` is no region code", REGION_HINT)
    return found
