-- The text of every article as it was captured last. Bodies are read only for the versions that are asked for.
CREATE VIEW core.current_version AS
SELECT v.* REPLACE (a.first_seen_at AS first_seen_at), a.outlet_id, a.canonical_url, a.removed_at, coalesce(v.published_at, a.first_seen_at) AS dated_at
FROM core.article_version v
JOIN core.article a USING (article_id)
SEMI JOIN (
    SELECT arg_max(version_id, (last_captured_at, captured_at, version_id)) AS version_id
    FROM core.article_version
    GROUP BY article_id
) newest USING (version_id);
