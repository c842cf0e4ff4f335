// The board, live: every frame of the socket becomes cards, counts, a sound, and a fresh conversation.
(function () {
  "use strict";
  const board = $("main.board");
  let isFirst = true;

  // Whether a frame concerns the conversation that is open; a whole or a missed change may.
  function concerns(frame, { shown, stay }) {
    if (frame.dataset.kind !== "change" || $(`[data-gone="request-${shown}"]`, frame)) return true;
    return $$("article.card", frame).some((card) => cards.idOf(card) === shown || (stay && card.dataset.stay === stay));
  }

  function hear(frame) {
    const pieces = $$("article.card", frame);
    let fresh = 0;
    if (frame.dataset.kind === "snapshot") fresh = cards.placeAll(pieces);
    else {
      for (const gone of $$("[data-gone]", frame)) cards.remove(gone.dataset.gone.slice("request-".length));
      fresh = pieces.filter(cards.place).length;
    }
    for (const count of $$("[data-count]", frame)) {
      for (const old of $$(`.side [data-count="${count.dataset.count}"]`)) old.replaceWith(document.importNode(count, true));
    }
    cards.settle();
    if (fresh && !isFirst) sound.arrived();
    isFirst = false;
    if (talk.shown && concerns(frame, talk.facts)) talk.refresh();
  }

  const bar = $(".bar");
  new ResizeObserver(() => document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`)).observe(bar);
  document.documentElement.classList.add("scripted");
  cards.settle();
  liveSocket(board, hear);
})();
