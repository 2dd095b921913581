-- What did one person say, in direct speech?
SELECT DISTINCT v.outlet_id, m.text
FROM core.claim_mention m
JOIN core.current_version v USING (version_id)
WHERE m.speaker = 'Petra Halvik' AND m.quote_type = 'direct'
ORDER BY v.outlet_id, m.text
LIMIT 5;
