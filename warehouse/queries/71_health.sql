-- Which outlets are quiet or failing?
SELECT outlet_id, state, captures_last_day, last_article_at
FROM ops.outlet_health
ORDER BY state = 'ok', outlet_id
LIMIT 4;
