-- Which story has these words?
SELECT s.title, count(*) AS hits
FROM marts.search('ferry aground') hit
JOIN core.story_article USING (article_id)
JOIN core.story s USING (story_id)
GROUP BY s.title;
