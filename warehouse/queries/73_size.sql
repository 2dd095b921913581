-- What is in the file?
SELECT schema_name || '.' || table_name AS name, estimated_size AS row_count
FROM duckdb_tables()
WHERE schema_name = 'core' AND estimated_size > 100 AND NOT starts_with(table_name, 'search')
ORDER BY row_count DESC, name;
