-- When each text stood, as far as captures show; a text that comes back has two rows. An outlet had its first text since it published it,
-- a later one since it says it modified it, if that lies between the two captures that show the change; otherwise since the capture.
-- The last text of an article that was removed ends with the removal.
CREATE VIEW core.version_history AS
WITH seen AS (
    SELECT v.article_id, v.version_id, c.captured_at,
           lag(v.version_id) OVER captures AS version_before, lag(c.captured_at) OVER captures AS captured_before
    FROM core.capture c
    JOIN core.article_version v USING (version_id)
    WINDOW captures AS (PARTITION BY v.article_id ORDER BY c.captured_at, c.capture_id)
),
appeared AS (
    SELECT s.article_id, s.version_id, s.captured_at AS known_from,
           CASE WHEN s.version_before IS NULL AND NOT v.published_is_day THEN least(coalesce(v.published_at, s.captured_at), s.captured_at)
                WHEN s.version_before IS NOT NULL AND v.modified_at > s.captured_before AND v.modified_at < s.captured_at THEN v.modified_at
                ELSE s.captured_at END AS valid_from
    FROM seen s
    JOIN core.article_version v USING (version_id)
    WHERE s.version_before IS DISTINCT FROM s.version_id
)
-- lead() of one argument: 1.x clients can not read what DuckDB 2.0 writes of its three
SELECT p.article_id, p.version_id, a.outlet_id, a.canonical_url AS url, p.valid_from,
       coalesce(lead(p.valid_from) OVER versions, a.removed_at) AS valid_to, p.known_from,
       coalesce(lead(p.known_from) OVER versions, a.removed_at) AS known_to
FROM appeared p
JOIN core.article a USING (article_id)
WINDOW versions AS (PARTITION BY p.article_id ORDER BY p.known_from, p.version_id);
