-- Links of the changed articles, and which stories went into which. Variable: compared_at.
INSERT INTO core.article_link BY NAME FROM window_link;
INSERT INTO ops.story_change BY NAME
SELECT w.story_id AS from_story_id, s.story_id AS into_story_id,
       CASE WHEN w.story_id IN (SELECT story_id FROM core.story) THEN 'split'
            WHEN s.story_id IN (SELECT story_id FROM window_before) THEN 'merged'
            ELSE 'renamed' END AS kind,
       count(*) AS articles, getvariable('compared_at') AS recorded_at
FROM window_before w
JOIN core.story_article s USING (article_id)
WHERE w.story_id <> s.story_id
GROUP BY ALL
ORDER BY ALL;
