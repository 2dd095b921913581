-- From which capture does a sentence come, to the byte of the archive?
SELECT m.sentence, substring(v.body, m.content.start + 1, m.content."end" - m.content.start) AS words, c.url, c.captured_at
FROM core.claim_mention m
JOIN core.article_version v USING (version_id)
JOIN core.capture c ON c.capture_id = v.capture_id
WHERE m.quote_type = 'direct'
ORDER BY c.captured_at, m.content.start
LIMIT 2;
