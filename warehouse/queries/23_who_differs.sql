-- Which two outlets differ most often?
SELECT least(outlet_a, outlet_b) AS one, greatest(outlet_a, outlet_b) AS other, count(*) AS differences
FROM marts.all_disagreements
GROUP BY one, other
ORDER BY differences DESC, one, other
LIMIT 5;
