"""The words of deadlines: every value with the official Indonesian term."""

from __future__ import annotations

from enum import StrEnum

from resolvers.sla.deadline import SlaState
from resolvers.sla.indicator import Indicator
from resolvers.sla.rules import ClockStart, DayType
from schema.enums import described


class DeadlineStep(StrEnum):
    """The steps of a complaint that have a time limit."""

    VERIFICATION = "VERIFICATION"
    FIRST_FOLLOW_UP = "FIRST_FOLLOW_UP"
    RESOLUTION = "RESOLUTION"
    AUTO_CLOSE = "AUTO_CLOSE"
    HANDOVER = "HANDOVER"


described(
    DeadlineStep,
    "What has a legal time limit (*tahap yang bertenggat*)",
    {
        "VERIFICATION": "To verify and hand on (*verifikasi dan penerusan*)",
        "FIRST_FOLLOW_UP": "The agency's first follow-up (*tindak lanjut pertama*)",
        "RESOLUTION": "To finish it (*penyelesaian*)",
        "AUTO_CLOSE": "Silence closes it; owed by nobody (*selesai otomatis*)",
        "HANDOVER": "The Ombudsman may take it over (*pengambilalihan oleh Ombudsman*)",
    },
)
described(
    SlaState,
    "How a deadline stands (*keadaan tenggat*)",
    {
        "ON_TIME": "It runs, and there is time (*dalam tenggat*)",
        "DUE_SOON": "It runs, and few working days are left (*segera jatuh tempo*)",
        "OVERDUE": "It runs, and its moment has passed (*terlambat*)",
        "MET": "Met in time, or nothing proves the contrary (*terpenuhi*)",
        "BREACHED": "Met, late (*terpenuhi terlambat*)",
        "NOT_APPLICABLE": "Nobody is bound by it, or not any more (*tidak berlaku*)",
    },
)
described(
    DayType,
    "Which days are counted (*jenis hari*)",
    {"WORKING": "Working days (*hari kerja*)", "CALENDAR": "All days (*hari kalender*)"},
)
described(
    ClockStart,
    "The event that a time limit counts from (*awal perhitungan*)",
    {
        "SUBMITTED": "It came in (*laporan masuk*)",
        "VERIFIED": "It was verified (*terverifikasi*)",
        "DISPOSED": "It was handed on to its agency (*disposisi*)",
        "LAST_FOLLOW_UP": "The last follow-up (*tindak lanjut terakhir*)",
        "FINDINGS_REPORTED": "The Ombudsman's report (*LHP disampaikan*)",
    },
)
described(
    Indicator,
    "The colour under which a complaint is shown (*indikator tindak lanjut*)",
    {
        "RED": "Something is overdue, or nobody has followed it up (*merah*)",
        "YELLOW": "Followed up, not finished, nothing overdue (*kuning*)",
        "GREEN": "Finished (*hijau*)",
        "NONE": "No agency has it yet, or nobody has to do anything (*tanpa warna*)",
    },
)
