-- Which claims that most witnesses state does some outlet of the story leave out?
SELECT c.claim, c.witnesses, list(k.outlet_id ORDER BY k.outlet_id) AS silent
FROM marts.corroboration c
JOIN marts.claim_comparison k USING (claim_id)
WHERE k.status = 'silent' AND c.witness_count >= 3
GROUP BY c.claim_id, c.claim, c.witnesses, c.witness_count
ORDER BY c.witness_count DESC, len(silent), c.claim
LIMIT 5;
