"""The databases of the systems that are spoken with in SQL."""

from pathlib import Path

from sandbox.systems.pu.database import Plan
from sandbox.systems.pu.publish import COLUMNS

_HERE = Path(__file__).parent

DATABASES = {
    "pu": Plan(
        system="pu",
        database="layanan_pu",
        published="layanan",
        folder=_HERE / "pu",
        tables=(
            ("dalam", "tiket", COLUMNS),
            ("dalam", "tindak_lanjut", ("id", "no_tiket", "waktu", "unit", "teks")),
            ("layanan", "masalah", ("kode", "nama", "induk")),
            ("layanan", "status", ("kode", "nama")),
        ),
    ),
    "ksp": Plan(
        system="ksp",
        database="program_ksp",
        published="publik",
        folder=_HERE / "ksp",
        tables=(
            ("dalam", "program", ("kode", "nama", "mulai", "selesai", "undi")),
            ("dalam", "program_kategori", ("kode_program", "kategori_id", "sejak", "sampai")),
        ),
    ),
}
