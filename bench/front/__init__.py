"""The whole front, measured: engines that answer the same questions over the same stub sources."""
