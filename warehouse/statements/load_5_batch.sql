-- The batch is in; runs inside the transaction of its last chunk. Variables: batch_key, landing_sha256, code_version, loaded_at.
INSERT INTO ops.batch BY NAME
SELECT getvariable('batch_key') AS batch_key,
       getvariable('landing_sha256') AS landing_sha256,
       getvariable('captures') AS captures,
       count(*) FILTER (disposition = 'loaded') AS loaded,
       count(*) FILTER (disposition = 'unchanged') AS unchanged,
       count(*) FILTER (disposition = 'duplicate') AS duplicate,
       count(*) FILTER (disposition = 'filtered') AS filtered,
       count(*) FILTER (disposition = 'quarantined') AS quarantined,
       getvariable('loaded_at') AS loaded_at,
       getvariable('code_version') AS code_version
FROM ops.disposition
WHERE batch_key = getvariable('batch_key');
