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
SELECT article_id, version_id, dated_at FROM marts.current_of('touched_article');

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
WHEN MATCHED AND (s.first_seen_at, s.outlet_id) < (t.first_seen_at, t.outlet_id)
    THEN UPDATE SET first_seen_at = s.first_seen_at, outlet_id = s.outlet_id
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

-- A version that newer code made anew takes the place of the old one. A MERGE would carry all bodies through a join with the archive.
DELETE FROM core.article_version WHERE version_id IN (SELECT version_id FROM chunk WHERE disposition = 'loaded' AND is_known);

INSERT INTO core.article_version BY NAME
SELECT v.*, v.captured_at AS last_captured_at
FROM read_parquet(getvariable('landing') || '/article_version.parquet') v
-- one a version, see is_first: to look for doubles here would carry all bodies through a sort
WHERE v.capture_id IN (SELECT capture_id FROM chunk WHERE disposition = 'loaded');

DELETE FROM core.claim_mention WHERE version_id IN (SELECT version_id FROM chunk WHERE disposition = 'loaded' AND is_known);

INSERT INTO core.claim_mention BY NAME
SELECT m.* EXCLUDE (file_row_number)
FROM read_parquet(getvariable('landing') || '/claim_mention.parquet', file_row_number = true) m
ANTI JOIN spare_mention USING (file_row_number)
WHERE version_id IN (SELECT version_id FROM chunk WHERE disposition = 'loaded');
