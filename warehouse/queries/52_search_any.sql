-- Which articles have any of these words, most of them first?
SELECT outlet_id, headline, excerpt
FROM marts.search_any('Strandung Fähre evacuated passengers')
LIMIT 3;
