"""Pages that lie on disk already: saved files, WARC and WACZ archives, lists of addresses."""
