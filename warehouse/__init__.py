"""Records -> DuckDB: every SQL statement of the warehouse lives below this folder."""
