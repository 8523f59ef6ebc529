"""What a probe found out, for the owner of the system: in Markdown, without a value of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median

from connectors.check_notes import zoneless_note
from connectors.conformance.came import told_to_owner
from connectors.conformance.probe import Outcome, Probed
from connectors.contract.capabilities import Collection

_MEANS: Mapping[str, tuple[str, str, str]] = {
    "it answers": (
        "it answers questions",
        "Nothing else could be checked.",
        "Compare address, credentials and paths; then run `simpul sources check`.",
    ),
    "no row comes twice": (
        "no row comes twice in a list",
        "We show it once; counts of yours that count it twice will not agree.",
        "Give each complaint once, the latest version of it.",
    ),
    "rows are sound": (
        "rows that can be used have ids of their own, dates are moments, words are declared ones",
        "Rows would be shown twice, or with dates and words that nobody can trust.",
        "Look for ids that come twice, and for dates without a zone.",
    ),
    "unknown words are counted": (
        "a word that no code table knows is counted, never dropped",
        "New words of yours would go unnoticed.",
        "This is about our connector, not about your system: report it to us.",
    ),
    "pages are complete": (
        "the pages of a list hold every row once, and a page asked for again is the same",
        "Complaints would be missing from lists, or stand in them twice.",
        "Cut pages in a fixed order (by the id last), and do not cap what is asked for silently.",
    ),
    "limits are kept": (
        "no page is longer than asked for",
        "Answers are larger than planned for; the gateway refuses them.",
        "Heed the parameter of the page's size; or our setting of it is the wrong one.",
    ),
    "orders are true": (
        "rows come in the declared order, ties by id where that is declared",
        "Lists over several systems would skip complaints.",
        "Sort as declared, or have the order taken out of the source's table.",
    ),
    "operators agree": (
        "a filter gives the rows that match it, all of them and no others",
        "Complaints would be missing, or shown where they do not belong.",
        "Heed the parameter; or our setting of it is wrong, or the filter is to be taken out.",
    ),
    "combinations agree": (
        "several filters at once give the rows that match all of them",
        "Complaints would be missing, or shown where they do not belong.",
        "Join filters by AND; or have one of them taken out of the source's table.",
    ),
    "undeclared filters are refused": (
        "what is not declared is refused and never ignored",
        "A filter that is ignored looks like an answer.",
        "This is about our connector, not about your system: report it to us.",
    ),
    "counts are exact": (
        "a count is the number of matching rows",
        "Figures and lists would contradict each other.",
        "Count with the filters applied; or have `count` taken out of the source's table.",
    ),
    "lookup is faithful": (
        "a complaint looked up by its id is the one of the list",
        "A complaint's own page would differ from the list, or not be found.",
        "Give the same row both ways, and nothing for an id that you do not have.",
    ),
    "fields are pruned": (
        "what is not wanted is not passed on",
        "More would be read than a viewer may see.",
        "This is about our connector, not about your system: report it to us.",
    ),
    "nothing matches nothing": (
        "a filter that nothing can match gives nothing",
        "An empty choice would show everything.",
        "Treat an empty list of values as no value.",
    ),
}
_UNKNOWN = ("", "", "")
_REASONS: Mapping[str, str] = {
    "SILENT_CAP": "Say in the answer how many rows there are, or give as many as are asked for.",
    "REPEATED_PAGE": "Heed the parameter that names the page; "
    "or our setting of it (`page.param = …`) is the wrong one, and it is called otherwise.",
    "ENDLESS_PAGES": "Heed the cursor, and end the chain of pages where the rows end; "
    "or our settings of it (`page.param = …`, `page.next = …`) are the wrong ones.",
}


def written(probed: Probed, when: datetime) -> str:
    """Write the report."""
    source = probed.source
    can = source.connector.capabilities.collections["complaints"]
    all_rows = "all its rows that can be used"
    read = all_rows if probed.whole else "some of its rows; what needs all was not checked"
    compared = f"{probed.rows} rows compared: {read}" if probed.rows else "no rows were compared"
    lines = [
        f"# {source.title}: what it promised and what held",
        "",
        f"Source `{source.name}`, kind `{source.kind}`, {when:%Y-%m-%d %H:%M} UTC, read only.",
        f"{len(probed.milliseconds)} questions, one by one; {compared}.",
        "No value of a row stands in this report.",
        "",
        "## What it declares",
        "",
        *_declared(can),
        *([] if probed.came is None else ["", "## Its rows", "", *told_to_owner(probed.came)]),
        "",
        "## Promises",
        "",
        "| promise | result |",
        "|---|---|",
        *(f"| {_promised(each)} | {_word(each)} |" for each in probed.outcomes),
    ]
    for outcome in probed.outcomes:
        if outcome.state in ("broken", "failed"):
            lines += _explained(outcome)
    if probed.zoneless:
        lines += ["", "## What may be wrong", "", f"* {zoneless_note(probed.zoneless)}."]
    lines += ["", "## Figures", "", *_figures(probed)]
    return "\n".join(lines) + "\n"


def _declared(can: Collection) -> list[str]:
    filters = [
        f"{name} ({', '.join(('not ' if o.negated else '') + o.op.value for o in operators)})"
        for name, operators in sorted(can.operators.items())
    ]
    orders = [f"{o.field} {'descending' if o.descending else 'ascending'}" for o in can.orders]
    return [
        f"* filters: {'; '.join(filters) or 'none'}",
        f"* orders: {', '.join(orders) or 'none'}",
        f"* counts: {'yes' if can.counts else 'no'}",
        f"* look-up by id: {f'up to {can.get_max} at once' if can.get_max else 'no'}",
    ]


def _promised(outcome: Outcome) -> str:
    return _MEANS.get(outcome.promise, _UNKNOWN)[0] or outcome.promise


def _word(outcome: Outcome) -> str:
    if outcome.state == "refuses":
        return "nothing declared"
    if outcome.state == "not checked":
        return f"not checked: {outcome.why}"
    return outcome.state if outcome.state == "kept" else f"**{outcome.state}**"


def _explained(outcome: Outcome) -> list[str]:
    _, means, do = _MEANS.get(outcome.promise, _UNKNOWN)
    do = next((hint for code, hint in _REASONS.items() if outcome.why.startswith(code)), do)
    lines = ["", f"### {_promised(outcome)}: {outcome.state}", ""]
    if outcome.question:
        lines.append(f"* Question at which it showed: {outcome.question}.")
    if outcome.why:
        lines.append(f"* What was found out: {outcome.why}.")
    return [*lines, f"* What it means: {means}", f"* What to do: {do}"]


def _figures(probed: Probed) -> list[str]:
    times, pages = sorted(probed.milliseconds), probed.pages
    if not times:
        return ["No question was answered."]
    return [
        "| figure | value |",
        "|---|---|",
        f"| questions | {len(times)} |",
        f"| answer, median | {median(times):.0f} ms |",
        f"| answer, 95 of 100 within | {_share(times, 0.95):.0f} ms |",
        f"| answer, slowest | {times[-1]:.0f} ms |",
        f"| rows a page, largest | {max(pages, default=0)} |",
        f"| rows a page, median | {median(pages) if pages else 0:g} |",
    ]


def _share(times: Sequence[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))]
