"""One seeded generator: the true complaints from which every imitated system's rows derive."""
