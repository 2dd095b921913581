-- How many stories began on each day, and how many articles followed?
SELECT first_published_at::DATE AS day, count(*) AS stories, sum(articles)::BIGINT AS articles
FROM marts.story
GROUP BY day
ORDER BY day;
