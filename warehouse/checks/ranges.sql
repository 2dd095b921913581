-- Values stay in their ranges and words in their lists.
SELECT 'version times' AS fault, version_id AS id FROM core.article_version WHERE captured_at > last_captured_at
UNION ALL SELECT 'empty headline and body', version_id FROM core.article_version WHERE headline = '' AND word_count = 0
UNION ALL SELECT 'mention span', mention_id FROM core.claim_mention WHERE content.start >= content."end" OR content.start < 0
UNION ALL SELECT 'mention confidence', mention_id FROM core.claim_mention WHERE NOT confidence BETWEEN 0 AND 1
UNION ALL SELECT 'quote type', mention_id FROM core.claim_mention WHERE quote_type NOT IN ('direct', 'mixed', 'indirect', 'statement')
UNION ALL SELECT 'copy pair order', a FROM core.copy_pair WHERE a >= b OR NOT containment BETWEEN 0 AND 1
UNION ALL SELECT 'copy span', a FROM core.copy_span WHERE a >= b OR a_start >= a_end OR b_start >= b_end
UNION ALL SELECT 'copy role', article_id FROM core.copy_group WHERE role NOT IN ('origin', 'reprint', 'own')
UNION ALL SELECT 'label', claim_id FROM core.agreement
    WHERE label NOT IN ('same', 'number', 'date', 'actor', 'certainty', 'contradicts') OR mention_a = mention_b
UNION ALL SELECT 'silence', claim_id FROM core.silence WHERE silence NOT IN ('silent', 'unknown')
UNION ALL SELECT 'story times', story_id FROM core.story WHERE first_published_at > last_published_at
UNION ALL SELECT 'disposition', capture_id FROM ops.disposition
    WHERE disposition NOT IN ('loaded', 'unchanged', 'duplicate', 'filtered', 'quarantined')
UNION ALL SELECT 'alias reason', article_id FROM core.article_alias
    WHERE reason NOT IN ('amp', 'canonical', 'redirect', 'same_text') OR url_id = article_id
