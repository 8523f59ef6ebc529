"""The outside world, imitated: agencies' complaint systems that speak their real protocols."""
