-- What became of the captures of each batch?
SELECT batch_key, captures, loaded, unchanged, duplicate, filtered, quarantined
FROM ops.batch
ORDER BY batch_key
LIMIT 5;
