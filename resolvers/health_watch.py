"""Changes of the sources' states, for those who follow them; no source is asked for it.

Every call that the gateway makes leaves its trace in the connector's health.  That is what is
looked at here, every second, and only while somebody follows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from connectors.contract.health import HealthState
from connectors.contract.source import Source
from resolvers.sources import Watched

EVERY = 1.0


class HealthWatch:
    """Tells any number of followers which sources changed."""

    def __init__(self, sources: Sequence[Source], every: float = EVERY) -> None:
        """Look at *sources* each *every* seconds."""
        self._watched = {
            source.name: source.connector
            for source in sources
            if isinstance(source.connector, Watched)
        }
        self._every = every
        self._followers: set[_Follower] = set()
        self._looking: asyncio.Task[None] | None = None

    async def changes(self) -> AsyncGenerator[str, None]:
        """Give the name of each source whose state changes from now on, without end.

        Who follows slowly is told of each changed source once, not of each change.
        """
        follower = _Follower()
        self._followers.add(follower)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(self._states()))
        try:
            while True:
                yield await follower.next()
        finally:
            self._followers.discard(follower)
            if not self._followers and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _look(self, known: dict[str, HealthState]) -> None:
        while True:
            await asyncio.sleep(self._every)
            states = self._states()
            for name, state in states.items():
                if state is not known[name]:
                    for follower in self._followers:
                        follower.tell(name)
            known = states

    def _states(self) -> dict[str, HealthState]:
        return {name: connector.health().state for name, connector in self._watched.items()}


class _Follower:
    """What one follower has not been told yet: at most each source once."""

    def __init__(self) -> None:
        self._untold: dict[str, None] = {}
        self._news = asyncio.Event()

    def tell(self, name: str) -> None:
        self._untold[name] = None
        self._news.set()

    async def next(self) -> str:
        await self._news.wait()
        name = next(iter(self._untold))
        del self._untold[name]
        if not self._untold:
            self._news.clear()
        return name
