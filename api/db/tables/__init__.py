"""All tables, by subject (数据表). Importing this package declares every one of them."""

from api.db.tables.accounts import Account, Body, Carrier, Invitation, OidcAttempt, ServiceToken, SignIn, Throttle
from api.db.tables.applications import ArchiveItem, Attachment, AttachmentUse, Draft, ImportedTrip, KeptContent
from api.db.tables.cases import Case, Correction, Decision, FormVersion, Note, Packet, Pause, Review
from api.db.tables.exchange import ExchangeFile
from api.db.tables.holdings import GroundState, HoldingChange, HoldingVersion, RoadClosure
from api.db.tables.ledger import Event, LedgerHead
from api.db.tables.permits import CheckTask, LoadSheet, Passage, Permit, Revocation, RevocationIssue, Trip
from api.db.tables.service import Notification, OutboxMessage, Setting, Webhook, WhatIf
from api.db.tables.supervision import PublishedFigures, ServiceRating

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
    "ExchangeFile",
    "FormVersion",
    "GroundState",
    "HoldingChange",
    "HoldingVersion",
    "ImportedTrip",
    "Invitation",
    "KeptContent",
    "LedgerHead",
    "LoadSheet",
    "Note",
    "Notification",
    "OidcAttempt",
    "OutboxMessage",
    "Packet",
    "Passage",
    "Pause",
    "Permit",
    "PublishedFigures",
    "Review",
    "Revocation",
    "RevocationIssue",
    "RoadClosure",
    "ServiceRating",
    "ServiceToken",
    "Setting",
    "SignIn",
    "Throttle",
    "Trip",
    "Webhook",
    "WhatIf",
]
