-- Outlets whose new articles of the last day are fewer than half of their lowest day, or more than twice their highest day, of the four
-- weeks before: extremes know weekends, and need no distribution. Live batches alone, at least two weeks of history, days counted back from
-- the newest live capture; a difference of fewer than ten articles is none.
WITH arrived AS (
    SELECT c.outlet_id, v.article_id, min(c.captured_at) AS came_at
    FROM core.capture c JOIN core.article_version v USING (version_id)
    WHERE regexp_matches(c.batch_key, '^\d{4}-\d\d-\d\dT')
    GROUP BY ALL
),
newest AS (SELECT max(captured_at) AS came_at FROM core.capture WHERE regexp_matches(batch_key, '^\d{4}-\d\d-\d\dT')),
aged AS (SELECT outlet_id, floor(epoch(newest.came_at - a.came_at) / 86400)::INTEGER AS age FROM arrived a CROSS JOIN newest),
span AS (SELECT outlet_id, least(max(age) - 1, 28) AS days FROM aged GROUP BY outlet_id HAVING max(age) >= 15),
daily AS (
    SELECT s.outlet_id, d.age, count(a.age) AS articles
    FROM span s
    CROSS JOIN LATERAL (SELECT unnest(range(0, s.days + 1)) AS age) d
    LEFT JOIN aged a ON a.outlet_id = s.outlet_id AND a.age = d.age
    GROUP BY ALL
),
habit AS (
    SELECT outlet_id, coalesce(max(articles) FILTER (age = 0), 0) AS last_day, min(articles) FILTER (age > 0) AS lowest,
           max(articles) FILTER (age > 0) AS highest
    FROM daily
    GROUP BY outlet_id
)
SELECT outlet_id, last_day || ' articles' AS last_day, lowest || ' to ' || highest || ' a day are usual' AS usual
FROM habit
WHERE (last_day < lowest / 2 AND lowest - last_day >= 10) OR (last_day > 2 * highest AND last_day - highest >= 10)
ORDER BY outlet_id;
