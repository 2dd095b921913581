-- Every key names one row.
SELECT 'core.outlet' AS table_name, outlet_id AS key FROM core.outlet GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'core.capture', capture_id::VARCHAR FROM core.capture GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'core.article', article_id::VARCHAR FROM core.article GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'core.article url', canonical_url FROM core.article GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'core.article_alias', url || ' ' || article_id::VARCHAR FROM core.article_alias GROUP BY url, article_id HAVING count(*) > 1
UNION ALL SELECT 'core.article_alias merged', url FROM core.article_alias WHERE is_merged GROUP BY url HAVING count(*) > 1
UNION ALL SELECT 'core.article merged', canonical_url FROM core.article JOIN core.article_alias l ON l.url_id = core.article.article_id
    WHERE l.is_merged
UNION ALL SELECT 'core.article_version text', article_id::VARCHAR || ' ' || content_sha256 FROM core.article_version
    GROUP BY article_id, content_sha256 HAVING count(*) > 1
UNION ALL SELECT 'core.article_version', version_id::VARCHAR FROM core.article_version GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'core.claim_mention', mention_id::VARCHAR FROM core.claim_mention GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'core.copy_pair', a::VARCHAR || ' ' || b::VARCHAR FROM core.copy_pair GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'core.article_link', a::VARCHAR || ' ' || b::VARCHAR FROM core.article_link GROUP BY a, b HAVING count(*) > 1
UNION ALL SELECT 'core.article_vector', version_id::VARCHAR FROM core.article_vector GROUP BY version_id HAVING count(*) > 1
UNION ALL SELECT 'core.copy_group', article_id::VARCHAR FROM core.copy_group GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'core.story', story_id::VARCHAR FROM core.story GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'core.story_article', article_id::VARCHAR FROM core.story_article GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'core.claim', claim_id::VARCHAR FROM core.claim GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'core.claim_link', claim_id::VARCHAR || ' ' || mention_id::VARCHAR FROM core.claim_link GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'core.silence', claim_id::VARCHAR || ' ' || article_id::VARCHAR FROM core.silence GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'ops.batch', batch_key FROM ops.batch GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'ops.disposition', batch_key || ' ' || capture_id::VARCHAR FROM ops.disposition GROUP BY ALL HAVING count(*) > 1
