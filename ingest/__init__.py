"""The web -> captures: outlets, discovery, fetching with manners, frontier, WARC."""
