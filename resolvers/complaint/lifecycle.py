"""The canonical lifecycle: which statuses are open, which closed, and their official labels."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.contract.vocabulary import ComplaintStatus as Status

LABELS: Mapping[str, tuple[str, str]] = {
    Status.SUBMITTED: ("Belum terverifikasi", "Not yet verified"),
    Status.DEFERRED: ("Ditunda", "Deferred"),
    Status.OUT_OF_SCOPE: ("Bukan wewenang", "Out of scope"),
    Status.ARCHIVED: ("Diarsipkan", "Archived"),
    Status.DISPOSED: ("Terdisposisi, belum ditindaklanjuti", "Disposed, not yet followed up"),
    Status.IN_PROGRESS: ("Proses", "In progress"),
    Status.RESPONDED: ("Ditindaklanjuti oleh instansi", "Followed up by the agency"),
    Status.REPLIED: ("Ditanggapi oleh pelapor", "Replied to by the reporter"),
    Status.REOPENED: ("Dibuka kembali", "Reopened"),
    Status.CLOSED_BY_REPORTER: ("Selesai, ditutup pelapor", "Closed by the reporter"),
    Status.CLOSED_BY_SYSTEM: ("Selesai, ditutup sistem", "Closed by the system"),
    Status.CLOSED_BY_ADMIN: ("Selesai, ditutup admin", "Closed by an administrator"),
    Status.ESCALATED: ("Diteruskan ke Ombudsman", "Passed on to the Ombudsman"),
    Status.UNKNOWN: ("Tidak dikenal", "Unknown: the source's word is in no code table"),
}
"""Status to its Indonesian and its English label."""

FINISHED = frozenset({Status.CLOSED_BY_REPORTER, Status.CLOSED_BY_SYSTEM, Status.CLOSED_BY_ADMIN})
"""Selesai: the work was done."""

CLOSED = FINISHED | {Status.ARCHIVED, Status.OUT_OF_SCOPE}
"""Nobody has to do anything any more."""

OPEN = frozenset(Status) - CLOSED
"""Somebody still has to do something; an unknown status counts as open, so that nothing is lost."""
