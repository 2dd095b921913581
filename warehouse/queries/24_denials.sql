-- What do named people deny?
SELECT DISTINCT m.speaker, m.sentence
FROM core.claim_mention m
SEMI JOIN core.current_version USING (version_id)
WHERE m.polarity = 'denies' AND m.speaker IS NOT NULL
ORDER BY m.speaker, m.sentence
LIMIT 6;
