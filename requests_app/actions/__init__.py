"""The only writers. Each action is one durable transaction, takes who and when, and either returns
the changed object or raises an error from ``errors`` whose text can be shown."""
