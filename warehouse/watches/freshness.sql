-- Outlets that brought no new article for longer than they used to: longer than a day and than three times the gap that only one in twenty
-- of their last four weeks exceeded. Live batches alone, measured from the newest live capture.
WITH live AS (
    SELECT c.outlet_id, c.captured_at, c.version_id FROM core.capture c WHERE regexp_matches(c.batch_key, '^\d{4}-\d\d-\d\dT')
),
newest AS (SELECT max(captured_at) AS came_at FROM live),
arrived AS (
    SELECT l.outlet_id, v.article_id, min(l.captured_at) AS came_at
    FROM live l JOIN core.article_version v USING (version_id)
    GROUP BY ALL
),
gap AS (
    SELECT outlet_id, came_at, came_at - lag(came_at) OVER (PARTITION BY outlet_id ORDER BY came_at) AS gap
    FROM arrived
    WHERE came_at > (SELECT came_at FROM newest) - INTERVAL 28 DAY
),
habit AS (
    SELECT outlet_id, max(came_at) AS last_at, quantile_cont(epoch(gap), 0.95) AS usual_s FROM gap GROUP BY outlet_id HAVING count(gap) >= 10
)
SELECT outlet_id, strftime(last_at, 'last article %Y-%m-%d %H:%M') AS last_article, round(usual_s / 3600, 1) || ' h are usual' AS usual
FROM habit
CROSS JOIN newest
WHERE epoch(newest.came_at - last_at) > greatest(86400, 3 * usual_s)
ORDER BY outlet_id;
