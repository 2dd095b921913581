-- Where do two outlets differ, the surest first?
SELECT label, reason, outlet_a, outlet_b, sentence_a, sentence_b
FROM marts.all_disagreements
ORDER BY confidence DESC, reason, outlet_a, outlet_b, claim_id
LIMIT 4;
