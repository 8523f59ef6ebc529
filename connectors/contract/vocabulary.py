"""The canonical words that every source's own words are mapped to.

A source's word that no code table maps becomes `UNKNOWN` (status) or null (everything else); the
word itself is kept beside it.
"""

from __future__ import annotations

from enum import StrEnum


class ComplaintKind(StrEnum):
    """What the reporter wants (*klasifikasi laporan*)."""

    COMPLAINT = "COMPLAINT"
    """Pengaduan."""
    ASPIRATION = "ASPIRATION"
    """Aspirasi."""
    INFORMATION_REQUEST = "INFORMATION_REQUEST"
    """Permintaan informasi."""


class ComplaintStatus(StrEnum):
    """Where a complaint stands in the canonical lifecycle."""

    SUBMITTED = "SUBMITTED"
    """Belum terverifikasi."""
    DEFERRED = "DEFERRED"
    """Ditunda."""
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    """Bukan wewenang."""
    ARCHIVED = "ARCHIVED"
    """Diarsipkan."""
    DISPOSED = "DISPOSED"
    """Terdisposisi, belum ditindaklanjuti."""
    IN_PROGRESS = "IN_PROGRESS"
    """Proses."""
    RESPONDED = "RESPONDED"
    """Ditindaklanjuti oleh instansi."""
    REPLIED = "REPLIED"
    """Ditanggapi oleh pelapor."""
    REOPENED = "REOPENED"
    """Dibuka kembali."""
    CLOSED_BY_REPORTER = "CLOSED_BY_REPORTER"
    """Selesai, ditutup pelapor."""
    CLOSED_BY_SYSTEM = "CLOSED_BY_SYSTEM"
    """Selesai, ditutup sistem."""
    CLOSED_BY_ADMIN = "CLOSED_BY_ADMIN"
    """Selesai, ditutup admin."""
    ESCALATED = "ESCALATED"
    """Diteruskan ke Ombudsman."""
    UNKNOWN = "UNKNOWN"
    """The source used a word that no code table maps."""


class AgencyLevel(StrEnum):
    """What kind of body an agency is."""

    COORDINATING_MINISTRY = "COORDINATING_MINISTRY"
    MINISTRY = "MINISTRY"
    AGENCY = "AGENCY"
    PROVINCE = "PROVINCE"
    REGENCY = "REGENCY"
    CITY = "CITY"
    STATE_ENTERPRISE = "STATE_ENTERPRISE"
    OMBUDSMAN = "OMBUDSMAN"
    PRESIDENTIAL_STAFF = "PRESIDENTIAL_STAFF"
    UNIT = "UNIT"


class RegionLevel(StrEnum):
    """Depth of a region code (*kode wilayah Kemendagri*)."""

    PROVINCE = "PROVINCE"
    REGENCY = "REGENCY"
    DISTRICT = "DISTRICT"
    VILLAGE = "VILLAGE"


class NodeRole(StrEnum):
    """What an agency does in a province's coordination node (*simpul koordinasi*)."""

    VERIFIER = "VERIFIER"
    """Verifikator: Dinas Kominfo."""
    SUPERVISOR = "SUPERVISOR"
    """Pengawas: Inspektorat."""
    COORDINATOR = "COORDINATOR"
    """Koordinator: Biro Organisasi."""
    MEMBER = "MEMBER"


class OmbudsmanIntake(StrEnum):
    """How the Ombudsman came to a case (*cara penyampaian*)."""

    REGULAR = "REGULAR"
    """Laporan masyarakat."""
    RAPID_RESPONSE = "RAPID_RESPONSE"
    """Reaksi cepat Ombudsman (RCO)."""
    OWN_INITIATIVE = "OWN_INITIATIVE"
    """Investigasi atas prakarsa sendiri (IAPS)."""
    CONSULTATION = "CONSULTATION"
    """Konsultasi non-laporan."""
    COPY = "COPY"
    """Tembusan."""
    UNKNOWN = "UNKNOWN"
    """The source used a word that no code table maps."""


class OmbudsmanStage(StrEnum):
    """Where a case stands at the Ombudsman (*tahap*)."""

    VERIFICATION = "VERIFICATION"
    """Penerimaan dan verifikasi laporan (PVL)."""
    EXAMINATION = "EXAMINATION"
    """Pemeriksaan."""
    RESOLUTION_AND_MONITORING = "RESOLUTION_AND_MONITORING"
    """Resolusi dan monitoring."""
    RECOMMENDATION = "RECOMMENDATION"
    """Rekomendasi."""
    CLOSED = "CLOSED"
    """Penutupan."""
    UNKNOWN = "UNKNOWN"
    """The source used a word that no code table maps."""


class Maladministration(StrEnum):
    """What an agency is said to have done wrong (*dugaan maladministrasi*)."""

    UNDUE_DELAY = "UNDUE_DELAY"
    """Penundaan berlarut."""
    PROCEDURAL_DEVIATION = "PROCEDURAL_DEVIATION"
    """Penyimpangan prosedur."""
    FAILURE_TO_SERVE = "FAILURE_TO_SERVE"
    """Tidak memberikan pelayanan."""
    ABUSE_OF_AUTHORITY = "ABUSE_OF_AUTHORITY"
    """Penyalahgunaan wewenang."""
    DEMAND_FOR_REWARD = "DEMAND_FOR_REWARD"
    """Permintaan imbalan."""
    INCOMPETENCE = "INCOMPETENCE"
    """Tidak kompeten."""
    IMPROPRIETY = "IMPROPRIETY"
    """Tidak patut."""
    PARTIALITY = "PARTIALITY"
    """Berpihak."""
    DISCRIMINATION = "DISCRIMINATION"
    """Diskriminasi."""
    CONFLICT_OF_INTEREST = "CONFLICT_OF_INTEREST"
    """Konflik kepentingan."""


class OmbudsmanOutcome(StrEnum):
    """How a case ended (*hasil*)."""

    SETTLED = "SETTLED"
    """Selesai."""
    NOT_FOUND = "NOT_FOUND"
    """Tidak ditemukan maladministrasi."""
    WITHDRAWN = "WITHDRAWN"
    """Dicabut oleh pelapor."""
    NO_AUTHORITY = "NO_AUTHORITY"
    """Bukan wewenang Ombudsman."""
    INCOMPLETE = "INCOMPLETE"
    """Data tidak dilengkapi."""
    RECOMMENDATION_ISSUED = "RECOMMENDATION_ISSUED"
    """Rekomendasi diterbitkan."""


class EventKind(StrEnum):
    """What happened to a complaint."""

    SUBMITTED = "SUBMITTED"
    """Laporan masuk."""
    VERIFIED = "VERIFIED"
    """Diverifikasi."""
    DEFERRED = "DEFERRED"
    """Ditunda."""
    DISPOSED = "DISPOSED"
    """Didisposisikan."""
    BOUNCED = "BOUNCED"
    """Dikembalikan sebagai bukan wewenang."""
    FOLLOWED_UP = "FOLLOWED_UP"
    """Ditindaklanjuti."""
    REPLIED = "REPLIED"
    """Ditanggapi pelapor."""
    CLOSED = "CLOSED"
    """Selesai."""
    REOPENED = "REOPENED"
    """Dibuka kembali."""
    ARCHIVED = "ARCHIVED"
    """Diarsipkan."""
    ESCALATED = "ESCALATED"
    """Diteruskan ke Ombudsman."""
    OMBUDSMAN_STAGE = "OMBUDSMAN_STAGE"
    """Tahap di Ombudsman."""
    NOTE = "NOTE"
    """Catatan."""
