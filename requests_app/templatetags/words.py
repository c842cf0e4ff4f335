"""Times, counts and names as people say them; loaded everywhere (settings: builtins)."""

from __future__ import annotations

from django import template

register = template.Library()
