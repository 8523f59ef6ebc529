"""The canonical lifecycle: which statuses are open, which closed, and their official labels."""

from __future__ import annotations

from connectors.contract.vocabulary import ComplaintStatus as Status

LABELS: dict[Status, tuple[str, str]] = {
    Status.SUBMITTED: ("Belum terverifikasi", "Not yet verified"),
    Status.DEFERRED: ("Ditunda", "Deferred"),
    Status.OUT_OF_SCOPE: ("Bukan wewenang", "Not within the agency's authority"),
    Status.ARCHIVED: ("Diarsipkan", "Archived"),
    Status.DISPOSED: ("Terdisposisi, belum ditindaklanjuti", "Passed on, no follow-up yet"),
    Status.IN_PROGRESS: ("Proses", "In progress"),
    Status.RESPONDED: ("Ditindaklanjuti oleh instansi", "Followed up by the agency"),
    Status.REPLIED: ("Ditanggapi oleh pelapor", "Answered by the reporter"),
    Status.REOPENED: ("Dibuka kembali", "Reopened"),
    Status.CLOSED_BY_REPORTER: ("Selesai, ditutup pelapor", "Closed by the reporter"),
    Status.CLOSED_BY_SYSTEM: ("Selesai, ditutup sistem", "Closed by the system"),
    Status.CLOSED_BY_ADMIN: ("Selesai, ditutup admin", "Closed by an administrator"),
    Status.ESCALATED: ("Diteruskan ke Ombudsman", "Passed on to the Ombudsman"),
    Status.UNKNOWN: ("Status tidak dikenal", "Unknown status"),
}
"""Status to its Indonesian and its English label."""

FINISHED = frozenset({Status.CLOSED_BY_REPORTER, Status.CLOSED_BY_SYSTEM, Status.CLOSED_BY_ADMIN})
"""Selesai: the work was done."""

CLOSED = FINISHED | {Status.ARCHIVED, Status.OUT_OF_SCOPE}
"""Nobody has to do anything any more."""

OPEN = frozenset(Status) - CLOSED - {Status.UNKNOWN}
"""Somebody still has to do something."""
