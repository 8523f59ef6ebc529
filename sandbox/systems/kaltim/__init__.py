"""The province of Kalimantan Timur: a REST interface with opaque cursors."""
