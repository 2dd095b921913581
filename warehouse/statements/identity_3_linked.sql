-- Pairs of articles of one outlet, one of which stands at an address that led to the other. `is_certain`: they were merged before, or
-- the address is that of an AMP copy.
WITH link AS (
    SELECT url_id AS a, article_id AS b, reason, true AS is_certain FROM core.article_alias WHERE is_merged
    UNION
    SELECT coalesce(m.article_id, l.url_id), l.article_id, l.reason, l.reason = 'amp'
    FROM core.article_alias l
    LEFT JOIN core.article_alias m ON m.url_id = l.url_id AND m.is_merged
    WHERE NOT l.is_merged
)
SELECT l.a, l.b, l.reason, l.is_certain
FROM link l
JOIN core.article one ON one.article_id = l.a
JOIN core.article other ON other.article_id = l.b
WHERE l.a <> l.b AND one.outlet_id = other.outlet_id
  AND (l.a IN (SELECT article_id FROM touched_article) OR l.b IN (SELECT article_id FROM touched_article))
ORDER BY ALL;
