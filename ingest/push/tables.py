"""The tables of push in the state database; created with the others by `ingest.state.open_state`."""

from __future__ import annotations

import sqlalchemy as sa

from ingest.state import METADATA, Moment

# Asset events whose pages are in the frontier. Airflow keeps the events; this says which of the latest we have taken.
EVENT = sa.Table(
    "consilience_push_event",
    METADATA,
    sa.Column("event_key", sa.String(64), primary_key=True, comment="Number and time of the event; numbers begin anew with a new Airflow"),
    sa.Column("happened_at", Moment, nullable=False, comment="When Airflow noted the event"),
    sa.Column("taken_at", Moment, nullable=False),
)

# One row a feed of an outlet at a WebSub hub.
SUBSCRIPTION = sa.Table(
    "consilience_push_subscription",
    METADATA,
    sa.Column("subscription_id", sa.String(36), primary_key=True, comment="UUIDv5 of outlet and topic"),
    sa.Column("outlet_id", sa.String(64), nullable=False),
    sa.Column("topic", sa.Text, nullable=False, comment="URL of the feed as the hub knows it"),
    sa.Column("hub", sa.Text, nullable=False),
    sa.Column("callback", sa.Text, nullable=False, comment="Our address for this subscription; its last part is the token, a secret"),
    sa.Column("token", sa.String(64), nullable=False, comment="Unguessable part of the callback"),
    sa.Column("secret", sa.String(64), nullable=False, comment="Key of the hub's signatures; never shown"),
    sa.Column("state", sa.String(8), nullable=False, comment="pending: asked for; active: verified; denied: the hub refuses"),
    sa.Column("pending_mode", sa.String(11), comment="subscribe or unsubscribe: what we asked for and the hub has not verified yet"),
    sa.Column("pending_until", Moment, comment="A verification that comes later is none of ours"),
    sa.Column("lease_until", Moment, comment="Until when the hub sends"),
    sa.Column("next_try_at", Moment, comment="When we ask the hub again; null: never"),
    sa.Column("tries", sa.Integer, nullable=False, comment="Requests since the last verification"),
    sa.Column("last_error", sa.Text, comment="Why the last request or delivery failed; null when it went well"),
    sa.Column("delivered_at", Moment, comment="Last delivery with a valid signature"),
    sa.Column("deliveries", sa.Integer, nullable=False, comment="With a valid signature"),
    sa.Column("pages", sa.Integer, nullable=False, comment="That these deliveries named"),
    sa.Column("ignored", sa.Integer, nullable=False, comment="Deliveries without a valid signature"),
    sa.Index("consilience_push_subscription_token", "token", unique=True),
)
