"""What one query may ask: the table `[gateway.limits]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from connectors.settings_reader import SettingsReader
from gateway.executor.limits import Limits
from resolvers.policy import Role, Viewer

_BUDGETS: Mapping[str, int] = MappingProxyType(
    {role.value: 10_000 for role in Role} | {Role.PUBLIC.value: 2_500, Role.PORTAL.value: 5_000}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """What one query may ask."""

    length: int = 64 * 1024
    """Characters of a query's text."""
    tokens: int = 2_000
    """Words and signs of a query's text."""
    depth: int = 12
    """Fields inside one another."""
    introspection_depth: int = 20
    """Fields inside one another below `__schema` and `__type`."""
    aliases: int = 30
    """Aliases, counted as often as their fragment is spread."""
    root_fields: int = 20
    """Fields at the root, counted likewise."""
    directives: int = 20
    """Directives in a query's text."""
    fields: int = 5_000
    """Fields, counted as often as their fragment is spread."""
    pairs: int = 10_000
    """Pairs of fields with one name, which validation may have to compare."""
    show_cost: bool = False
    """Tell the cost of each query, and the budget, in `extensions.cost`."""
    budget: Mapping[str, int] = field(default_factory=lambda: _BUDGETS)
    """Role to what its queries may cost; of several roles the largest counts."""

    def budget_of(self, viewer: Viewer) -> int:
        """Give what one query of *viewer* may cost."""
        budget = self.budget
        if len(viewer.roles) == 1:
            # By its text, which is found faster than a member of an enum.
            (role,) = viewer.roles
            return budget.get(role._value_, budget["PUBLIC"])
        own = [budget[role.value] for role in viewer.roles if role.value in budget]
        return max(own, default=budget["PUBLIC"])

    def limits(self, *, introspection: bool, validation_errors: int) -> Limits:
        """Give the executor's limits; without *introspection* errors suggest no names either."""
        return Limits(
            max_length=self.length,
            max_tokens=self.tokens,
            max_depth=self.depth,
            max_introspection_depth=self.introspection_depth,
            max_aliases=self.aliases,
            max_root_fields=self.root_fields,
            max_directives=self.directives,
            max_fields=self.fields,
            max_pairs=self.pairs,
            max_cost=max(self.budget.values()),
            introspection=introspection,
            suggestions=introspection,
            max_validation_errors=validation_errors,
        )


def read_limits(read: SettingsReader, before: LimitSettings) -> LimitSettings:
    """Read the table `limits` of `[gateway]` over what was known *before*."""
    table = read.section("limits")
    if table is None:
        return before
    settings = LimitSettings(
        length=table.size("length", before.length),
        tokens=table.whole("tokens", before.tokens),
        depth=table.whole("depth", before.depth, most=100),
        introspection_depth=table.whole(
            "introspection_depth", before.introspection_depth, most=100
        ),
        aliases=table.whole("aliases", before.aliases),
        root_fields=table.whole("root_fields", before.root_fields),
        directives=table.whole("directives", before.directives),
        fields=table.whole("fields", before.fields),
        pairs=table.whole("pairs", before.pairs),
        show_cost=table.flag("show_cost", default=before.show_cost),
        budget=_budgets(table, before.budget),
    )
    table.finish()
    return settings


def _budgets(read: SettingsReader, before: Mapping[str, int]) -> Mapping[str, int]:
    table = read.section("budget")
    if table is None:
        return before
    budgets = {role.value: table.whole(role, before[role]) for role in Role}
    table.finish()
    return budgets
