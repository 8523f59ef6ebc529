-- The office's own database.  What it publishes are views; what they stand on is private.
CREATE SCHEMA dalam;
CREATE SCHEMA publik;

CREATE TABLE dalam.pengaturan (bagian_hilang double precision NOT NULL);
INSERT INTO dalam.pengaturan VALUES (0);

CREATE TABLE dalam.program (
    kode text COLLATE "C" PRIMARY KEY,
    nama text NOT NULL,
    mulai date NOT NULL,
    selesai date,
    undi double precision NOT NULL
);

CREATE TABLE dalam.program_kategori (
    kode_program text COLLATE "C" NOT NULL,
    kategori_id integer NOT NULL,
    sejak date NOT NULL,
    sampai date
);

CREATE VIEW publik.program AS
    SELECT kode, nama, mulai, selesai
    FROM dalam.program
    WHERE undi >= (SELECT bagian_hilang FROM dalam.pengaturan);

CREATE VIEW publik.program_kategori AS
    SELECT k.kode_program, k.kategori_id, k.sejak, k.sampai
    FROM dalam.program_kategori k
    JOIN dalam.program p ON p.kode = k.kode_program
    WHERE p.undi >= (SELECT bagian_hilang FROM dalam.pengaturan);
