"""What a guest's words mean. Pure: no Django, no database, no clock of its own.

read("2 towels and a toothbrush please", Setting(now=...)) -> Reading
"""

from requests_app.reading.meaning import CERTAIN, Intent, Reading, Setting, StaffName, Wish
from requests_app.reading.reader import read

__all__ = ["CERTAIN", "Intent", "Reading", "Setting", "StaffName", "Wish", "read"]
