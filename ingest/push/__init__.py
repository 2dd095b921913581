"""Pages that come to us instead of being polled: Airflow asset events, a Redis list, WebSub hubs, a person."""
