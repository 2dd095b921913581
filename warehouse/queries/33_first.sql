-- Who is first with claims that others carry later?
SELECT first_outlet_id AS outlet, count(*) AS claims
FROM marts.corroboration
WHERE outlets > 1
GROUP BY outlet
ORDER BY claims DESC, outlet
LIMIT 5;
