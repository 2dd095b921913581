-- Merge articles as table `moved` (old_id, new_id, reason) says: what hung on the old id hangs on the new one.
INSERT INTO text_before
SELECT article_id, version_id, dated_at FROM core.current_version
WHERE article_id IN (SELECT old_id FROM moved UNION SELECT new_id FROM moved)
  AND article_id NOT IN (SELECT article_id FROM touched_article);

INSERT INTO touched_article
SELECT article_id FROM (SELECT old_id AS article_id FROM moved UNION SELECT new_id FROM moved) m
ANTI JOIN touched_article USING (article_id);

UPDATE core.article_alias t SET article_id = m.new_id FROM moved m WHERE t.article_id = m.old_id;

INSERT INTO core.article_alias BY NAME
SELECT a.canonical_url AS url, m.old_id AS url_id, m.new_id AS article_id, m.reason, a.first_seen_at, true AS is_merged
FROM moved m
JOIN core.article a ON a.article_id = m.old_id;

UPDATE core.article_version t SET article_id = m.new_id FROM moved m WHERE t.article_id = m.old_id;
UPDATE core.claim_mention t SET article_id = m.new_id FROM moved m WHERE t.article_id = m.old_id;
UPDATE chunk t SET article_id = m.new_id FROM moved m WHERE t.article_id = m.old_id;
DELETE FROM core.article WHERE article_id IN (SELECT old_id FROM moved);
