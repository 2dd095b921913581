-- Keep what table `evidence` says of addresses; an address of a merged article speaks for the article that it was merged into.
INSERT INTO core.article_alias BY NAME
SELECT e.url, e.url_id, coalesce(m.article_id, e.article_id) AS article_id, e.reason, e.first_seen_at, false AS is_merged
FROM evidence e
LEFT JOIN core.article_alias m ON m.url_id = e.article_id AND m.is_merged;
