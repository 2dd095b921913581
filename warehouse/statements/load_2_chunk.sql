-- Bring in one chunk; runs inside a transaction. Variables: batch_key, landing, chunk, loaded_at.
CREATE OR REPLACE TEMP TABLE chunk AS SELECT * EXCLUDE (chunk) FROM incoming WHERE chunk = getvariable('chunk');

-- Versions that gain or lose a capture, and the state of their articles before.
CREATE OR REPLACE TEMP TABLE touched AS
SELECT version_id FROM chunk WHERE version_id IS NOT NULL
UNION
SELECT version_id FROM core.capture WHERE version_id IS NOT NULL AND capture_id IN (SELECT capture_id FROM chunk);

CREATE OR REPLACE TEMP TABLE touched_article AS
SELECT article_id FROM chunk WHERE article_id IS NOT NULL
UNION
SELECT article_id FROM core.article_version WHERE version_id IN (SELECT version_id FROM touched);

CREATE OR REPLACE TEMP TABLE text_before AS
SELECT article_id, version_id, dated_at FROM core.current_version WHERE article_id IN (SELECT article_id FROM touched_article);

MERGE INTO core.outlet t
USING (FROM read_parquet(getvariable('landing') || '/outlet.parquet') QUALIFY row_number() OVER (PARTITION BY outlet_id) = 1) s
ON t.outlet_id = s.outlet_id
WHEN MATCHED AND (t.name, t.home, t.country, t.language, t.timezone, t.is_agency)
    IS DISTINCT FROM (s.name, s.home, s.country, s.language, s.timezone, s.is_agency) THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;

MERGE INTO core.article t
USING (
    SELECT article_id, arg_min(outlet_id, (first_seen_at, outlet_id)) AS outlet_id, any_value(canonical_url) AS canonical_url,
           min(first_seen_at) AS first_seen_at
    FROM read_parquet(getvariable('landing') || '/article.parquet')
    WHERE article_id IN (SELECT article_id FROM chunk)
    GROUP BY article_id
) s
ON t.article_id = s.article_id
WHEN MATCHED AND s.first_seen_at < t.first_seen_at THEN UPDATE SET first_seen_at = s.first_seen_at
WHEN NOT MATCHED THEN INSERT BY NAME;

MERGE INTO core.capture t
USING (
    SELECT c.*, CASE WHEN k.disposition IN ('loaded', 'unchanged') OR NOT k.is_alias THEN k.version_id END AS version_id
    FROM read_parquet(getvariable('landing') || '/capture.parquet') c
    JOIN chunk k USING (capture_id)
) s
ON t.capture_id = s.capture_id
WHEN MATCHED AND t.version_id IS DISTINCT FROM s.version_id THEN UPDATE SET version_id = s.version_id
WHEN NOT MATCHED THEN INSERT BY NAME;

MERGE INTO core.article_version t
USING (
    SELECT v.*, v.captured_at AS last_captured_at
    FROM read_parquet(getvariable('landing') || '/article_version.parquet') v
    WHERE v.capture_id IN (SELECT capture_id FROM chunk WHERE disposition = 'loaded')
    QUALIFY row_number() OVER (PARTITION BY v.version_id ORDER BY v.captured_at, v.capture_id) = 1
) s
ON t.version_id = s.version_id
WHEN MATCHED THEN UPDATE BY NAME
WHEN NOT MATCHED THEN INSERT BY NAME;

DELETE FROM core.claim_mention WHERE version_id IN (SELECT version_id FROM chunk WHERE disposition = 'loaded');

INSERT INTO core.claim_mention BY NAME
FROM read_parquet(getvariable('landing') || '/claim_mention.parquet')
WHERE version_id IN (SELECT version_id FROM chunk WHERE disposition = 'loaded')
QUALIFY row_number() OVER (PARTITION BY mention_id ORDER BY confidence DESC, sentence) = 1;

-- Newer code may read another text out of a capture: a version that no capture has any more was never published by the outlet.
DELETE FROM core.article_version
WHERE version_id IN (SELECT version_id FROM touched) AND version_id NOT IN (SELECT version_id FROM core.capture WHERE version_id IS NOT NULL);
DELETE FROM core.claim_mention
WHERE version_id IN (SELECT version_id FROM touched) AND version_id NOT IN (SELECT version_id FROM core.article_version);
DELETE FROM core.article
WHERE article_id IN (SELECT article_id FROM touched_article) AND article_id NOT IN (SELECT article_id FROM core.article_version);

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
    SELECT article_id, version_id, dated_at FROM core.current_version WHERE article_id IN (SELECT article_id FROM touched_article)
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
