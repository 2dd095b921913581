CREATE VIEW ops.quarantine AS
SELECT r.batch_key, r.capture_id, r.outlet_id, r.url, r.stage, r.reason, r.detail, r.code_version, r.recorded_at,
       CASE WHEN r.capture_id IS NULL
            THEN EXISTS (FROM ops.batch b WHERE b.batch_key = r.batch_key AND b.loaded_at >= r.recorded_at)
            ELSE EXISTS (FROM core.capture c WHERE c.capture_id = r.capture_id AND c.version_id IS NOT NULL)
                -- newer code found that it is no article
                OR EXISTS (FROM ops.rejection f WHERE f.capture_id = r.capture_id AND f.disposition = 'filtered' AND f.recorded_at > r.recorded_at)
       END AS is_resolved
FROM ops.rejection r
WHERE r.disposition = 'quarantined'
ORDER BY r.recorded_at DESC, r.batch_key, r.url;

CREATE VIEW ops.filtered AS
SELECT batch_key, capture_id, outlet_id, url, stage, reason, detail, code_version, recorded_at
FROM ops.rejection
WHERE disposition = 'filtered'
ORDER BY recorded_at DESC, batch_key, url;
