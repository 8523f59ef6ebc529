-- The ministry's own database.  What it publishes are views; what they stand on is private.
CREATE SCHEMA dalam;
CREATE SCHEMA layanan;

CREATE TABLE dalam.pengaturan (bagian_hilang double precision NOT NULL);
INSERT INTO dalam.pengaturan VALUES (0);

CREATE UNLOGGED TABLE dalam.tiket (
    no_tiket text COLLATE "C" NOT NULL,
    no_lapor text COLLATE "C",
    perihal text NOT NULL,
    uraian text NOT NULL,
    jenis char(1) NOT NULL,
    kode_masalah text,
    kode_unit text NOT NULL,
    kode_kab text,
    status_tiket smallint NOT NULL,
    tgl_terima timestamp without time zone,
    tgl_tindak timestamp without time zone,
    tgl_tutup timestamp without time zone,
    tgl_update timestamp without time zone NOT NULL,
    rahasia boolean,
    anonim boolean NOT NULL,
    kanal text NOT NULL,
    petugas text NOT NULL,
    undi double precision NOT NULL
);

CREATE UNLOGGED TABLE dalam.tindak_lanjut (
    id bigint NOT NULL,
    no_tiket text COLLATE "C" NOT NULL,
    waktu timestamp without time zone NOT NULL,
    unit text,
    teks text NOT NULL
);

CREATE TABLE layanan.masalah (kode text PRIMARY KEY, nama text NOT NULL, induk text);
CREATE TABLE layanan.status (kode smallint PRIMARY KEY, nama text NOT NULL);

CREATE VIEW layanan.tiket AS
    SELECT no_tiket, no_lapor, perihal, uraian, jenis, kode_masalah, kode_unit, kode_kab,
           status_tiket, tgl_terima, tgl_tindak, tgl_tutup, tgl_update, rahasia, anonim,
           kanal, petugas
    FROM dalam.tiket
    WHERE undi >= (SELECT bagian_hilang FROM dalam.pengaturan);

CREATE VIEW layanan.tindak_lanjut AS
    SELECT l.id, l.no_tiket, l.waktu, l.unit, l.teks
    FROM dalam.tindak_lanjut l
    JOIN dalam.tiket t USING (no_tiket)
    WHERE t.undi >= (SELECT bagian_hilang FROM dalam.pengaturan);
