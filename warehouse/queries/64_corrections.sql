-- Which articles carry a correction?
SELECT outlet_id, headline, array_to_string(notes, ' / ') AS notes
FROM core.current_version
WHERE len(notes) > 0
ORDER BY outlet_id, headline
LIMIT 4;
