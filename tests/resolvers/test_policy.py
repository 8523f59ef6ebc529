"""Rights are data, and what is not granted is denied."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.filters import NOTHING, negate, one_of, under
from connectors.contract.records import ComplaintRecord
from connectors.contract.vocabulary import ComplaintStatus
from resolvers.errors import BadFilter
from resolvers.masking import district, mask, masked, regency
from resolvers.policy import (
    NATIONAL_ADMIN,
    NOBODY,
    OMBUDSMAN,
    PRESIDENTIAL_STAFF,
    PUBLIC,
    RULES,
    Access,
    Mask,
    Purpose,
    Role,
    Viewer,
    access_of,
    scope,
)
from resolvers.redaction import BLOT, redact_by_patterns

MOMENT = datetime(2026, 11, 1, tzinfo=UTC)
FIELDS = {field.name for field in msgspec.structs.fields(ComplaintRecord)}
VISIBLE = {
    "DISPOSED",
    "IN_PROGRESS",
    "RESPONDED",
    "REPLIED",
    "REOPENED",
    "CLOSED_BY_REPORTER",
    "CLOSED_BY_SYSTEM",
    "CLOSED_BY_ADMIN",
    "ESCALATED",
}
PERSONAL = {"body", "place", "latitude", "longitude", "reporter_name", "reporter_contact"}


def record(**fields: object) -> ComplaintRecord:
    """A record with *fields*."""
    known = {"source": "s", "local_id": "1", "submitted_at": MOMENT, "updated_at": MOMENT}
    return ComplaintRecord(**(known | fields))  # type: ignore[arg-type] # the fields are the tests' own


@pytest.mark.parametrize(("role", "purpose"), list(itertools.product(Role, Purpose)))
def test_what_no_rule_grants_is_denied(role: Role, purpose: Purpose) -> None:
    """Every role and purpose without a rule sees no row, no field and no inner workings."""
    access = access_of(Viewer(subject="x", roles=frozenset({role}), purpose=purpose))

    if (role, purpose) in RULES:
        assert access is RULES[role, purpose]
    else:
        assert access == NOBODY
        assert access.rows == NOTHING
        assert not access.readable
        assert not access.permits(record(status="IN_PROGRESS", secret=False))


def test_only_four_viewers_have_rights_now() -> None:
    """Portals' public, coordination's administrator and the two overseers, nobody else."""
    assert set(RULES) == {
        (Role.PUBLIC, Purpose.PORTAL_PUBLIC),
        (Role.NATIONAL_ADMIN, Purpose.COORDINATION),
        (Role.OMBUDSMAN, Purpose.OMBUDSMAN_SUPERVISION),
        (Role.PRESIDENTIAL_STAFF, Purpose.KSP_OVERSIGHT),
    }


@pytest.mark.parametrize("viewer", [OMBUDSMAN, PRESIDENTIAL_STAFF])
def test_overseers_see_all_but_secrets_and_texts(viewer: Viewer) -> None:
    """Every status, no secret, no personal field; titles redacted, the place to the regency."""
    access = access_of(viewer)
    shown = mask(access, record(secret=False, title="Pak Budi 081200001234", region="64.72.01"))

    assert all(access.permits(record(status=s, secret=False)) for s in ComplaintStatus)
    assert not access.permits(record(status="IN_PROGRESS", secret=True))
    assert not access.readable & PERSONAL
    assert not access.follow_up_texts
    assert shown.region == "64.72"
    assert BLOT in str(shown.title)
    access.insist(under("region", ["64.72"]))
    with pytest.raises(BadFilter, match="regency"):
        access.insist(under("region", ["64.72.01"]))


def test_a_hand_over_needs_the_anchors_word_and_consent() -> None:
    """Escalated, agreed and not refused: all three, or nothing more is shown; for no other role."""
    access = access_of(OMBUDSMAN)
    handed = {"status": "ESCALATED", "handover_consented_at": MOMENT, "secret": True}

    assert access.towards(record(**handed)) is access.full
    assert access.permits(record(**handed))
    for lacking in (
        {**handed, "status": "CLOSED_BY_SYSTEM"},
        {**handed, "handover_consented_at": None},
        {**handed, "handover_refused_at": MOMENT},
    ):
        assert access.towards(record(**lacking)) is access
        assert not access.permits(record(**lacking))
    assert access.full is not None
    assert not access.full.operations
    assert access.without_full().full is None
    assert [key for key, each in RULES.items() if each.full is not None] == [
        (Role.OMBUDSMAN, Purpose.OMBUDSMAN_SUPERVISION)
    ]
    for name in PERSONAL:
        with pytest.raises(BadFilter):
            access.insist(one_of(name, ["x"]))


def test_cases_of_the_ombudsman_are_for_it_and_the_administrator() -> None:
    """Who is not granted cases sees none, nor whether a reporter agreed to a hand-over."""
    granted = {role for (role, _), access in RULES.items() if access.cases != NOTHING}
    consents = {
        role for (role, _), access in RULES.items() if "handover_consented_at" in access.readable
    }

    assert granted == consents == {Role.OMBUDSMAN, Role.NATIONAL_ADMIN}


@pytest.mark.parametrize("status", list(ComplaintStatus))
@pytest.mark.parametrize("secret", [False, True])
def test_the_public_sees_what_is_verified_and_not_secret(
    status: ComplaintStatus, secret: bool
) -> None:
    """A row is public if its status says that it was verified and it is not secret."""
    shown = access_of(PUBLIC).permits(record(status=status, secret=secret))

    assert shown is (status in VISIBLE and not secret)


def test_a_row_that_does_not_say_is_secret() -> None:
    """Without a word on secrecy or status nothing is shown to the public."""
    assert not access_of(PUBLIC).permits(record())
    assert not access_of(PUBLIC).permits(record(status="IN_PROGRESS"))
    assert access_of(NATIONAL_ADMIN).permits(record())


def test_personal_fields_are_pruned_for_the_public() -> None:
    """Body, place and reporter are not to be fetched; the administrator may fetch them."""
    assert access_of(PUBLIC).prune(frozenset(FIELDS)).isdisjoint(PERSONAL)
    assert frozenset(PERSONAL) <= access_of(NATIONAL_ADMIN).prune(frozenset(FIELDS))


def test_a_record_is_masked() -> None:
    """What was fetched all the same is put back; title and region are coarsened."""
    whole = record(
        title="Bapak Budi 081200001234",
        region="64.72.01.1001",
        tracking_id="1",
        body="isi",
        place="Jl. X 1",
        latitude=1.0,
        longitude=2.0,
        reporter_name="Siti",
        reporter_contact="x",
        source_agency="Dinas X, Bapak Budi",
    )
    shown = mask(access_of(PUBLIC), whole)

    assert shown == record(
        title=f"Bapak {BLOT} {BLOT}",
        region="64.72.01",
        tracking_id="1",
        source_agency=f"Dinas X, Bapak {BLOT}",
    )
    assert mask(access_of(NATIONAL_ADMIN), whole).body == "isi"


def slowly_masked(access: Access, whole: ComplaintRecord) -> ComplaintRecord:
    """The meaning of masks: each field by itself."""
    coarse = {Mask.REDACTED: redact_by_patterns, Mask.DISTRICT: district, Mask.REGENCY: regency}
    shown: dict[str, object] = {}
    for field in msgspec.structs.fields(ComplaintRecord):
        value = getattr(whole, field.name)
        if field.name in access.masks and value is not None:
            value = coarse[access.masks[field.name]](value)
        hidden = field.name not in access.readable and not field.required
        shown[field.name] = field.default if hidden else value
    return ComplaintRecord(**shown)  # type: ignore[arg-type]  # the record's own fields


@given(
    st.lists(
        st.builds(
            record,
            title=st.sampled_from([None, "Jalan rusak", "Pak Budi", "hubungi 0812 3456 7890"]),
            region=st.sampled_from([None, "64.72", "64.72.01", "64.72.01.1001", "6472011001"]),
            body=st.sampled_from([None, "isi"]),
            secret=st.booleans(),
            status=st.sampled_from(["SUBMITTED", "DISPOSED"]),
            source_status=st.sampled_from([None, "Bapak Budi", "Selesai"]),
            warnings=st.sampled_from([(), ("x",)]),
        ),
        max_size=5,
    ),
    st.sampled_from([PUBLIC, OMBUDSMAN, NATIONAL_ADMIN]),
)
def test_a_page_is_shown_as_its_records_are(records: list[ComplaintRecord], viewer: Viewer) -> None:
    """Permitting and masking many records at once is doing it field by field."""
    access = access_of(viewer)

    assert list(masked(access, records)) == [slowly_masked(access, each) for each in records]
    assert access.permitted(records) == [
        place for place, each in enumerate(records) if access.permits(each)
    ]


@pytest.mark.parametrize(
    ("code", "cut"),
    [("64", "64"), ("64.72", "64.72"), ("64.72.01", "64.72.01"), ("64.72.01.1001", "64.72.01")],
)
def test_a_region_is_cut_to_its_district(code: str, cut: str) -> None:
    """Three parts are kept at most."""
    assert district(code) == cut


@pytest.mark.parametrize(
    "code",
    [
        "6472011001",
        "64-72-01-1001",
        "64.72.011001",
        "64.72.01.1001.2",
        "Kel. Sidodadi",
        "64.72.01\n",
        "٦٤.٧٢",
        "",
    ],
)
@pytest.mark.parametrize("viewer", [PUBLIC, OMBUDSMAN])
def test_a_code_of_another_shape_is_not_shown_where_a_mask_applies(
    code: str, viewer: Viewer
) -> None:
    """Nobody can say how fine it is: neither shown, nor to be filtered by, nor cut."""
    page = [record(secret=False, region=each) for each in ("64.72", code, None, code)]

    assert [each.region for each in masked(access_of(viewer), page)] == ["64.72", None, None, None]
    assert mask(access_of(NATIONAL_ADMIN), page[1]).region == code
    assert district(code) is regency(code) is None
    with pytest.raises(BadFilter):
        access_of(viewer).insist(under("region", [code]))


def test_however_many_codes_are_told_none_passes_its_mask() -> None:
    """More codes than are remembered are masked as those that are."""
    codes = [f"{n // 10_000:02}.{n // 100 % 100:02}.{n % 100:02}" for n in range(30_000)]
    page = [record(region=each) for code in codes for each in (code, f"{code}.1001")]

    for _ in range(2):
        shown = masked(access_of(PUBLIC), page)
        assert [each.region for each in shown] == [code for code in codes for _ in range(2)]


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_a_field_that_may_not_be_read_cannot_be_filtered_by(field: str) -> None:
    """A filter on a field is allowed exactly if the field can be read, plain or negated."""
    access = access_of(PUBLIC)
    for where in (one_of(field, ["64"]), negate(one_of(field, ["64"]))):
        if field in access.readable:
            access.insist(where)
        else:
            with pytest.raises(BadFilter) as caught:
                access.insist(where)
            assert caught.value.code == "FILTER_NOT_ALLOWED"


def test_a_masked_field_filters_as_finely_as_its_mask() -> None:
    """The public filters by district, not by village; the administrator by village too."""
    fine, coarse = under("region", ["64.72.01.1001"]), under("region", ["64.72.01"])

    access_of(PUBLIC).insist(coarse)
    access_of(NATIONAL_ADMIN).insist(fine)
    with pytest.raises(BadFilter) as caught:
        access_of(PUBLIC).insist(fine)
    assert caught.value.code == "REGION_TOO_FINE"


@given(
    roles=st.frozensets(st.sampled_from(Role), min_size=1),
    purpose=st.sampled_from(Purpose),
    status=st.sampled_from(ComplaintStatus),
    secret=st.booleans(),
)
def test_several_roles_read_no_more_than_each(
    roles: frozenset[Role], purpose: Purpose, status: ComplaintStatus, secret: bool
) -> None:
    """With several roles rows add up; of the fields only those that every granted role reads."""
    access = access_of(Viewer(subject="x", roles=roles, purpose=purpose))
    single = [RULES[role, purpose] for role in roles if (role, purpose) in RULES]
    row = record(status=status, secret=secret)

    assert access.permits(row) is any(each.permits(row) for each in single)
    assert all(access.readable <= each.readable for each in single)
    assert single or access == NOBODY


def test_scope_is_of_rights_not_of_names() -> None:
    """Two viewers with equal rights share cursors; another role, purpose or region does not."""
    one = Viewer(subject="a", roles=frozenset({Role.PUBLIC}), purpose=Purpose.PORTAL_PUBLIC)

    assert scope(one) == scope(msgspec.structs.replace(one, subject="b"))
    for other in (
        msgspec.structs.replace(one, roles=frozenset({Role.PORTAL})),
        msgspec.structs.replace(one, purpose=Purpose.AUDIT),
        msgspec.structs.replace(one, regions=("64",)),
        msgspec.structs.replace(one, agencies=("kemenpu",)),
    ):
        assert scope(one) != scope(other)
