"""A small Django project: one model, one view with one INSERT of the posted text, our pragmas."""
