"""Counters an operator looks at; ``/metrics`` prints them."""

from prometheus_client import Counter, Histogram

texts_in = Counter("concierge_texts_in_total", "Texts stored", ["channel"])
texts_repeated = Counter("concierge_texts_repeated_total", "The same MessageSid again")
texts_refused = Counter(
    "concierge_texts_refused_total", "Webhook calls refused for a missing or wrong signature"
)
texts_unrouted = Counter("concierge_texts_unrouted_total", "Texts to a number no property has")
sent = Counter("concierge_sent_total", "What carriers have taken from us", ["carrier"])
given_up = Counter("concierge_given_up_total", "What we stopped trying to send", ["carrier"])
slowed_down = Counter(
    "concierge_slowed_down_total", "How often a carrier was in trouble", ["carrier"]
)
texts_found = Counter("concierge_texts_found_total", "Texts the carrier had failed to deliver")
pictures = Counter("concierge_pictures_total", "Pictures fetched from the carrier")
promises_missed = Counter("concierge_promises_missed_total", "Promises that were not kept")
requests_unavailable = Counter(
    "concierge_http_unavailable_total", "Requests answered 503: the database was away or busy"
)
http_seconds = Histogram(
    "concierge_http_seconds",
    "From a whole request to its answer",
    ["caller"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)
seconds_for_machines = http_seconds.labels("machines")
seconds_for_people = http_seconds.labels("people")
