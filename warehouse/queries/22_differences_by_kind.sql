-- How do differences divide by kind?
SELECT label, count(*) AS pairs, count(DISTINCT story_id) AS stories
FROM marts.all_disagreements
GROUP BY label
ORDER BY pairs DESC, label;
