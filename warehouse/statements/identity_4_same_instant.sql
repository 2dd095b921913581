-- Versions of the chunk beside those of other articles of the outlet that were published at the same instant. Variable: amp.
WITH page AS (
    SELECT DISTINCT version_id FROM core.capture WHERE version_id IS NOT NULL AND NOT regexp_matches(url, getvariable('amp'))
)
SELECT v.article_id, v.version_id, w.article_id, w.version_id
FROM core.article_version v
SEMI JOIN page ON page.version_id = v.version_id
JOIN core.article a ON a.article_id = v.article_id
JOIN core.article_version w ON w.published_at = v.published_at AND w.article_id <> v.article_id
SEMI JOIN page ON page.version_id = w.version_id
JOIN core.article b ON b.article_id = w.article_id AND b.outlet_id = a.outlet_id
WHERE v.version_id IN (SELECT version_id FROM chunk WHERE disposition IN ('loaded', 'unchanged'))
  AND NOT v.published_is_day AND NOT w.published_is_day
ORDER BY ALL;
