-- Which sentences pass on what is not certain?
SELECT DISTINCT certainty, outlet_id, sentence
FROM marts.claim_sentence
WHERE certainty IN ('hedged', 'alleged')
ORDER BY certainty, outlet_id, sentence
LIMIT 5;
