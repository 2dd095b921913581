-- Which articles the outlet has taken away: no address of theirs stands any more. Looks at all articles that this chunk asked for.
CREATE OR REPLACE TEMP TABLE standing AS
WITH asked_url AS MATERIALIZED (
    SELECT DISTINCT url FROM read_parquet(getvariable('landing') || '/capture.parquet') WHERE capture_id IN (SELECT capture_id FROM chunk)
),
-- Addresses are long: the archive's are gone through once, and again only for articles that have others than those asked for.
asked_capture AS MATERIALIZED (
    SELECT url, final_url, captured_at, outcome, version_id FROM core.capture WHERE url IN (SELECT url FROM asked_url)
),
asked AS MATERIALIZED (
    SELECT v.article_id FROM asked_capture c JOIN core.article_version v USING (version_id)
    UNION SELECT article_id FROM core.article WHERE canonical_url IN (SELECT url FROM asked_url)
    UNION SELECT article_id FROM core.article_alias WHERE url IN (SELECT url FROM asked_url)
    UNION SELECT article_id FROM touched_article
),
place AS MATERIALIZED (
    SELECT c.url, v.article_id FROM core.capture c JOIN core.article_version v USING (version_id)
    WHERE v.article_id IN (SELECT article_id FROM asked)
    UNION SELECT canonical_url, article_id FROM core.article WHERE article_id IN (SELECT article_id FROM asked)
    UNION SELECT url, article_id FROM core.article_alias WHERE article_id IN (SELECT article_id FROM asked)
),
other_url AS MATERIALIZED (
    SELECT DISTINCT url FROM place WHERE url NOT IN (SELECT url FROM asked_url)
),
visit AS MATERIALIZED (
    FROM asked_capture
    UNION ALL SELECT url, final_url, captured_at, outcome, version_id FROM core.capture WHERE url IN (SELECT url FROM other_url)
),
event AS (
    SELECT p.article_id, c.url, c.final_url, c.captured_at, c.outcome = 'gone' AS is_gone
    FROM place p
    JOIN visit c USING (url)
    WHERE (c.outcome IN ('gone', 'not_modified') OR c.version_id IS NOT NULL)
      AND NOT regexp_matches(c.url, getvariable('amp'))  -- the AMP copy may go while the article stays
),
newest AS (
    FROM event QUALIFY row_number() OVER (PARTITION BY article_id, url ORDER BY captured_at DESC, is_gone) = 1
),
stands AS (
    SELECT n.article_id FROM newest n
    WHERE NOT n.is_gone AND NOT EXISTS (
        FROM event g WHERE g.article_id = n.article_id AND g.url = n.final_url AND g.is_gone AND g.captured_at > n.captured_at)
),
lived AS (
    SELECT article_id, max(captured_at) FILTER (NOT is_gone) AS until FROM event GROUP BY article_id
),
fell AS (
    SELECT article_id, captured_at FROM event WHERE is_gone AND article_id NOT IN (SELECT article_id FROM stands)
)
SELECT a.article_id, min(g.captured_at) AS removed_at
FROM asked a
LEFT JOIN lived l USING (article_id)
LEFT JOIN fell g ON g.article_id = a.article_id AND (l.until IS NULL OR g.captured_at > l.until)
GROUP BY a.article_id;

UPDATE core.article t SET removed_at = s.removed_at
FROM standing s
WHERE t.article_id = s.article_id AND t.removed_at IS DISTINCT FROM s.removed_at;
