"""The tables. Rules that can be constraints are constraints; only ``actions`` writes."""

from requests_app.models.hotel import Desk, Property, Room, Service, TaughtWord
from requests_app.models.inbox import IncomingPicture, Reconciliation
from requests_app.models.messages import CarrierTrouble, Contact, Message, Outgoing, UnroutedMessage
from requests_app.models.notices import Notice, PushSubscription
from requests_app.models.praise import Commendation, CommendedPerson, Rating
from requests_app.models.requests import (
    Fulfilment,
    Photo,
    Promise,
    Request,
    RequestEvent,
)
from requests_app.models.stays import Guest, Stay

__all__ = [
    "CarrierTrouble",
    "Commendation",
    "CommendedPerson",
    "Contact",
    "Desk",
    "Fulfilment",
    "Guest",
    "IncomingPicture",
    "Message",
    "Notice",
    "Outgoing",
    "Photo",
    "Promise",
    "Property",
    "PushSubscription",
    "Rating",
    "Reconciliation",
    "Request",
    "RequestEvent",
    "Room",
    "Service",
    "Stay",
    "TaughtWord",
    "UnroutedMessage",
]
