-- captures = loaded + unchanged + duplicate + filtered + quarantined, by the counts and by the rows; every rejected capture says why.
SELECT b.batch_key, 'sum' AS fault, b.captures AS expected, loaded + unchanged + duplicate + filtered + quarantined AS found
FROM ops.batch b
WHERE b.captures <> loaded + unchanged + duplicate + filtered + quarantined
UNION ALL
SELECT b.batch_key, 'rows', b.captures, count(d.capture_id)
FROM ops.batch b LEFT JOIN ops.disposition d USING (batch_key)
GROUP BY b.batch_key, b.captures
HAVING b.captures <> count(d.capture_id)
UNION ALL
SELECT b.batch_key, 'reasons', filtered + quarantined, count(r.capture_id)
FROM ops.batch b LEFT JOIN ops.rejection r ON r.batch_key = b.batch_key AND r.capture_id IS NOT NULL
GROUP BY b.batch_key, filtered + quarantined
HAVING filtered + quarantined <> count(r.capture_id)
