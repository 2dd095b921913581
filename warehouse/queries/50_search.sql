-- Which articles have these words side by side, in which form ever?
SELECT outlet_id, headline, score
FROM search('"second summit"')
LIMIT 4;
