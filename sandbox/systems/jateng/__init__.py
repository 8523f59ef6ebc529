"""The province of Jawa Tengah (LaporGub): an Open311 GeoReport v2 interface, JSON and XML."""
