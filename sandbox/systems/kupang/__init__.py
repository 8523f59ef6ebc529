"""The regency of Kupang: a folder in which every year looks different."""
