// Cards in their lanes: placed, replaced and taken away as they change, and the one that is selected.
const cards = (function () {
  "use strict";
  const board = $("main.board");
  const lanes = $("#lanes"); // not on pages of one form or one conversation
  let selected = null; // the id of a request
  let left = -1; // where the selected card was before it left: from there the arrows go on

  const find = (id) => document.getElementById(`request-${id}`);
  const idOf = (card) => card.id.slice("request-".length);
  const shown = () => $$("#lanes .card").filter((card) => card.offsetParent !== null);

  function belongs(card) {
    const { desk, status } = card.dataset;
    const here = board.dataset.desk;
    return here === "all" || desk === here || ("urgent" in card.dataset && status !== "done");
  }

  // What is urgent with another desk has a lane of its own, and is counted there and not here.
  const isOurs = (card) => board.dataset.desk === "all" || card.dataset.desk === board.dataset.desk;

  function laneOf(card) {
    if (!lanes || !belongs(card)) return undefined;
    if (!isOurs(card)) return $('[data-lane="elsewhere"]', lanes);
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
    if (known && known.dataset.status !== card.dataset.status) answers.forget(id);
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
    if (id === selected) { left = shown().indexOf(card); selected = null; }
    card.remove();
    answers.forget(id);
    // Never on to its neighbour by itself: the next key would do something to what nobody chose.
    if (focused) board.focus({ preventScroll: true });
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
      if (["scheduled", "elsewhere"].includes(lane.dataset.lane)) lane.hidden = n === 0;
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
    left = -1;
    lanes.dispatchEvent(new CustomEvent("selected", { detail: id }));
  }

  function step(by) {
    const all = shown();
    if (!all.length) return;
    const at = all.findIndex((card) => idOf(card) === selected);
    let next = at + by;
    if (at < 0) next = left >= 0 ? left + Math.min(by, 0) : by > 0 ? 0 : all.length - 1;
    select(idOf(all[Math.min(all.length - 1, Math.max(0, next))]));
  }

  // On a telephone what somebody takes moves out of sight: it says so, with the way there.
  function tellWhereItWent(id) {
    const card = find(id);
    if (!card || !lanes?.contains(card) || card.dataset.status !== "accepted") return;
    if (card.dataset.holder !== board.dataset.me || talk.fits()) return;
    const { top, bottom } = card.getBoundingClientRect();
    if (top < innerHeight && bottom > 0) return;
    const room = card.dataset.room && `${card.dataset.room} · `;
    const words = board.dataset.yours.replace("%s", () => room + $(".what bdi", card).textContent);
    answers.say(words, "", id);
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
    if (xhr.status === 200) answers.say($("[data-became]", answer)?.textContent);
    if (requestConfig.path.endsWith("/accept/")) placed.forEach((card) => tellWhereItWent(idOf(card)));
    if (xhr.status === 422 && event.target.id === "dialog" && requestConfig.elt.isConnected) return; // the form again, with its sentence
    event.detail.shouldSwap = false;
    if ([403, 409, 422].includes(xhr.status)) answers.say(answers.sentenceOf(answer), "late");
  });

  return { find, idOf, place, placeAll, remove, settle, select, step, get selected() { return selected; } };
})();
