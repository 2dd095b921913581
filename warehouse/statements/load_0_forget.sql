-- The landing files of a loaded batch were made anew: its account starts over. Rows of schema core stay; the load finds what changed.
DELETE FROM ops.batch WHERE batch_key = getvariable('batch_key');
DELETE FROM ops.disposition WHERE batch_key = getvariable('batch_key');
DELETE FROM ops.rejection WHERE batch_key = getvariable('batch_key') AND capture_id IS NOT NULL;
