-- How does one claim spread?
SELECT t.position, t.outlet_id, t.after_first, t.status
FROM marts.claim_timeline t
JOIN (FROM marts.corroboration ORDER BY outlets DESC, articles DESC, claim LIMIT 1) c USING (claim_id)
ORDER BY t.position;
