"""All tables, by subject (数据表). Importing this package declares every one of them."""

from api.db.tables.accounts import Account, Body, Carrier, Invitation, OidcAttempt, ServiceToken, SignIn, Throttle
from api.db.tables.applications import ArchiveItem, Attachment, AttachmentUse, Draft, ImportedTrip, KeptContent
from api.db.tables.cases import Case, Correction, Decision, FormVersion, Note, Packet, Pause, Review
from api.db.tables.ledger import Event, LedgerHead
from api.db.tables.permits import CheckTask, Permit, Revocation, Trip
from api.db.tables.service import Notification, OutboxMessage, Setting, Webhook, WhatIf

__all__ = [
    "Account",
    "ArchiveItem",
    "Attachment",
    "AttachmentUse",
    "Body",
    "Carrier",
    "Case",
    "CheckTask",
    "Correction",
    "Decision",
    "Draft",
    "Event",
    "FormVersion",
    "ImportedTrip",
    "Invitation",
    "KeptContent",
    "LedgerHead",
    "Note",
    "Notification",
    "OidcAttempt",
    "OutboxMessage",
    "Packet",
    "Pause",
    "Permit",
    "Review",
    "Revocation",
    "ServiceToken",
    "Setting",
    "SignIn",
    "Throttle",
    "Trip",
    "Webhook",
    "WhatIf",
]
