// Time on the board: how long each card has left, what is late, and the window's title.
(function () {
  "use strict";
  const EVERY = 5000;
  const SOON_SECONDS = 300;
  const board = $("main.board");
  const alarm = $("#alarm");
  const clock = $("#clock");
  const shown = new Intl.DateTimeFormat("en-GB", { timeZone: board.dataset.zone, hour: "2-digit", minute: "2-digit", hour12: false });
  let known = null; // the cards that were late or warned of a moment ago

  function lasting(minutes) {
    const { minutes: short, hours, days } = board.dataset;
    if (minutes < 100) return short.replace("%s", minutes);
    if (minutes < 36 * 60) return hours.replace("%s", Math.round(minutes / 60));
    return days.replace("%s", Math.round(minutes / 1440));
  }

  function words(seconds, isLate, isScheduled) {
    const minutes = Math.floor(Math.abs(seconds) / 60);
    if (minutes < 1) return board.dataset.now;
    const phrase = isLate ? board.dataset.late : isScheduled ? board.dataset.in : board.dataset.due;
    return phrase.replace("%s", lasting(minutes));
  }

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function tick() {
    write(clock, shown.format(new Date()));
    const late = new Set();
    // A new time that has passed is offered no more.
    for (const offer of $$("#lanes [data-until]")) offer.hidden = Date.parse(offer.dataset.until) < Date.now() + 120000;
    for (const offers of $$("#lanes .new-times")) offers.hidden = !$("button:not([hidden])", offers);
    // A warning sounds where it is meant to be heard: for whoever has it, or for everybody.
    const warned = $$("#lanes .card[data-warned]").filter((card) => card.dataset.warned !== "holder" || [board.dataset.me, ""].includes(card.dataset.holder)).map((card) => `${card.id} ${card.dataset.warned}`);
    for (const card of $$("#lanes .card[data-due]")) {
      const seconds = (Date.parse(card.dataset.due) - Date.now()) / 1000;
      const isScheduled = card.dataset.status === "scheduled";
      const isLate = seconds < 0 && !isScheduled;
      card.toggleAttribute("data-late", isLate);
      card.toggleAttribute("data-soon", !isLate && !isScheduled && seconds < SOON_SECONDS);
      write($(".clock", card), words(seconds, isLate, isScheduled));
      if (isLate && !card.closest('[data-lane="elsewhere"]')) late.add(card.id);
    }
    alarm.hidden = late.size === 0;
    if (late.size) write($("span", alarm), late.size === 1 ? alarm.dataset.one : alarm.dataset.many.replace("%s", late.size));
    const now = new Set([...late, ...warned]);
    if (known && [...now].some((id) => !known.has(id))) sound.late();
    known = now;
    const fresh = $$('.lane[data-lane="new"] .card').length;
    document.title = `${fresh ? `(${fresh}) ` : ""}${late.size ? "⚠ " : ""}${board.dataset.name} · Concierge`;
  }

  $("#lanes").addEventListener("cards", tick);
  setInterval(tick, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
  $("button", alarm).addEventListener("click", () => {
    const late = $('.lane:not([data-lane="elsewhere"]) .card[data-late]');
    if (late) cards.select(cards.idOf(late));
  });
})();
