-- How did corroboration grow over one day?
SELECT strftime(t, '%H:%M') AS at, count(*) AS claims, count(*) FILTER (witness_count > 1) AS corroborated
FROM (SELECT unnest([TIMESTAMP '2018-09-20 08:00', TIMESTAMP '2018-09-20 12:00', TIMESTAMP '2018-09-20 16:00']) AS t) hours
JOIN LATERAL (
    SELECT c.claim_id, count(DISTINCT s.witness_id) AS witness_count
    FROM core.claim c JOIN marts.claim_sentence s USING (claim_id)
    WHERE s.published_at <= hours.t
    GROUP BY c.claim_id
) ON true
GROUP BY t
ORDER BY t;
