"""What every list has in common."""

from __future__ import annotations

import strawberry

DEFAULT_DESCRIPTION = "How many, 20 if not given, at most 100 (*jumlah per halaman*)"
AFTER = "The cursor after which the page begins (*setelah kursor*)"
BEFORE = "The cursor before which the page ends (*sebelum kursor*)"
LAST = "How many from the end, at most 100; not together with `first` (*dari belakang*)"


@strawberry.federation.type(
    shareable=True, description="Where a page lies in its list (*keterangan halaman*)"
)
class PageInfo:
    """Where a page lies in its list."""

    has_next_page: bool = strawberry.field(
        description="More may follow; also true while a source is missing (*ada halaman berikut*)"
    )
    has_previous_page: bool = strawberry.field(
        description="There is a page before (*ada halaman sebelum*)"
    )
    start_cursor: str | None = strawberry.field(
        description="The cursor of the first entry (*kursor awal*)"
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor to go on from (*kursor akhir*)"
    )


@strawberry.type(
    description="How many there are (*jumlah*); exact false: at least value, null: not known"
)
class Count:
    """How many there are, as far as it is known."""

    value: int | None = strawberry.field(
        description="The number; null where none is known or it is withheld (*nilai*)"
    )
    exact: bool = strawberry.field(
        description="False: at least the value, for some source neither told all nor could count "
        "(*tepat*)"
    )
    withheld: bool = strawberry.field(
        description="The number is too small to be shown (*disembunyikan*)"
    )
