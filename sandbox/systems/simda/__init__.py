"""The regency of Banyuwangi (SIMDA): an old MariaDB, latin1 and zero dates."""
