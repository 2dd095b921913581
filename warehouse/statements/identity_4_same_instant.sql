-- Versions of the chunk beside those of other articles of the outlet that were published at the same instant. Variable: amp.
WITH candidate AS MATERIALIZED (
    SELECT v.article_id AS a, v.version_id AS v, w.article_id AS b, w.version_id AS w
    FROM core.article_version v
    JOIN core.article one ON one.article_id = v.article_id
    JOIN core.article_version w ON w.published_at = v.published_at AND w.article_id <> v.article_id
    JOIN core.article other ON other.article_id = w.article_id AND other.outlet_id = one.outlet_id
    WHERE v.version_id IN (SELECT version_id FROM chunk WHERE disposition IN ('loaded', 'unchanged'))
      AND NOT v.published_is_day AND NOT w.published_is_day
),
page AS (
    SELECT DISTINCT version_id FROM core.capture
    WHERE version_id IN (SELECT v FROM candidate UNION SELECT w FROM candidate) AND NOT regexp_matches(url, getvariable('amp'))
)
SELECT a, v, b, w FROM candidate
WHERE v IN (SELECT version_id FROM page) AND w IN (SELECT version_id FROM page)
ORDER BY ALL;
