-- Offsets lead to the words: a mention of the batch at hand stands in its body where it says. Variable: batch_key (unset: nothing to check).
-- A discontinuous span is checked by its bounds only.
SELECT m.mention_id, m.content.start, m.text
FROM core.claim_mention m
JOIN core.article_version v USING (version_id)
WHERE version_id IN (
        SELECT version_id FROM ops.disposition WHERE batch_key = getvariable('batch_key') AND disposition = 'loaded')
  AND (m.content."end" > length(v.body)
       OR (len(m.content.extra) = 0 AND substring(v.body, m.content.start + 1, m.content."end" - m.content.start) <> m.text))
