"""``python -m tests.bench.scale``: writes docs/scale.md from what ``reckoning`` says."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tests.bench import reckoning
from tests.bench.reckoning import HOTELS, NEEDED, Figures, Needs, figures, limits
from tests.bench.records import FIGURES, Measured, measured
from tests.bench.servers import ROOT

DOCUMENT = ROOT / "docs" / "scale.md"

HEAD = """# Scale

What 1, 50 and 7,000 hotels need. `python -m tests.bench.scale` makes this page from
docs/measurements.json, and so does every `python -m tests.bench --write`; a test holds it to them.
"""


def document(known: Measured) -> str:
    f = figures(known)
    parts = [HEAD, assumed(), measured_figures(f, known), needed(f), in_order(f)]
    return "\n".join(parts)


def table(*rows: Iterable[str]) -> str:
    first, *others = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([first, "|---" * (first.count(" | ") + 1) + "|", *others]) + "\n"


def assumed() -> str:
    r = reckoning
    rooms, day, hour = r.ROOMS, r.TEXTS_A_DAY, r.TEXTS_A_DAY * r.BUSIEST_HOUR
    return "## Assumed\n\n" + table(
        ("what", "how much", "why"),
        (
            "a hotel",
            f"{rooms} rooms, {day} texts of guests a day",
            "our judgement: 450 to 900 messages a day, the upper end, half of it from guests",
        ),
        (
            "a room",
            f"{day / rooms:.1f} texts a day, {hour / rooms:.2f} in the busiest hour",
            "our judgement: a tenth of the day is in its busiest hour",
        ),
        (
            "planned for",
            f"{hour * r.PLAN_FOR / rooms:.1f} texts a room and hour; {r.TEXTS_A_SECOND:.3f}/s",
            f"{r.PLAN_FOR} times the busiest hour, in every hotel at once, which is a bound",
        ),
        (
            "staff",
            f"{r.TAPS_A_TEXT} taps a text",
            "accept, answer, done; each reckoned as dear as a text, which has to be read as well",
        ),
        ("boards", f"{r.BOARDS_A_HOTEL} in each hotel", "six desks, a manager, three telephones"),
        ("a core", f"filled to {r.FILLED:.0%}", "beyond it waits grow"),
    )


def measured_figures(f: Figures, known: Measured) -> str:
    loads = [known[path]["load"] for path in NEEDED]
    times = sorted(known[path]["at"] for path in NEEDED)
    rates = f"{f.web_per_second:.0f}, {f.two_webs_per_second:.0f}"
    cpu = f"{f.web_ms:.1f}, {f.worker_ms:.1f}, {f.database_ms:.1f} ms"
    return (
        "## Measured\n\n"
        f"On {known['many_texts']['cores']} cores that client, PostgreSQL, Valkey and ours share"
        f" with other work (load {min(loads)} to {max(loads)}): rates are what\nthis small and"
        " crowded machine did; CPU times are a little more than elsewhere.\n\n"
        + table(
            ("what", "figure"),
            ("texts a second, one process on SQLite", f"{f.alone_per_second:.0f}"),
            ("texts a second on PostgreSQL, one `web`; two", rates),
            ("CPU of a text: `web`, `work`, PostgreSQL", cpu),
            ("a text in the database, with all that comes of it", f"{f.database_kb:.1f} kB"),
            ("CPU to tell one board of a change, at the most", f"{f.board_ms:.3f} ms"),
            ("CPU to hear of a change in a hotel without boards here", f"{f.hearing_ms:.3f} ms"),
            (
                "sent a second by one `work`, carrier answering in 100 ms",
                f"{f.sent_per_second:.0f}",
            ),
            ("promises falling due a second for one clock", f"{f.due_per_second:.0f}"),
            (
                f"{f.storm_boards:.0f} boards come again within a second",
                f"all right after {f.storm_seconds:.1f} s",
            ),
            ("memory of a process; of a board", f"{f.process_mb:.0f} MB; {f.board_kb:.0f} kB"),
        )
        + f"\nTaken from {times[0]} to {times[-1]} UTC.\n"
    )


def needed(f: Figures) -> str:
    needs = [Needs(hotels, f) for hotels in HOTELS]
    return "## Needed\n\n" + table(
        ("hotels", *(f"{n.hotels:,}" for n in needs)),
        ("texts a second, planned for", *(rate(n.texts) for n in needs)),
        ("changes a second, with staff's", *(rate(n.changes) for n in needs)),
        ("boards", *(f"{n.boards:,}" for n in needs)),
        ("is `serve`, on SQLite, enough", *("yes" if n.fits_one_process else "no" for n in needs)),
        ("else `web` processes, a core each", *(shown(n.webs) for n in needs)),
        ("of each core, for hearing of other hotels", *(f"{n.hearing:.2%}" for n in needs)),
        ("`work` processes", *(f"{n.workers:,}" for n in needs)),
        ("cores of PostgreSQL", *(f"{n.database_cores:,}" for n in needs)),
        ("memory of `web` and `work`", *(size(n.memory_gb) for n in needs)),
        ("disk a year", *(size(n.disk_gb_a_year) for n in needs)),
    )


def in_order(f: Figures) -> str:
    every = limits(f)
    return (
        "## Limits, in the order in which they come\n\n"
        + table(
            ("limit", "reached at, hotels", "what moves it"),
            *((limit.what, shown(limit.reached_at), limit.moved_by) for limit in every),
        )
        + f"\nThe first is {every[0].what}, at {shown(every[0].reached_at)} hotels. What moves"
        f" it: {every[0].moved_by}.\n\n{whether_a_chain_fits(f)}\n\n"
        "A carrier has limits of its own (a number sends a few texts a second): every hotel has\n"
        "its number, and what has to wait does so in the outbox.\n"
    )


def whether_a_chain_fits(f: Figures) -> str:
    chain = Needs(HOTELS[-1], f)
    calm = Needs(HOTELS[-1], f, times=1)
    if math.isinf(chain.webs):
        return (
            f"{chain.hotels:,} hotels do not fit in one installation, however many processes it"
            " has:\nhearing of one another's changes fills them. Regions apart, or a group of the"
            " channel\nlayer for each hotel, make it work that can be shared out again.\n"
            f"The busiest hour itself, once instead of {reckoning.PLAN_FOR} times, goes through in"
            f" one: {shown(calm.webs)} web processes,\n{calm.workers} workers,"
            f" {calm.database_cores} cores of PostgreSQL, {size(calm.memory_gb)} for ours."
        )
    machines = chain.database_cores / reckoning.DATABASE_CORES
    database = (
        f"a PostgreSQL of {chain.database_cores} cores"
        if machines <= 1
        else f"{math.ceil(machines)} PostgreSQLs of {reckoning.DATABASE_CORES} cores, regions apart"
    )
    return (
        f"{chain.hotels:,} hotels at {reckoning.PLAN_FOR} times their busiest hour, all at once,"
        f" need {shown(chain.webs)} web processes on several\nmachines and {database}; the busiest"
        f" hour itself {shown(calm.webs)} and {calm.database_cores} cores."
    )


def shown(count: float) -> str:
    """A whole number; of large ones, the two digits that are certain."""
    if math.isinf(count):
        return "no number is enough"
    known = 10 ** max(0, len(str(int(count))) - 2) if count > 100 else 1
    return f"{int(count) // known * known:,}"


def rate(a_second: float) -> str:
    return f"{a_second:,.0f}" if a_second >= 10 else f"{a_second:.3g}"


def size(gigabytes: float) -> str:
    if math.isinf(gigabytes):
        return "–"
    return f"{gigabytes:.1f} GB" if gigabytes < 100 else f"{gigabytes:,.0f} GB"


def write() -> bool:
    """False, and nothing written, where something it reckons with has not been measured."""
    known = measured()
    if any(path not in known for path in NEEDED):
        return False
    DOCUMENT.write_text(document(known))
    return True


if __name__ == "__main__":
    if not write():
        raise SystemExit(f"{FIGURES.name} lacks some of: {', '.join(NEEDED)}")
