-- What did outlets change in their own articles?
SELECT outlet_id, changed_at, headline_before, headline, len(removed) AS removed, len(added) AS added
FROM marts.version_changes
ORDER BY changed_at, outlet_id
LIMIT 5;
