"""The tables. Rules that can be constraints are constraints; only ``actions`` writes."""

from requests_app.models.hotel import Desk, Property, Room, Service, TaughtWord
from requests_app.models.machinery import Heartbeat
from requests_app.models.messages import Contact, Message, Outgoing, UnroutedMessage
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
    "Commendation",
    "CommendedPerson",
    "Contact",
    "Desk",
    "Fulfilment",
    "Guest",
    "Heartbeat",
    "Message",
    "Outgoing",
    "Photo",
    "Promise",
    "Property",
    "Rating",
    "Request",
    "RequestEvent",
    "Room",
    "Service",
    "Stay",
    "TaughtWord",
    "UnroutedMessage",
]
