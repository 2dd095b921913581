-- Who is quoted most, and in how many outlets?
SELECT m.speaker, count(*) AS mentions, count(DISTINCT a.outlet_id) AS outlets
FROM core.claim_mention m
JOIN core.article a USING (article_id)
SEMI JOIN core.current_version v ON v.version_id = m.version_id
WHERE m.speaker IS NOT NULL AND m.speaker_kind = 'person'
GROUP BY m.speaker
ORDER BY outlets DESC, mentions DESC, m.speaker
LIMIT 6;
