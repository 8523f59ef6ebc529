"""What the words in a column's name are about, in Indonesian and English."""

from __future__ import annotations

import re
from collections.abc import Mapping

_CONCEPTS: Mapping[str, str] = {
    "date": "tanggal tgl date datetime time waktu timestamp moment wkt",
    "number": "nomor no num nmr number id key ref register registrasi reg uuid guid",
    "unique": "unique",
    "ticket": "tiket ticket",
    "code": "kode kd code",
    "report": "laporan lap aduan pengaduan complaint complaints request report permintaan case "
    "kasus keluhan issue",
    "created": "created create opened open requested submitted submit masuk terima diterima "
    "dilaporkan dibuat buat received diajukan entry dilapor registered",
    "updated": "updated update modified changed change diubah ubah perubahan diperbarui perbarui "
    "terakhir edit edited pembaruan",
    "closed": "closed close selesai diselesaikan penyelesaian tutup ditutup resolved completed "
    "finished penutupan",
    "verified": "verifikasi verified diverifikasi",
    "disposed": "disposisi didisposisikan forwarded diteruskan penerusan assigned "
    "dikoordinasikan dispatched",
    "answered": "jawab dijawab jawaban tindak tindakan ditindaklanjuti response responded answered "
    "resolution tanggapan",
    "status": "status state keadaan",
    "note": "notes note catatan",
    "kind": "jenis tipe type klasifikasi classification kind",
    "category": "kategori category bidang masalah topik topic layanan service substansi rubrik",
    "channel": "kanal channel sumber saluran medium",
    "region": "wilayah kab kabupaten kota kec kecamatan region district provinsi prov province "
    "kelurahan desa daerah borough",
    "place": "alamat lokasi location address tempat place",
    "latitude": "latitude lat lintang",
    "longitude": "longitude long lng lon bujur",
    "agency": "instansi dinas opd skpd unit agency department badan perangkat satuan kerja "
    "responsible satker",
    "title": "judul perihal title hal ringkasan summary",
    "body": "isi uraian deskripsi description desc body kronologi teks text detail details",
    "secret": "rahasia secret confidential private",
    "anonymous": "anonim anonymous",
    "supervisory": "pengawasan berkadar supervisory",
    "tracking": "spn tracking lapor",
    "reporter": "pelapor reporter pemohon warga requester requestor citizen pengadu caller "
    "masyarakat customer pelanggan applicant nasabah",
    "name": "nama name first firstname lastname surname fullname lengkap panggilan",
    "contact": "telepon telp hp phone email mail kontak contact wa whatsapp surel handphone "
    "mobile ponsel fax facebook twitter instagram",
    "identity": "nik ktp sim kk npwp passport paspor lahir birth gender kelamin umur usia age "
    "agama pekerjaan ip",
    "staff": "petugas operator officer user username pic admin penanggung penerima pegawai nip "
    "staff handler author",
}
_OF = {each: concept for concept, words in _CONCEPTS.items() for each in words.split()}
_SILENT = frozenset(
    {"extended", "attributes", "attribute", "properties", "data", "node", "field", "tbl",
     "the", "of", "a", "at", "on", "in", "dan", "dari", "di", "incident", "kejadian"}
)  # fmt: skip
"""Words that tell nothing of what a column holds."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def concepts(name: str) -> tuple[frozenset[str], int]:
    """Give what *name* is about, and how many of its words are not known."""
    plain = re.sub(r"sp4n", " Spn ", name, flags=re.IGNORECASE)
    words = [each.casefold() for each in _WORD.findall(plain)]
    words = [each for each in words if each not in _SILENT]
    found = {_OF[each] for each in words if each in _OF}
    return frozenset(found), sum(each not in _OF for each in words)
