-- Which stories were merged, split or renamed when more was known, newest first.
CREATE VIEW marts.story_changes AS
SELECT c.recorded_at AS changed_at, c.kind, c.from_story_id, c.into_story_id, c.articles, s.title
FROM ops.story_change c
LEFT JOIN core.story s ON s.story_id = c.into_story_id
ORDER BY c.recorded_at DESC, c.from_story_id, c.into_story_id;
