"""Write trained networks in the formats of other runtimes, one file for each format."""
