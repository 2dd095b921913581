-- Versions of the chunk beside those of other articles of the outlet that were published at the same instant. Variables: amp, stamped.
WITH fresh AS (
    SELECT v.article_id, v.version_id, v.published_at, one.outlet_id
    FROM core.article_version v JOIN core.article one ON one.article_id = v.article_id
    WHERE v.version_id IN (SELECT version_id FROM chunk WHERE disposition IN ('loaded', 'unchanged')) AND NOT v.published_is_day
),
near AS (
    SELECT w.article_id, w.version_id, w.published_at, other.outlet_id
    FROM core.article_version w JOIN core.article other ON other.article_id = w.article_id
    WHERE w.published_at IN (SELECT published_at FROM fresh) AND NOT w.published_is_day
    -- An instant that so many texts of an outlet share is a stamp of its system, put on all that was moved into it.
    QUALIFY count(*) OVER (PARTITION BY other.outlet_id, w.published_at) < getvariable('stamped')
),
candidate AS MATERIALIZED (
    SELECT v.article_id AS a, v.version_id AS v, w.article_id AS b, w.version_id AS w
    FROM fresh v JOIN near w ON w.outlet_id = v.outlet_id AND w.published_at = v.published_at AND w.article_id <> v.article_id
),
page AS (
    SELECT DISTINCT version_id FROM core.capture
    WHERE version_id IN (SELECT v FROM candidate UNION SELECT w FROM candidate) AND NOT regexp_matches(url, getvariable('amp'))
)
SELECT a, v, b, w FROM candidate
WHERE v IN (SELECT version_id FROM page) AND w IN (SELECT version_id FROM page)
ORDER BY ALL;
