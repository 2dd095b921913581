-- How often does each outlet rely on sources that it does not name?
SELECT v.outlet_id, count(*) FILTER (m.speaker_kind = 'unnamed') AS unnamed, count(*) AS attributed
FROM core.claim_mention m
JOIN core.current_version v USING (version_id)
WHERE m.quote_type <> 'statement'
GROUP BY v.outlet_id
ORDER BY unnamed DESC, v.outlet_id
LIMIT 5;
