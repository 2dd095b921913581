-- Which articles are nearest in meaning to one, in whatever words and language?
SELECT outlet_id, headline, similarity
FROM marts.similar((SELECT article_id FROM marts.search('ferry aground') LIMIT 1))
LIMIT 5;
