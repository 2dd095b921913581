"""The command line: `consilience`."""
