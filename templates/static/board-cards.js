// Cards in their lanes: placed, replaced and taken away as they change, and the one that is selected.
const cards = (function () {
  "use strict";
  const board = $("main.board");
  const lanes = $("#lanes"); // not on pages of one form or one conversation
  let selected = null; // the id of a request

  const find = (id) => document.getElementById(`request-${id}`);
  const idOf = (card) => card.id.slice("request-".length);
  const shown = () => $$("#lanes .card").filter((card) => card.offsetParent !== null);

  function belongs(card) {
    const { desk, status } = card.dataset;
    const here = board.dataset.desk;
    return here === "all" || desk === here || ("urgent" in card.dataset && status !== "done");
  }

  function laneOf(card) {
    if (!lanes || !belongs(card)) return undefined;
    return $$(".lane", lanes).find((lane) => lane.dataset.shows.split(" ").includes(card.dataset.status));
  }

  // Into its lane, at its sorted place. Returns whether it is new work nobody had seen here.
  function place(card) {
    const id = idOf(card);
    const known = find(id);
    if (known && Number(known.dataset.sequence) > Number(card.dataset.sequence)) return false;
    const lane = laneOf(card);
    if (!lane) { remove(id); return false; }
    if (known && known.dataset.sequence === card.dataset.sequence) return false;
    const fresh = document.importNode(card, true);
    const focused = known?.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    known?.remove();
    const list = $(".cards", lane);
    const next = [...list.children].find((other) => other.dataset.order > fresh.dataset.order);
    list.insertBefore(fresh, next || null);
    if (id === selected) fresh.setAttribute("aria-current", "true");
    if (focused !== null) ($(`[data-act="${focused}"]`, fresh) || $(".what a", fresh)).focus({ preventScroll: true });
    const isNew = !known && fresh.dataset.status === "new";
    if (isNew || (known && known.dataset.status !== fresh.dataset.status)) fresh.dataset.arrived = "";
    return isNew;
  }

  function remove(id) {
    const card = find(id);
    if (!card || !lanes?.contains(card)) return;
    const focused = card.contains(document.activeElement);
    const all = shown();
    const at = all.indexOf(card);
    const next = all[at + 1] || all[at - 1];
    card.remove();
    if (id === selected) select(next ? idOf(next) : null, focused);
  }

  // The whole is the truth, also where a restored database counts from lower numbers again.
  function placeAll(wanted) {
    const ids = new Set(wanted.map((card) => card.id));
    for (const card of $$("#lanes .card")) if (!ids.has(card.id)) remove(idOf(card));
    return wanted.filter((card) => {
      const known = document.getElementById(card.id);
      if (known && known.dataset.sequence !== card.dataset.sequence) known.dataset.sequence = "-1";
      return place(card);
    }).length;
  }

  // What follows from the cards that are there: the lanes' counts, and whoever listens for "cards".
  function settle() {
    if (!lanes) return;
    for (const lane of $$(".lane", lanes)) {
      const n = $$(".card", lane).length;
      $(".lane-count", lane).textContent = n;
      const tab = $(`[data-tab="${lane.dataset.lane}"]`, lanes);
      if (tab) tab.textContent = n;
      const empty = $(".empty", lane);
      if (empty) empty.hidden = n > 0;
      if (lane.dataset.lane === "scheduled") lane.hidden = n === 0;
    }
    lanes.dispatchEvent(new Event("cards"));
  }

  function select(id, focus = true) {
    for (const old of $$("#lanes .card[aria-current]")) old.removeAttribute("aria-current");
    selected = id;
    const card = id && find(id);
    if (!card || !lanes?.contains(card)) return;
    card.setAttribute("aria-current", "true");
    if (focus) $(".what a", card).focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = shown();
    if (!all.length) return;
    const at = all.findIndex((card) => idOf(card) === selected);
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
    select(idOf(all[next]));
  }

  // On a telephone what somebody takes moves out of sight: it says so, with the way there.
  function tellWhereItWent(id) {
    const card = find(id);
    if (!card || !lanes?.contains(card) || card.dataset.status !== "accepted") return;
    if (card.dataset.holder !== board.dataset.me || talk.fits()) return;
    const { top, bottom } = card.getBoundingClientRect();
    if (top < innerHeight && bottom > 0) return;
    const room = card.dataset.room && `${card.dataset.room} `;
    const words = board.dataset.yours.replace("%s", () => room + $(".what bdi", card).textContent);
    answers.say(words);
    const show = Object.assign(document.createElement("a"), { href: `#${card.id}`, textContent: board.dataset.show });
    show.addEventListener("click", (event) => { event.preventDefault(); select(id); });
    $("#toasts").lastElementChild.append(" ", show);
  }

  // Whatever is done is answered with the cards as they are now, and a sentence where it was refused.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig, xhr } = event.detail;
    if (requestConfig.verb !== "post") return;
    const answer = answers.parse(xhr.responseText);
    const placed = $$("article.card", answer);
    placed.forEach(place);
    if (placed.length) settle();
    if (requestConfig.path.endsWith("/accept/")) placed.forEach((card) => tellWhereItWent(idOf(card)));
    if (xhr.status === 422 && event.target.id === "dialog" && requestConfig.elt.isConnected) return; // the form again, with its sentence
    event.detail.shouldSwap = false;
    if ([403, 409, 422].includes(xhr.status)) answers.say(answers.sentenceOf(answer), "late");
  });

  return { find, idOf, place, placeAll, remove, settle, select, step, get selected() { return selected; } };
})();
