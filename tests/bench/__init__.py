"""``make bench``: how quick and how small we are, against floors taken in the same run.

A floor is a real program beside ours (``floors/``): the least anybody could do with the same
server, database and socket. Ratios are steadier than figures on a machine that others use too.
"""
