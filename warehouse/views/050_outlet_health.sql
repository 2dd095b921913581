-- The last day before the newest capture of all, per outlet: one day, because every outlet of interest publishes daily.
-- failing: more than half of its captures failed or were quarantined; quiet: none at all; else ok.
CREATE VIEW ops.outlet_health AS
WITH newest AS (SELECT max(captured_at) AS at FROM core.capture),
fate AS (
    SELECT c.outlet_id, c.capture_id, c.captured_at, c.captured_at > newest.at - INTERVAL 1 DAY AS is_recent,
           c.version_id IS NULL AND c.capture_id IN (SELECT capture_id FROM ops.disposition WHERE disposition = 'quarantined')
               AS is_quarantined
    FROM core.capture c CROSS JOIN newest
),
counted AS (
    SELECT outlet_id, max(captured_at) AS last_captured_at, count(*) AS captures, count(*) FILTER (is_recent) AS captures_last_day,
           count(*) FILTER (is_recent AND is_quarantined) AS quarantined_last_day
    FROM fate
    GROUP BY outlet_id
),
texts AS (
    SELECT outlet_id, count(*) AS articles, max(dated_at) AS last_article_at, avg((published_at IS NULL)::INT) AS share_undated,
           avg(is_truncated::INT) AS share_truncated, avg(word_count) AS mean_words
    FROM core.current_version
    GROUP BY outlet_id
)
SELECT outlet_id, coalesce(o.name, outlet_id) AS name,
       CASE WHEN coalesce(captures_last_day, 0) = 0 THEN 'quiet'
            WHEN quarantined_last_day > captures_last_day / 2 THEN 'failing'
            ELSE 'ok' END AS state,
       last_captured_at, last_article_at, coalesce(captures, 0) AS captures, coalesce(captures_last_day, 0) AS captures_last_day,
       coalesce(quarantined_last_day, 0) AS quarantined_last_day, coalesce(articles, 0) AS articles,
       share_undated, share_truncated, mean_words
FROM core.outlet o
FULL JOIN counted USING (outlet_id)
LEFT JOIN texts USING (outlet_id)
ORDER BY state = 'ok', outlet_id;
