"""Which agencies are one body: a ministry, its units, and whoever took over from it."""

from __future__ import annotations

from resolvers.directory import Directory


class Bodies:
    """The bodies of one *directory*; an agency that it does not know is a body of its own."""

    def __init__(self, directory: Directory) -> None:
        """Look up in *directory*."""
        self._directory = directory
        self._families: dict[str, frozenset[str]] = {}
        self._predecessors: dict[str, list[str]] | None = None

    def family(self, code: str) -> frozenset[str]:
        """Give every agency of the body that *code* belongs to, from its top down."""
        known = self._families.get(code)
        if known is None:
            top, seen = code, {code}
            while (parent := self._directory.parents.get(top)) is not None and parent not in seen:
                top = parent
                seen.add(parent)
            known = self._directory.with_units_and_successors({top})
            self._families[code] = known
        return known

    def kin(self, code: str) -> frozenset[str]:
        """Give every agency that is `same` as *code*: its family, and whose work that took over."""
        if self._predecessors is None:
            self._predecessors = {}
            for each, editions in self._directory.agencies.items():
                for successor in {name for edition in editions for name in edition.successors}:
                    self._predecessors.setdefault(successor, []).append(each)
        found = set(self.family(code))
        waiting = list(found)
        while waiting:
            for before in self._predecessors.get(waiting.pop(), ()):
                # What came out of it besides is another body.
                older = {before, *self._units(before)} - found
                found |= older
                waiting.extend(older)
        return frozenset(found)

    def _units(self, code: str) -> frozenset[str]:
        return frozenset(self._directory.units.get(code, ()))

    def same(self, one: str, other: str) -> bool:
        """Say whether both agencies are one body."""
        return one == other or other in self.family(one) or one in self.family(other)

    def distinct(self, codes: frozenset[str]) -> tuple[str, ...]:
        """Give one of *codes* for each body among them."""
        found: list[str] = []
        for code in sorted(codes):
            if not any(self.same(code, known) for known in found):
                found.append(code)
        return tuple(found)
