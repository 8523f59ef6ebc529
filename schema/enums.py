"""The words of the contract: every value with the official Indonesian term."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

import strawberry
from strawberry.types.enum import has_enum_definition

from connectors.contract import health, vocabulary
from resolvers import policy
from resolvers.complaint.lifecycle import LABELS
from resolvers.planner import plan

E = TypeVar("E", bound=StrEnum)


def described(
    words: type[E], description: str, values: Mapping[str, str], name: str | None = None
) -> type[E]:
    """Make *words* a GraphQL enum; every value must have its description in *values*."""
    declared: object = strawberry.enum(words, name=name, description=description)
    if not has_enum_definition(declared):
        raise TypeError(f"{words.__name__} did not become an enum")
    for value in declared.__strawberry_definition__.values:
        value.description = values[value.name]
    return words


class Freshness(StrEnum):
    """Where an answer may come from."""

    AUTO = "AUTO"
    LIVE = "LIVE"
    INDEXED = "INDEXED"


class MissingPolicy(StrEnum):
    """What to do with a source that does not answer."""

    OMIT = "OMIT"
    STALE = "STALE"
    FAIL = "FAIL"


class Language(StrEnum):
    """The language of labels."""

    ID = "ID"
    EN = "EN"


class LocationPrecision(StrEnum):
    """How exactly a place is given."""

    EXACT = "EXACT"
    VILLAGE = "VILLAGE"
    DISTRICT = "DISTRICT"
    REGENCY = "REGENCY"
    PROVINCE = "PROVINCE"


class ComplaintOrderField(StrEnum):
    """What a list of complaints is ordered by."""

    SUBMITTED_AT = "SUBMITTED_AT"
    UPDATED_AT = "UPDATED_AT"
    DUE_AT = "DUE_AT"


class OrderDirection(StrEnum):
    """Which way a list runs."""

    ASC = "ASC"
    DESC = "DESC"


described(
    vocabulary.ComplaintKind,
    "What the reporter wants (*klasifikasi laporan*)",
    {
        "COMPLAINT": "A complaint (*pengaduan*)",
        "ASPIRATION": "A wish or suggestion (*aspirasi*)",
        "INFORMATION_REQUEST": "A request for information (*permintaan informasi*)",
    },
)
described(
    vocabulary.ComplaintStatus,
    "Where a complaint stands in the canonical lifecycle (*status laporan*)",
    {name: f"{english} (*{official}*)" for name, (official, english) in LABELS.items()},
)
described(
    vocabulary.AgencyLevel,
    "What kind of body an agency is (*jenis instansi*)",
    {
        "COORDINATING_MINISTRY": "Coordinating ministry (*kementerian koordinator*)",
        "MINISTRY": "Ministry (*kementerian*)",
        "AGENCY": "Agency outside the ministries (*lembaga*)",
        "PROVINCE": "Provincial government (*pemerintah provinsi*)",
        "REGENCY": "Regency government (*pemerintah kabupaten*)",
        "CITY": "City government (*pemerintah kota*)",
        "STATE_ENTERPRISE": "State enterprise (*BUMN*)",
        "OMBUDSMAN": "Ombudsman of the Republic (*Ombudsman RI*)",
        "PRESIDENTIAL_STAFF": "Presidential Staff Office (*Kantor Staf Presiden*)",
        "UNIT": "Unit of another agency (*unit kerja, OPD*)",
    },
)
described(
    vocabulary.RegionLevel,
    "How deep a region lies (*tingkat wilayah*)",
    {
        "PROVINCE": "Province (*provinsi*)",
        "REGENCY": "Regency or city (*kabupaten/kota*)",
        "DISTRICT": "District (*kecamatan*)",
        "VILLAGE": "Village (*desa/kelurahan*)",
    },
)
described(
    policy.Role,
    "What a viewer is (*peran*)",
    {
        "PUBLIC": "Everybody (*publik*)",
        "PORTAL": "A portal on the public's behalf (*portal*)",
        "AGENCY_ADMIN": "Administrator of an agency (*Admin Instansi*)",
        "LIAISON_OFFICER": "Liaison officer of a unit (*Pejabat Penghubung*)",
        "VERIFIER": "Provincial verifier (*verifikator, Dinas Kominfo*)",
        "SUPERVISOR": "Internal oversight (*pengawas, Inspektorat*)",
        "COORDINATOR": "Provincial coordinator (*koordinator, Biro Organisasi*)",
        "HOME_AFFAIRS": "Ministry of Home Affairs (*Kemendagri*)",
        "OMBUDSMAN": "Ombudsman (*Ombudsman RI*)",
        "PRESIDENTIAL_STAFF": "Presidential Staff Office (*KSP*)",
        "NATIONAL_ADMIN": "National administrator (*Admin Nasional*)",
        "AUDITOR": "Auditor of the record of processing (*auditor*)",
    },
)
described(
    policy.Purpose,
    "What a viewer asks for (*tujuan pemrosesan*)",
    {
        "PORTAL_PUBLIC": "To show it to the public (*portal publik*)",
        "CASE_HANDLING": "To work on a case (*penanganan laporan*)",
        "VERIFICATION": "To verify reports (*verifikasi*)",
        "INTERNAL_SUPERVISION": "Internal oversight (*pengawasan internal*)",
        "COORDINATION": "To coordinate agencies (*koordinasi*)",
        "OMBUDSMAN_SUPERVISION": "Oversight by the Ombudsman (*pengawasan Ombudsman*)",
        "KSP_OVERSIGHT": "Oversight of priority programmes (*pengawasan program prioritas*)",
        "AUDIT": "Audit (*audit*)",
    },
)
described(
    plan.AnswerMode,
    "Where a source's rows came from (*cara jawab*)",
    {
        "LIVE": "Asked just now (*langsung*)",
        "CACHED": "Kept from shortly before (*tembolok*)",
        "INDEXED": "From our own store (*indeks*)",
    },
)
described(
    plan.AnswerState,
    "How a source took part in an answer (*keadaan jawaban*)",
    {
        "ANSWERED": "It answered (*menjawab*)",
        "TRUNCATED": "It holds more than one request may read (*terpotong*)",
        "STALE": "It did not answer; these are its last known rows (*usang*)",
        "TIMED_OUT": "It did not answer in time (*habis waktu*)",
        "UNAVAILABLE": "It could not be reached (*tidak tersedia*)",
        "REFUSED": "It refused the question (*menolak*)",
        "MALFORMED": "Its answer could not be read (*jawaban rusak*)",
        "RATE_LIMITED": "It asked to be asked later (*dibatasi*)",
        "SKIPPED": "It was not asked (*dilewati*)",
    },
)
described(
    health.HealthState,
    "How a source does (*keadaan sumber*)",
    {
        "HEALTHY": "It answers (*sehat*)",
        "DEGRADED": "It fails now and then (*terganggu*)",
        "OPEN": "It is not asked for a while, after failures (*diputus*)",
        "DOWN": "It does not answer (*mati*)",
        "UNKNOWN": "It was not asked yet (*belum diketahui*)",
    },
    name="SourceState",
)
described(
    Freshness,
    "Where an answer may come from (*kesegaran data*)",
    {
        "AUTO": "From our own store where there is one, else from the sources (*otomatis*)",
        "LIVE": "From the sources, now (*langsung*)",
        "INDEXED": "From our own store only (*indeks*)",
    },
)
described(
    MissingPolicy,
    "What to do with a source that does not answer (*sumber yang tidak menjawab*)",
    {
        "OMIT": "Leave it out and say so (*abaikan*)",
        "STALE": "Serve its last known rows with their age (*data terakhir*)",
        "FAIL": "Fail as a whole (*gagal*)",
    },
)
described(
    Language,
    "The language of labels (*bahasa*)",
    {"ID": "Indonesian (*bahasa Indonesia*)", "EN": "English (*bahasa Inggris*)"},
)
described(
    LocationPrecision,
    "How exactly a place is given (*ketelitian lokasi*)",
    {
        "EXACT": "To the point (*titik*)",
        "VILLAGE": "To the village (*desa/kelurahan*)",
        "DISTRICT": "To the district (*kecamatan*)",
        "REGENCY": "To the regency or city (*kabupaten/kota*)",
        "PROVINCE": "To the province, or not known any closer (*provinsi*)",
    },
)
described(
    ComplaintOrderField,
    "What a list of complaints is ordered by (*urutan*)",
    {
        "SUBMITTED_AT": "When it was submitted (*tanggal masuk*)",
        "DUE_AT": "The nearest deadline not yet met, `nextDueAt` (*tenggat terdekat*); last what "
        "has none; only where all that matches can be read, else NEEDS_INDEX",
        "UPDATED_AT": "When it last changed (*tanggal diubah*)",
    },
)
described(
    OrderDirection,
    "Which way a list runs (*arah urutan*)",
    {"ASC": "Oldest first (*menaik*)", "DESC": "Newest first (*menurun*)"},
)

ComplaintKind = vocabulary.ComplaintKind
ComplaintStatus = vocabulary.ComplaintStatus
AgencyLevel = vocabulary.AgencyLevel
RegionLevel = vocabulary.RegionLevel
Role = policy.Role
Purpose = policy.Purpose
AnswerMode = plan.AnswerMode
AnswerState = plan.AnswerState
SourceState = health.HealthState
