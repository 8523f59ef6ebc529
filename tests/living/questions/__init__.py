"""The questions of those who use the gateway, each asked of it and answered from the truth too."""
