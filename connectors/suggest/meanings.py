"""What the words of foreign code tables most often mean: statuses, kinds, channels, yes and no."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from connectors.words import FALSE_WORDS, TRUE_WORDS, fold

_STATUS: Mapping[str, str] = {
    "SUBMITTED": "open, new, baru, masuk, submitted, received, diterima, verifikasi, unverified, "
    "menunggu verifikasi, belum terverifikasi, belum diverifikasi, belum verifikasi, "
    "perlu verifikasi, laporan masuk",
    "DEFERRED": "ditunda, tunda, deferred, pending, on hold, perlu dilengkapi, perlu berkas, "
    "berkas kurang, need info, perlu informasi",
    "OUT_OF_SCOPE": "bukan wewenang, bukan kewenangan, out of scope",
    "ARCHIVED": "diarsipkan, archived, arsip, dihapus, deleted, spam, ditolak, rejected, invalid, "
    "tidak dapat diproses, tidak layak, duplicate",
    "DISPOSED": "terdisposisi, disposisi, didisposisikan, diteruskan, assigned, forwarded, "
    "koordinasi, belum, belum ditindaklanjuti, belum diproses, belum dijawab, menunggu",
    "IN_PROGRESS": "proses, diproses, progres, progress, started, in progress, dalam proses, "
    "sedang dikerjakan, sedang diproses, dikerjakan, in process, proses opd terkait, on progress, "
    "penanganan",
    "RESPONDED": "ditindaklanjuti, dijawab, responded, answered, ditindaklanjuti oleh instansi, "
    "tindak lanjut, tindak lanjut disampaikan, sudah dijawab",
    "REPLIED": "ditanggapi, replied, ditanggapi oleh pelapor, ditanggapi warga, ditanggapi pelapor",
    "REOPENED": "reopened, dibuka kembali, dibuka ulang, dibuka lagi",
    "CLOSED_BY_REPORTER": "selesai pelapor, ditutup pelapor, selesai - ditutup pelapor, "
    "selesai - dikonfirmasi warga",
    "CLOSED_BY_SYSTEM": "selesai otomatis, ditutup sistem, selesai - batas waktu, "
    "selesai otomatis dalam 10 hari",
    "CLOSED_BY_ADMIN": "selesai, closed, done, resolved, completed, tuntas, finished, ditutup, "
    "selesai petugas, selesai - ditutup admin, selesai - ditutup petugas, ditutup admin",
    "ESCALATED": "escalated, ke ombudsman, diteruskan ke ombudsman, dilimpahkan ke ombudsman",
}
_KIND: Mapping[str, str] = {
    "COMPLAINT": "pengaduan, aduan, complaint, keluhan, p",
    "ASPIRATION": "aspirasi, aspiration, saran, usulan, a",
    "INFORMATION_REQUEST": "informasi, information request, permintaan informasi, information, "
    "pertanyaan, i",
}
_CHANNEL: Mapping[str, str] = {
    "web": "website, web, online, portal, situs",
    "android": "android, aplikasi, aplikasi android",
    "ios": "ios, iphone",
    "whatsapp": "whatsapp, wa",
    "sms": "sms, sms 1708",
    "instagram": "instagram, ig",
    "facebook": "facebook, fb",
    "x": "x, twitter",
    "walk-in": "loket, langsung, walk-in, tatap muka, datang langsung, balai warga",
    "letter": "surat, letter",
    "phone": "telepon, telp, phone, hotline, call center",
    "api": "api, integrasi api",
    "sp4n": "sp4n, sp4n-lapor, sp4n lapor, sp4n-lapor!, lapor!",
}
_WORD = re.compile(r"[^\W_]+")
_UNSURE: Final = frozenset(
    {"open", "pending", "closed", "done", "selesai", "ditutup", "resolved", "completed", "tuntas",
     "finished", "menunggu", "belum", "assigned", "diterima", "dijawab"}
)  # fmt: skip


def _spelled(own: str) -> str:
    """Give the form in which words are looked up: what stands between them does not matter."""
    return " ".join(_WORD.findall(fold(own)))


def _table(meanings: Mapping[str, str]) -> dict[str, str]:
    return {
        _spelled(each): canonical
        for canonical, words in meanings.items()
        for each in words.split(", ")
    }


_KNOWN = {"status": _table(_STATUS), "kind": _table(_KIND), "channel": _table(_CHANNEL)}


def meaning(field: str, own: str) -> tuple[str, bool] | None:
    """Give what the word *own* most likely means in *field*, and whether that is sure."""
    spelled = _spelled(own)
    found = _KNOWN.get(field, {}).get(spelled)
    return None if found is None else (found, spelled not in _UNSURE)


NULLS: Final = frozenset(
    {"-", "--", "n/a", "na", "null", "none", "nil", "unspecified", "unknown", "tidak ada", "kosong"}
)
"""What people write where they have nothing to write, folded."""


def known_share(field: str, words: Sequence[str]) -> float:
    """Give how many of *words* have a known meaning in *field*, from 0 to 1."""
    if not words:
        return 0.0
    return sum(meaning(field, each) is not None for each in words) / len(words)


def flag_words(words: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """Give which of *words* say yes and which say no; None if they do not tell."""
    spelled = {fold(each): each for each in words if fold(each) not in NULLS}
    if spelled.keys() == {"t"}:
        return None  # *tidak* or *true*
    if len(spelled) == 2 and "t" in spelled and spelled.keys() & {"y", "ya"}:
        # Beside `y`, `t` is short for *tidak*, not for *true*.
        return [each for key, each in spelled.items() if key != "t"], [spelled["t"]]
    yes = [each for key, each in spelled.items() if key in TRUE_WORDS]
    no = [each for key, each in spelled.items() if key in FALSE_WORDS]
    return (yes, no) if len(yes) + len(no) == len(spelled) > 0 else None
