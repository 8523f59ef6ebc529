CREATE DATABASE dalam CHARACTER SET latin1;
CREATE DATABASE simda CHARACTER SET latin1;
CREATE TABLE dalam.pengaturan (bagian_hilang double NOT NULL) ENGINE=InnoDB;
INSERT INTO dalam.pengaturan VALUES (0);
CREATE TABLE dalam.aduan (
    id_aduan int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    no_tiket varchar(20) NOT NULL,
    no_sp4n varchar(20) NOT NULL DEFAULT '',
    judul varchar(250) NOT NULL,
    isi text NOT NULL,
    jenis enum('P','A','I') NOT NULL,
    kd_bidang char(4) NOT NULL DEFAULT '',
    kd_skpd varchar(12) NOT NULL DEFAULT '',
    kd_status tinyint unsigned NOT NULL,
    kecamatan varchar(60) NOT NULL DEFAULT '',
    tgl_aduan datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
    tgl_disposisi datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
    tgl_jawab datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
    tgl_selesai datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
    tgl_ubah datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
    rahasia enum('Y','T','') NOT NULL DEFAULT '',
    anonim tinyint(1) NOT NULL DEFAULT 0,
    kanal varchar(10) NOT NULL DEFAULT '',
    pelapor varchar(80) NOT NULL DEFAULT '',
    undi double NOT NULL,
    UNIQUE KEY (no_tiket), KEY (no_sp4n), KEY (tgl_aduan), KEY (tgl_ubah)
) ENGINE=InnoDB;
CREATE TABLE dalam.riwayat (
    id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    no_tiket varchar(20) NOT NULL,
    waktu datetime NOT NULL,
    jenis varchar(20) NOT NULL,
    kd_skpd varchar(12) NOT NULL DEFAULT '',
    keterangan text NOT NULL,
    KEY (no_tiket)
) ENGINE=InnoDB;
CREATE VIEW simda.tbl_aduan AS
    SELECT id_aduan, no_tiket, no_sp4n, judul, isi, jenis, kd_bidang, kd_skpd, kd_status, kecamatan,
        tgl_aduan, tgl_disposisi, tgl_jawab, tgl_selesai, tgl_ubah, rahasia, anonim, kanal, pelapor
    FROM dalam.aduan WHERE undi >= (SELECT bagian_hilang FROM dalam.pengaturan);
CREATE VIEW simda.tbl_riwayat AS
    SELECT r.id, r.no_tiket, r.waktu, r.jenis, r.kd_skpd, r.keterangan
    FROM dalam.riwayat AS r JOIN simda.tbl_aduan AS a ON a.no_tiket = r.no_tiket;
