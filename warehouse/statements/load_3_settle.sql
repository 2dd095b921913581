-- What follows from a chunk; runs in its transaction, after identity. Variables: batch_key, landing, loaded_at.

-- Newer code may read another text out of a capture: a version that no capture has any more was never published by the outlet.
-- What is lost is mostly nothing, and then no delete below goes through the archive.
CREATE OR REPLACE TEMP TABLE lost_version AS
SELECT version_id FROM touched
WHERE version_id NOT IN (SELECT version_id FROM core.capture WHERE version_id IN (SELECT version_id FROM touched));
DELETE FROM core.article_version WHERE version_id IN (SELECT version_id FROM lost_version);
DELETE FROM core.claim_mention WHERE version_id IN (SELECT version_id FROM lost_version);

CREATE OR REPLACE TEMP TABLE lost_article AS
SELECT article_id FROM touched_article
WHERE article_id NOT IN (SELECT article_id FROM core.article_version WHERE article_id IN (SELECT article_id FROM touched_article));
DELETE FROM core.article WHERE article_id IN (SELECT article_id FROM lost_article);
DELETE FROM core.article_alias WHERE article_id IN (SELECT article_id FROM lost_article);

-- A version is dated by its first and last capture, in whatever order the batches come.
UPDATE core.article_version t
SET capture_id = c.capture_id, batch_key = c.batch_key, captured_at = c.captured_at,
    last_captured_at = c.last_captured_at, first_seen_at = c.first_seen_at
FROM (
    SELECT version_id, min(captured_at) AS captured_at, max(captured_at) AS last_captured_at, min(first_seen_at) AS first_seen_at,
           arg_min(capture_id, (captured_at, capture_id)) AS capture_id, arg_min(batch_key, (captured_at, capture_id)) AS batch_key
    FROM core.capture
    WHERE version_id IN (SELECT version_id FROM touched)
    GROUP BY version_id
) c
WHERE t.version_id = c.version_id
  AND (t.capture_id, t.captured_at, t.last_captured_at, t.first_seen_at)
      IS DISTINCT FROM (c.capture_id, c.captured_at, c.last_captured_at, c.first_seen_at);

-- Articles whose text, or what was read out of it, is another now: comparison has to look at them again.
INSERT INTO ops.stale_article
WITH text_after AS (
    SELECT article_id, version_id, dated_at FROM marts.current_of('touched_article')
),
changed AS (
    SELECT article_id FROM chunk WHERE disposition = 'loaded'
    UNION
    SELECT article_id FROM text_before b FULL JOIN text_after a USING (article_id) WHERE b.version_id IS DISTINCT FROM a.version_id
)
SELECT DISTINCT article_id, dated_at
FROM (FROM text_before UNION ALL FROM text_after) both_texts
WHERE article_id IN (FROM changed);

INSERT INTO ops.rejection BY NAME
SELECT r.* REPLACE (getvariable('batch_key') AS batch_key), getvariable('loaded_at') AS recorded_at
FROM read_parquet(getvariable('landing') || '/rejection.parquet') r
WHERE r.capture_id IN (SELECT capture_id FROM chunk);

INSERT INTO ops.disposition BY NAME
SELECT getvariable('batch_key') AS batch_key, capture_id, disposition,
       CASE WHEN disposition IN ('loaded', 'unchanged') THEN version_id END AS version_id
FROM chunk;
