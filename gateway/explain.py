"""What a query would ask of whom, and what would be left to do here: no complaint is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway import app as root
from gateway.asked import Asked
from gateway.configuration import Configuration
from gateway.errors import show
from gateway.plans import noting
from gateway.telemetry import tracing
from gateway.unasked import unasked
from resolvers.policy import Viewer


async def explain(
    configuration: Configuration,
    viewer: Viewer,
    query: str,
    variables: Mapping[str, Any] | None,
    clock: root.Clock = root.now,
) -> tuple[str, bool]:
    """Write what *query* of *viewer* costs, how it is planned and what each source is sent first,
    and say whether it can be answered at all.

    Since no row comes back, what is asked afterwards for the rows of a page is not in it.
    """
    sent: dict[str, None] = {}
    sources = [
        unasked(each, lambda line: sent.update({line: None})) for each in configuration.sources
    ]
    reader = root.build_reader(sources, configuration.gateway, clock)
    answering = root.build_answering(reader, configuration.gateway)
    try:
        with tracing() as trace, noting() as noted:
            context = answering.context(viewer)
            try:
                asked = Asked(query, None if variables is None else dict(variables))
                outcome = await answering.run(asked, context, trace)
            finally:
                context.loaders.cancel()
            parts = [noted.text()] if noted.text() else []
            if sent:
                parts.append("sent first\n" + "".join(f"  {_inset(line)}\n" for line in sent))
            for error in outcome.errors:
                body = show(error, outcome.phase, trace.trace_id).body
                parts.append(f"error {body['extensions']['code']}: {body['message']}\n")
            return "\n".join(parts), not outcome.errors
    finally:
        await root.close(reader, configuration.sources)


def _inset(text: str) -> str:
    return text.replace("\n", "\n  ")
