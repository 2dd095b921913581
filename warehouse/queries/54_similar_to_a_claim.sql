-- Who writes about a claim without stating it, or states it in words that were not matched?
SELECT outlet_id, headline, similarity
FROM marts.similar((SELECT claim_id FROM marts.corroboration ORDER BY witness_count DESC, claim_id LIMIT 1))
LIMIT 5;
