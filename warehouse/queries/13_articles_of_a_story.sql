-- Who published when on the ferry?
SELECT v.dated_at AS published, v.outlet_id, v.headline
FROM core.current_version v
JOIN core.story_article USING (article_id)
JOIN core.story s USING (story_id)
WHERE s.title LIKE 'Ferry%'
ORDER BY published, v.outlet_id
LIMIT 6;
