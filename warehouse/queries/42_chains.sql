-- Who says that somebody else said something?
SELECT DISTINCT array_to_string(chain, ' > ') AS chain, sentence
FROM core.claim_mention
SEMI JOIN core.current_version USING (version_id)
WHERE len(chain) > 1
ORDER BY chain, sentence
LIMIT 5;
