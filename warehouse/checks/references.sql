-- Every id leads to a row.
SELECT 'version without article' AS fault, version_id AS id FROM core.article_version ANTI JOIN core.article USING (article_id)
UNION ALL SELECT 'article without version', article_id FROM core.article ANTI JOIN core.article_version USING (article_id)
UNION ALL SELECT 'version without capture', version_id FROM core.article_version ANTI JOIN core.capture USING (capture_id)
UNION ALL SELECT 'capture without its version', capture_id FROM core.capture WHERE version_id IS NOT NULL
    AND version_id NOT IN (SELECT version_id FROM core.article_version)
UNION ALL SELECT 'address without article', article_id FROM core.article_alias ANTI JOIN core.article USING (article_id)
UNION ALL SELECT 'mention of another article', mention_id FROM core.claim_mention m JOIN core.article_version v USING (version_id)
    WHERE m.article_id <> v.article_id
UNION ALL SELECT 'mention without version', mention_id FROM core.claim_mention ANTI JOIN core.article_version USING (version_id)
UNION ALL SELECT 'disposition without capture', capture_id FROM ops.disposition ANTI JOIN core.capture USING (capture_id)
UNION ALL SELECT 'span without pair', a FROM core.copy_span ANTI JOIN core.copy_pair USING (a, b)
UNION ALL SELECT 'membership without story', article_id FROM core.story_article ANTI JOIN core.story USING (story_id)
UNION ALL SELECT 'story without member', story_id FROM core.story ANTI JOIN core.story_article USING (story_id)
UNION ALL SELECT 'claim without story', claim_id FROM core.claim ANTI JOIN core.story USING (story_id)
UNION ALL SELECT 'link without claim', mention_id FROM core.claim_link ANTI JOIN core.claim USING (claim_id)
UNION ALL SELECT 'agreement without claim', claim_id FROM core.agreement ANTI JOIN core.claim USING (claim_id)
UNION ALL SELECT 'silence without claim', article_id FROM core.silence ANTI JOIN core.claim USING (claim_id)
-- articles that wait for comparison may still have rows about the text they had
UNION ALL SELECT 'member without article', article_id FROM core.story_article ANTI JOIN core.article USING (article_id)
    ANTI JOIN ops.stale_article USING (article_id)
UNION ALL SELECT 'copy without article', article_id FROM core.copy_group ANTI JOIN core.article USING (article_id)
    ANTI JOIN ops.stale_article USING (article_id)
UNION ALL SELECT 'link without mention', mention_id FROM core.claim_link ANTI JOIN core.claim_mention USING (mention_id)
    WHERE NOT EXISTS (FROM ops.stale_article)
UNION ALL SELECT 'agreement without mention', claim_id FROM core.agreement
    WHERE NOT EXISTS (FROM ops.stale_article) AND (mention_a NOT IN (SELECT mention_id FROM core.claim_link)
        OR mention_b NOT IN (SELECT mention_id FROM core.claim_link))
