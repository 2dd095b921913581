-- What each capture of the batch will be. Variables: batch_key, landing, is_reprocess, chunk_size.
-- Captures that an earlier, killed try of this batch has already brought in are left out.
CREATE OR REPLACE TEMP TABLE incoming AS
WITH seen AS (
    SELECT c.capture_id, c.batch_key AS capture_batch, c.url, c.captured_at, c.outcome,
           v.version_id, v.article_id, v.record_sha256, v.extractor, v.code_version,
           r.disposition AS rejected_as, a.canonical_url
    FROM read_parquet(getvariable('landing') || '/capture.parquet') c
    LEFT JOIN read_parquet(getvariable('landing') || '/article_version.parquet') v USING (capture_id)
    LEFT JOIN read_parquet(getvariable('landing') || '/rejection.parquet') r USING (capture_id)
    LEFT JOIN (SELECT DISTINCT article_id, canonical_url FROM read_parquet(getvariable('landing') || '/article.parquet')) a
        USING (article_id)
),
-- One URL speaks for an article within one batch: the canonical one if it was captured, else the first. Others (AMP, print) are aliases.
ranked AS (
    SELECT *,
           url IS DISTINCT FROM first_value(url) OVER (
               PARTITION BY capture_batch, article_id ORDER BY url = canonical_url DESC, captured_at, url) AS is_alias,
           row_number() OVER (PARTITION BY capture_batch, version_id, url ORDER BY captured_at, capture_id) > 1 AS is_repeat
    FROM seen
),
-- A reprocess batch holds captures of many batches: the earliest capture of a text stands for it.
judged AS (
    SELECT *,
           version_id IS NOT NULL AND (is_alias OR is_repeat) AS is_duplicate,
           row_number() OVER (PARTITION BY version_id, is_alias OR is_repeat ORDER BY captured_at, capture_id) = 1 AS is_first,
           row_number() OVER (ORDER BY article_id, capture_id) - 1 AS place
    FROM ranked
)
SELECT j.capture_id, j.version_id, j.article_id, j.is_alias, t.version_id IS NOT NULL AS is_known,
       CASE
           WHEN j.rejected_as IS NOT NULL THEN j.rejected_as
           WHEN j.version_id IS NULL THEN 'unchanged'  -- answered 304 Not Modified (RFC 9110 section 15.4.5)
           WHEN j.is_duplicate THEN 'duplicate'
           WHEN NOT j.is_first THEN 'unchanged'
           WHEN t.version_id IS NULL THEN 'loaded'
           -- the same text read by other code: the row is made anew
           WHEN j.record_sha256 <> t.record_sha256
               AND (getvariable('is_reprocess') OR j.code_version <> t.code_version OR j.extractor <> t.extractor) THEN 'loaded'
           ELSE 'unchanged'
       END AS disposition,
       -- all captures of an article come together: what they say of its addresses is judged at once
       (CASE WHEN j.article_id IS NULL THEN j.place ELSE min(j.place) OVER (PARTITION BY j.article_id) END) // getvariable('chunk_size') AS chunk
FROM judged j
LEFT JOIN core.article_version t USING (version_id)
WHERE j.capture_id NOT IN (SELECT capture_id FROM ops.disposition WHERE batch_key = getvariable('batch_key'));

-- Rows of mentions that stand twice, all but the best: ids alone are looked at unless there are any.
CREATE OR REPLACE TEMP TABLE spare_mention AS
SELECT file_row_number
FROM read_parquet(getvariable('landing') || '/claim_mention.parquet', file_row_number = true)
WHERE mention_id IN (
    SELECT mention_id FROM read_parquet(getvariable('landing') || '/claim_mention.parquet') GROUP BY mention_id HAVING count(*) > 1)
QUALIFY row_number() OVER (PARTITION BY mention_id ORDER BY confidence DESC, sentence) > 1;
