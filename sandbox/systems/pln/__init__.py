"""The state electricity company (PLN): REST for those whose certificate it knows."""
