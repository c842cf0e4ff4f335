// One key for everything that is done from a board. Single keys can be switched off per machine.
(function () {
  "use strict";
  const KEYS = {
    a: "accept", s: "start", d: "done", h: "hold", t: "transfer", r: "release", m: "reply", i: "note",
    p: "promise", f: "follow-up", o: "sort", w: "settle", u: "reopen", x: "cancel", n: "new",
  };
  const q = $("#q");
  const help = $("#keys");
  const use = $("#use-keys");
  const showHelp = $("#show-keys");

  try { use.checked = localStorage.getItem("concierge-keys") !== "0"; } catch { /* private window */ }
  use.addEventListener("change", () => {
    try { localStorage.setItem("concierge-keys", use.checked ? "1" : "0"); } catch { /* private window */ }
  });
  showHelp.hidden = false;
  showHelp.addEventListener("click", () => help.showModal());

  // Each returns whether the key was one of its own.
  function always(event) {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) { q.focus(); q.select(); return true; }
    if (event.key !== "Escape" || dialogs.isOpen || help.open || !talk.shown) return false;
    if (dialogs.isTextField(event.target)) event.target.blur();
    else talk.close();
    return true;
  }

  function inDialog(event) {
    const digit = dialogs.isOpen && /^[1-9]$/.test(event.key) && $(`#dialog [data-digit="${event.key}"]`);
    if (digit) digit.click();
    return Boolean(digit);
  }

  function arrows(event) {
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.target.closest(".beside")) return false;
    cards.step(event.key === "ArrowDown" ? 1 : -1);
    return true;
  }

  // Who is anywhere else, above all in the conversation, means to write and not to command.
  const isOnBoard = (element) => element === document.body || Boolean(element.closest("main.board"));

  function single(event) {
    if (!isOnBoard(event.target)) return false;
    const key = event.key.toLowerCase();
    const focused = event.target.closest("#lanes .card");
    if (key === "j" || key === "k") { cards.step(key === "j" ? 1 : -1); return true; }
    if (key === "/") { q.focus(); return true; }
    if (key === "?") { help.showModal(); return true; }
    if (focused && cards.idOf(focused) !== cards.selected) cards.select(cards.idOf(focused), false);
    if (key === "enter" && cards.selected && !event.target.closest("a, button, summary")) { talk.open(cards.selected); return true; }
    if (!KEYS[key] || event.repeat) return false;
    // What is shown open is what is meant, also once its card has left the board.
    acts.act(KEYS[key], (talk.fits() && talk.shown) || cards.selected);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || !(event.target instanceof Element)) return;
    const isTyping = dialogs.isTextField(event.target);
    const isFree = !dialogs.isOpen && !help.open && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey;
    const isTaken = always(event) || (!isTyping && inDialog(event)) || (isFree && (arrows(event) || (use.checked && single(event))));
    if (isTaken) event.preventDefault();
  });
})();
