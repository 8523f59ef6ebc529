"""What is remembered of a question's shape changes nothing in its plans, and holds no secrets."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.contract.filters import (
    EVERYTHING,
    Filter,
    Op,
    Term,
    all_of,
    between,
    is_null,
    one_of,
    rewrite,
)
from connectors.contract.query import Order
from resolvers.planner.build import Remembered, build
from resolvers.planner.keys import EPOCH
from resolvers.planner.shape import Shape, filled, shape_of
from tests.planner.awkward import NOW
from tests.planner.test_build import SEAL
from tests.planner.test_laws import lawful, planner, question
from tests.planner.worlds import World, filters, orders, worlds

LATER = timedelta(days=3, microseconds=7)


def moved(where: Filter) -> Filter:
    """Give the same question of three days later."""

    def change(term: Term) -> Filter:
        if term.op not in (Op.FROM, Op.UNTIL):
            return term
        return Term(term.field, term.op, (term.values[0] + LATER,), term.negated)  # type: ignore[operator]

    return rewrite(where, change)


@lawful
@given(worlds(), filters, orders, st.integers(0, 30))
def test_a_plan_is_the_same_whether_its_shape_is_remembered(
    world: World, where: Filter, order: Order, size: int
) -> None:
    """At the first time, at the second, and of another moment: as if each were planned alone."""
    sources = planner(world).sources
    remembered: Remembered = {}
    for each in (where, where, moved(where)):
        asked = replace(question(each, order), first=size)
        alone = build(asked, sources, SEAL)
        found = build(asked, sources, SEAL, remembered=remembered)
        assert found.explain() == alone.explain()
        for one, other in zip(found.steps, alone.steps, strict=True):
            assert one.source is other.source
            for name in one.__struct_fields__:
                assert getattr(one, name) == getattr(other, name)
        assert (found.skipped, found.without) == (alone.skipped, alone.without)


def test_a_shape_holds_no_moment_and_no_number() -> None:
    """Moments go out; a filter that names complaints is not remembered at all."""
    since = between("submitted_at", NOW, NOW + LATER)
    shape = shape_of(all_of((since, one_of("status", ("DISPOSED",)))))
    assert isinstance(shape, Shape)
    assert shape.moments == (NOW, NOW + LATER)
    assert str(NOW.year) not in repr(shape.where)
    assert filled(shape.where, shape.moments) == all_of((since, one_of("status", ("DISPOSED",))))

    assert shape_of(one_of("tracking_id", ("9000001",))) is None
    assert shape_of(all_of((since, one_of("duplicate_of", ("9000001",))))) is None


def test_moments_of_two_shapes_do_not_meet() -> None:
    """Equal moments have one place, and which of two comes first is part of the shape."""
    one, other = NOW, NOW + LATER
    same = shape_of(all_of((between("submitted_at", one, None), between("closed_at", one, None))))
    apart = shape_of(
        all_of((between("submitted_at", one, None), between("closed_at", other, None)))
    )
    turned = shape_of(
        all_of((between("submitted_at", other, None), between("closed_at", one, None)))
    )
    assert same is not None
    assert apart is not None
    assert turned is not None
    assert len({same.where, apart.where, turned.where}) == 3


def test_what_has_no_moments_is_its_own_shape() -> None:
    """Also everything, and a moment at the beginning of the calendar."""
    for where in (EVERYTHING, is_null("tracking_id"), one_of("status", ("DISPOSED",))):
        assert shape_of(where) == Shape(where, ())
    first = between("submitted_at", EPOCH, None)
    shape = shape_of(first)
    assert shape is not None
    assert filled(shape.where, shape.moments) == first
