"""The registry: a folder into which dated CSV files are dropped."""
