"""Our own gateway: the settings that `simpul serve` gets, over REST sources."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_SOURCE = """
[sources.s{number}]
kind = "rest"
name = "Source {number}"
base_url = "env:BENCH_STUB_URL"
national = {national}
time_zone = "Asia/Makassar"
concurrency = 32

[sources.s{number}.collections.complaints]
path = "/{number}/{rows}/laporan"
rows = "data"
total = "meta.total"
page = {{ style = "number", param = "halaman", size_param = "per_halaman", max_size = 200 }}

[[sources.s{number}.collections.complaints.orders]]
field = "submitted_at"
direction = "descending"
ties = "local_id"
params = {{ urut = "masuk-turun" }}

[sources.s{number}.collections.complaints.filters]
status = {{ op = "in", param = "status", join = ",", max_values = 20 }}
secret = {{ op = "in", param = "rahasia", true = "1", false = "0" }}
submitted_at = {{ op = "from", param = "dari" }}

[sources.s{number}.collections.complaints.mapping]
local_id = "nomor"
{tracking}kind = {{ path = "klasifikasi", codes = "kind" }}
supervisory = "pengawasan"
title = "judul"
submitted_at = {{ path = "masuk", required = true }}
updated_at = {{ path = "diubah", required = true }}
closed_at = "selesai"
status = {{ path = "status", codes = "status" }}
secret = "rahasia"
agency = {{ path = "instansi.kode", codes = "agency" }}

[sources.s{number}.codes.kind]
version = "1"
words = {{ PENGADUAN = "COMPLAINT", ASPIRASI = "ASPIRATION" }}

[sources.s{number}.codes.status]
version = "1"

[sources.s{number}.codes.status.words]
"Belum Terverifikasi" = "SUBMITTED"
"Terdisposisi" = "DISPOSED"
"Dalam Proses" = "IN_PROGRESS"
"Dijawab" = "REPLIED"
"Selesai" = "CLOSED_BY_ADMIN"

[sources.s{number}.codes.agency]
version = "1"
same = ["pemkot-64.72", "dinas-pu-64.72", "dinkes-64.72", "dishub-64.72"]
"""

_AGENCIES = """
[sources.registry]
kind = "rest"
name = "Registry"
base_url = "env:BENCH_STUB_URL"

[sources.registry.collections.agencies]
path = "/instansi"
rows = "data"

[sources.registry.collections.agencies.mapping]
code = "kode"
name = "nama"
level = { path = "jenis", codes = "level" }

[sources.registry.codes.level]
version = "1"
words = { OPD = "AGENCY" }
"""

QUERY = """query Daftar($since: DateTime!, $first: Int!) {
  complaints(first: $first, filter: { submitted: { from: $since } }) {
    nodes {
      id trackingId kind supervisory title submittedAt updatedAt closedAt status statusLabel
      agency { code name level }
    }
  }
}"""


def write_settings(folder: Path, rows: int, sources: int) -> Path:
    """Write the settings of a gateway over *sources* stubs of *rows* complaints each."""
    path = folder / f"gateway-{sources}x{rows}.toml"
    tables = [
        _SOURCE.format(
            number=number,
            rows=rows,
            national=str(number == 0).lower(),
            # Only the national system's rows are listed by their tracking number.
            tracking='tracking_id = "nomor"\n' if number == 0 else "",
        )
        for number in range(sources)
    ]
    path.write_text("".join(tables) + _AGENCIES)
    return path


def environment(stub: int) -> Mapping[str, str]:
    """Give what the settings refer to."""
    return {"BENCH_STUB_URL": f"http://127.0.0.1:{stub}"}
