"""Discovery: which pages an outlet's feeds and sitemaps name."""
