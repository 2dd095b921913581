-- Articles that their outlet took away, with what they said last.
CREATE VIEW marts.removals AS
SELECT v.article_id, v.outlet_id, coalesce(o.name, v.outlet_id) AS outlet, v.canonical_url AS url, v.headline, v.dated_at AS published_at,
       v.last_captured_at, v.removed_at, s.story_id
FROM core.current_version v
LEFT JOIN core.outlet o USING (outlet_id)
LEFT JOIN core.story_article s USING (article_id)
WHERE v.removed_at IS NOT NULL
ORDER BY v.removed_at DESC, v.article_id;
