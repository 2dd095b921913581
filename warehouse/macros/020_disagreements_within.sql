CREATE MACRO marts.disagreements_within(days) AS TABLE
FROM marts.all_disagreements
WHERE noticed_at > (SELECT max(captured_at) FROM core.capture) - to_days(days::INTEGER)
ORDER BY noticed_at DESC, confidence DESC, claim_id, mention_b;
