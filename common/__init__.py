"""Ground floor: settings, errors, ids, clock, urls, logs. Imports nothing of ours."""
