"""Write and compile the function that maps complaints: straight code, no look-up per row.

Rows are dictionaries, or of types that were made for the mapping and have moments read already
(`typed_rows`).  Of the latter, for an id, a moment and a code:

    def build(rows, tally, clean=False, /, Record=Record, …):
        found = []
        for row in rows:
            if row.__class__ is not row_9:
                not_a_row()
                continue
            local_id = row.f0
            …
            submitted_at = row.f1
            if submitted_at is None:
                tally.reject(reason_12)
                continue
            if submitted_at.tzinfo is not UTC:
                submitted_at = utc_13(submitted_at)
            …
            try:
                status, source_status = known_15[row.f2]
            except (KeyError, TypeError):
                status, source_status = read_16(row.f2, tally)
            found.append(Record(SOURCE, local_id, submitted_at, …, default_17, kind, …))
        return found

`clean` says that no text can have anything in it that has to be taken out, but for outer blanks.
Only names of record fields and numbered variables become part of the code; everything that comes
from the settings (paths, tables, constants) is handed over as a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import CodeType
from typing import Any, Protocol

import msgspec

from connectors.contract.records import ComplaintRecord
from connectors.fields import Shape
from connectors.moments import moment_reader, utc_reader
from connectors.readers import (
    Coded,
    code_reader,
    flag_reader,
    number_reader,
    text_reader,
    tracking_reader,
)
from connectors.row_code import ObjectCode, RowCode, TypedCode
from connectors.rules import Rule, Rules, expand
from connectors.tally import Tally
from connectors.typed_rows import Typed
from connectors.words import BAD, TRACKING_DIGITS, plain

_RAW = {"status": "source_status", "agency": "source_agency"}


class MapComplaints(Protocol):
    """Maps rows, and counts what went wrong."""

    def __call__(
        self, rows: Iterable[Any], tally: Tally, clean: bool = False, /
    ) -> list[ComplaintRecord]:
        """Map *rows*; *clean* if their texts hold plain characters only, and no `&`."""
        ...


def complaint_mapper(
    rules: Rules,
    wanted: frozenset[str] | None,
    row: Typed | None = None,
    read: frozenset[str] = frozenset(),
) -> MapComplaints:
    """Compile the mapping of complaints for the *wanted* fields; None for all.

    With *row*, the rows are of that type, and the moments in *read* were read already.
    """
    writer = _Writer(rules, wanted, row, read)
    names: dict[str, Any] = writer.names
    exec(_compiled(writer.source()), names)  # noqa: S102 - see above
    built: MapComplaints = names["build"]
    return built


def explain_mapping(rules: Rules, wanted: frozenset[str] | None) -> str:
    """Give the code that `complaint_mapper` compiles, for people."""
    return _Writer(rules, wanted).source()


@lru_cache(maxsize=256)
def _compiled(source: str) -> CodeType:
    # Sources that are mapped alike share their code: the values are apart.
    return compile(source, "<mapping>", "exec")


class _Writer:
    """Writes the code line by line and collects the values that it needs."""

    def __init__(
        self,
        rules: Rules,
        wanted: frozenset[str] | None,
        row: Typed | None = None,
        read: frozenset[str] = frozenset(),
    ) -> None:
        self.rules = rules
        self.wanted = wanted
        self.read = read
        self.needed = expand(rules, wanted)
        self.warns = wanted is None or "warnings" in wanted
        self.names: dict[str, Any] = {
            "Record": ComplaintRecord,
            "BAD": BAD,
            "UTC": UTC,
            "SOURCE": rules.source,
            "plain": plain,
            "nothing": _nothing,
            "earliest": min,
            "latest": max,
        }
        self.lines: list[str] = []
        self.values: dict[str, str] = {"source": "SOURCE"}
        self.row: RowCode = (
            ObjectCode(self.name, nested=rules.nested) if row is None else TypedCode(self.name, row)
        )

    def source(self) -> str:
        self.line(1, "found = []")
        self.line(1, "for row in rows:")
        for text in self.row.opening():
            self.line(2, text)
        self.local_id()
        if self.warns:
            self.line(2, "notes = []")
        self.moments()
        for name, rule in self.rules.rules.items():
            if name in self.needed and rule.shape is not Shape.MOMENT and name != "local_id":
                self.field(rule)
        if self.warns:
            self.values["warnings"] = "tuple(notes)"
        if self.rules.public_only and "secret" not in self.rules.rules and self.shows("secret"):
            self.values["secret"] = "False"  # noqa: S105 - a flag, not a password
        self.line(2, f"found.append(Record({self.arguments()}))")
        self.line(1, "return found")
        # What it refers to is at hand as parameters: found in half the steps of globals.
        kept = ", ".join(f"{name}={name}" for name in self.names)
        head = f"def build(rows, tally, clean=False, /, {kept}):"
        return "\n".join([head, *self.lines]) + "\n"

    def arguments(self) -> str:
        """Give the values by position, the last that is given last: faster than by keyword."""
        fields = msgspec.structs.fields(ComplaintRecord)
        last = max(place for place, field in enumerate(fields) if field.name in self.values)
        return ", ".join(
            self.values.get(field.name) or self.name("default", field.default)
            for field in fields[: last + 1]
        )

    def line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def shows(self, field: str) -> bool:
        return self.wanted is None or field in self.wanted

    def name(self, prefix: str, value: object) -> str:
        name = f"{prefix}_{len(self.names)}"
        self.names[name] = value
        return name

    def at(self, rule: Rule) -> str:
        """Give the expression for the value in the row, writing what it needs first."""
        lines, expression = self.row.at(rule.path or "")
        for text in lines:
            self.line(2, text)
        return expression

    def local_id(self) -> None:
        rule = self.rules.rules["local_id"]
        self.line(2, f"local_id = {self.at(rule)}")
        self.line(2, "if local_id.__class__ is not str:")
        self.line(3, "local_id = plain(local_id)")
        self.reject_if("not local_id", "MISSING:local_id")
        self.values["local_id"] = "local_id"

    def reject_if(self, condition: str, reason: str) -> None:
        self.line(2, f"if {condition}:")
        self.line(3, f"tally.reject({self.name('reason', reason)})")
        self.line(3, "continue")

    def moments(self) -> None:
        mapped = {rule.field: rule for rule in self.rules.moments()}
        readers = {
            name: moment_reader(rule.form, rule.zone, rule.nulls) for name, rule in mapped.items()
        }
        for name, rule in mapped.items():
            if name in self.needed or self.warns:
                self.moment(rule, self.name("read", readers[name]))
        for name in ("submitted_at", "updated_at"):
            if name not in mapped:
                self.line(2, f"{name} = None")
        self.fallbacks(mapped, readers)
        if self.warns and "closed_at" in mapped:
            self.line(2, "if closed_at is not None and closed_at < submitted_at:")
            self.line(3, "notes.append('NEGATIVE_DURATION')")
        for name in (*mapped, "submitted_at", "updated_at"):
            if self.shows(name) or name in ("submitted_at", "updated_at"):
                self.values[name] = name

    def moment(self, rule: Rule, read: str) -> None:
        name = rule.field
        if name in self.read:
            self.read_moment(rule)
            return
        self.line(2, f"{name} = {read}({self.at(rule)})")
        if rule.required:
            self.line(2, f"if {name} is BAD or {name} is None:")
            reason, missing = f"BAD_DATE:{name}", f"MISSING:{name}"
            reasons = f"{self.name('reason', reason)} if {name} is BAD"
            self.line(3, f"tally.reject({reasons} else {self.name('reason', missing)})")
            self.line(3, "continue")
            return
        self.line(2, f"if {name} is BAD:")
        self.line(3, f"{name} = None")
        self.note(f"BAD_DATE:{name}")

    def read_moment(self, rule: Rule) -> None:
        name = rule.field
        self.line(2, f"{name} = {self.at(rule)}")
        elsewhere = f"{name}.tzinfo is not UTC"
        if rule.required:
            self.reject_if(f"{name} is None", f"MISSING:{name}")
        else:
            elsewhere = f"{name} is not None and {elsewhere}"
        self.line(2, f"if {elsewhere}:")
        self.line(3, f"{name} = {self.name('utc', utc_reader(rule.zone))}({name})")

    def note(self, warning: str) -> None:
        if self.warns:
            self.line(3, f"notes.append({self.name('warning', warning)})")

    def fallbacks(self, mapped: Mapping[str, Rule], readers: Mapping[str, Any]) -> None:
        for name, choose in (("submitted_at", "earliest"), ("updated_at", "latest")):
            if name in mapped and mapped[name].required:
                continue
            others = [
                (self.row.reader(rule.path or ""), readers[other])
                for other, rule in mapped.items()
                if other != name
            ]
            known = self.name("known", _known(others))
            self.line(2, f"if {name} is None:")
            self.line(3, f"known = {known}(row)")
            if name == "submitted_at":
                self.line(3, "if not known:")
                self.line(4, "tally.reject('NO_DATE')")
                self.line(4, "continue")
                self.note("SUBMITTED_AT_MISSING")
            self.line(3, f"{name} = {choose}(known)")

    def field(self, rule: Rule) -> None:
        name = rule.field
        if rule.path is None:
            if self.shows(name):
                self.values[name] = self.name("constant", rule.constant)
            return
        match rule.shape:
            case Shape.CODE:
                self.coded(rule)
            case Shape.FLAG:
                self.checked(rule, flag_reader(rule), "BAD_FLAG")
            case Shape.NUMBER:
                self.checked(rule, number_reader(rule), "BAD_NUMBER")
            case Shape.TRACKING:
                # Not null: the row belongs to a national complaint, and only that one's own row may
                # say whether it can be seen.
                self.line(2, f"{name} = {self.at(rule)}")
                read = self.name("read", tracking_reader(rule))
                # What `is_tracking` asks, without a call.
                plain = f"{name}.isdigit() and (clean or {name}.isascii())"
                plain = f"{plain} and len({name}) <= {TRACKING_DIGITS}"
                self.line(2, f"if not ({name}.__class__ is str and {plain}):")
                self.line(3, f"{name} = {read}({name})")
                self.line(3, f"if {name} is BAD:")
                self.line(4, f"tally.reject({self.name('reason', 'BAD_TRACKING_ID')})")
                self.line(4, "continue")
                if self.shows(name):
                    self.values[name] = name
            case _:
                self.text(rule)

    def text(self, rule: Rule) -> None:
        name = rule.field
        read = self.name("read", text_reader(rule))
        self.line(2, f"{name} = {self.at(rule)}")
        if rule.nulls:
            self.line(2, f"{name} = {read}({name})")
        else:
            # What `readable` does with most texts, without a call.
            plain = f"'&' not in {name} and {name}.isprintable()"
            test = f"{name}.__class__ is str and (clean or {plain})"
            self.line(2, f"{name} = {name}.strip() or None if {test} else {read}({name})")
        self.values[name] = name

    def coded(self, rule: Rule) -> None:
        name = rule.field
        remembered: dict[str | None, Coded] = {}
        reader = code_reader(rule, self.rules, remembered)
        raw = _RAW.get(name)
        value, pair = self.at(rule), f"{name}, {raw or 'raw'}"
        self.line(2, "try:")
        self.line(3, f"{pair} = {self.name('known', remembered)}[{value}]")
        self.line(2, "except (KeyError, TypeError):")
        self.line(3, f"{pair} = {self.name('read', reader)}({value}, tally)")
        if self.shows(name):
            self.values[name] = name
        if raw is not None and self.shows(raw):
            self.values[raw] = raw

    def checked(self, rule: Rule, read: object, warning: str) -> None:
        name = rule.field
        missing = self.rules.missing_flag(name) if rule.shape is Shape.FLAG else None
        self.line(2, f"{name} = {self.at(rule)}")
        is_flag = rule.shape is Shape.FLAG
        odd = f"{name} is not True and {name} is not False" if is_flag else f"{name} is not None"
        self.line(2, f"if {odd}:")
        self.line(3, f"{name} = {self.name('read', read)}({name})")
        self.line(3, f"if {name} is BAD:")
        self.line(4, f"{name} = None")
        if self.warns:
            self.line(4, f"notes.append({self.name('warning', f'{warning}:{name}')})")
        if missing is not None:
            self.line(3, f"if {name} is None:")
            self.line(4, f"{name} = {missing}")
        if self.shows(name):
            self.values[name] = name


def _nothing(_key: str) -> None:
    return None


def _known(others: list[tuple[Any, Any]]) -> Callable[[Any], list[datetime]]:
    """Give the function that reads the *others* among a row's dates: rare, so it may be slow."""

    def known(row: Any) -> list[datetime]:
        moments = (read(at(row)) for at, read in others)
        return [moment for moment in moments if isinstance(moment, datetime)]

    return known
