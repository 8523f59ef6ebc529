-- Made after the rows are in.
ALTER TABLE dalam.tiket ADD PRIMARY KEY (no_tiket);
CREATE INDEX ON dalam.tiket (no_lapor);
CREATE INDEX ON dalam.tiket (tgl_terima DESC NULLS LAST, no_tiket);
CREATE INDEX ON dalam.tiket (tgl_update, no_tiket);
CREATE INDEX ON dalam.tiket (status_tiket);
CREATE INDEX ON dalam.tiket (kode_kab);
ALTER TABLE dalam.tindak_lanjut ADD PRIMARY KEY (id);
CREATE INDEX ON dalam.tindak_lanjut (no_tiket, waktu);
ANALYZE;
