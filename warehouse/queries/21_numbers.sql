-- Which numbers differ?
SELECT story, reason, outlet_a, outlet_b
FROM marts.all_disagreements
WHERE label = 'number'
ORDER BY story, reason, outlet_a, outlet_b
LIMIT 8;
