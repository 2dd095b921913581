-- What each check found when it ran last; trouble first.
CREATE VIEW ops.latest_check AS
SELECT check_name, severity, violations, sample, batch_key, checked_at
FROM ops.check_result
QUALIFY row_number() OVER (PARTITION BY check_name ORDER BY checked_at DESC, batch_key DESC) = 1
ORDER BY violations > 0 DESC, severity, check_name;
