// Taps: what a button or a link of a card or a conversation does without leaving the page.
const acts = (function () {
  "use strict";
  const TAPS = new Set(["accept", "start", "release"]); // done at once; everything else asks something first
  const board = $("main.board");

  // What somebody looked at: of the conversation that is open, or of the card.
  function versionOf(id) {
    return (talk.shown === id ? talk.facts.version : cards.find(id)?.dataset.version) ?? "";
  }

  // Sent with what #act carries. Where a card has no such button, the server says why not.
  function send(url, button, id) {
    if (button) answers.ask("POST", url, { from: button, into: "#lanes" });
    else answers.ask("POST", url, { from: "#act", into: "#lanes", values: { version: versionOf(id) } });
  }

  // By its slug, as a key does it.
  function act(slug, id) {
    if (slug === "new") { dialogs.open(`/requests/new/?desk=${board ? board.dataset.desk : ""}`); return; }
    if (!id) return;
    const url = `/requests/${id}/${slug}/`;
    if (slug === "reply") talk.open(id, { reply: true });
    else if (TAPS.has(slug)) send(url, $(`#request-${id} [data-act="${slug}"]`), id);
    else dialogs.open(url);
  }

  const isModified = (event) => event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button > 0;

  function closeWhatIsOpen() {
    if (dialogs.isOpen) dialogs.close();
    else if (board) talk.close();
    else history.back();
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target || isModified(event) || event.defaultPrevented) return;
    const card = target.closest("#lanes .card");
    const tapped = target.closest("button[form=act]");
    const asks = target.closest("a[data-act]");
    const opens = target.closest("a[data-open]");
    const id = opens?.dataset.open || (card && cards.idOf(card));
    const isOurs = target.closest("[data-close]") || (tapped && board) || asks || (opens && board && talk.fits());
    const isCard = card && !target.closest("a, button, input, summary, label") && !String(getSelection());
    if (isOurs) event.preventDefault();
    if (card) cards.select(id, false);
    if (target.closest("[data-close]")) closeWhatIsOpen();
    else if (tapped && board) send(tapped.formAction, tapped);
    else if (asks?.dataset.act === "reply" && card) talk.open(id, { reply: true });
    else if (asks) dialogs.open(asks.getAttribute("href"));
    else if (opens && isOurs) { cards.select(id, false); talk.open(id, { focus: false }); }
    else if (isCard) talk.open(id, { focus: false });
  });

  return { act };
})();
