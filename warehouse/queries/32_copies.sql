-- Whose texts are reprinted, and by whom?
SELECT source.outlet_id AS origin, copy.outlet_id AS reprinted_by, count(*) AS articles
FROM core.copy_group g
JOIN core.copy_group o ON o.copy_group_id = g.copy_group_id AND o.role = 'origin'
JOIN core.article source ON source.article_id = o.article_id
JOIN core.article copy ON copy.article_id = g.article_id
WHERE g.role = 'reprint'
GROUP BY source.outlet_id, copy.outlet_id
ORDER BY articles DESC, reprinted_by
LIMIT 6;
