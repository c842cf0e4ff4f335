"""The tables. Rules that can be constraints are constraints; only ``actions`` writes."""

from requests_app.models.hotel import Desk, Property, Room, Service, TaughtWord
from requests_app.models.inbox import IncomingPicture, Reconciliation
from requests_app.models.machinery import Heartbeat
from requests_app.models.messages import CarrierTrouble, Contact, Message, Outgoing, UnroutedMessage
from requests_app.models.notices import Notice, PushSubscription
from requests_app.models.praise import Commendation, CommendedPerson, Rating
from requests_app.models.promises import Alert, EscalationStep, OnDuty, Promise
from requests_app.models.requests import Fulfilment, Photo, Request, RequestEvent
from requests_app.models.stays import Guest, Stay

__all__ = [
    "Alert",
    "CarrierTrouble",
    "Commendation",
    "CommendedPerson",
    "Contact",
    "Desk",
    "EscalationStep",
    "Fulfilment",
    "Guest",
    "Heartbeat",
    "IncomingPicture",
    "Message",
    "Notice",
    "OnDuty",
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
