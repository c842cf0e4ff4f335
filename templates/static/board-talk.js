// The conversation beside a card, or on a page of its own: opened, kept fresh, and what is being written in it.
const talk = (function () {
  "use strict";
  const WIDE = matchMedia("(min-width: 1100px)");
  const NEARLY_AT_THE_END = 80; // pixels
  const beside = $("#beside");
  const alone = Boolean(beside?.hasAttribute("data-alone"));
  const drafts = new Map(); // what was written and not sent, by the id of the request
  let turn = 0; // the latest opening: what an earlier one brings comes too late
  let early = null; // what is typed between asking for the reply box and its coming
  let wanted = null; // the id of the request that is open, or is being opened
  let opening = null; // while it is being opened

  const facts = () => (beside ? $("[data-shown]", beside)?.dataset : undefined);
  const fits = () => !alone && WIDE.matches;

  function open(id, { focus = true, reply = false } = {}) {
    if (!reply && opening === String(id)) return; // it is on its way already
    early = reply ? [] : null;
    wanted = opening = String(id);
    const mine = (turn += 1);
    if (!fits()) { location.assign(`/requests/${id}/${reply ? "#reply-text" : ""}`); return; }
    answers.ask("GET", `/requests/${id}/`, { from: beside, into: beside }).then(() => {
      if (mine !== turn) return;
      opening = null;
      const typed = early;
      early = null;
      if (facts()?.shown !== String(id)) return;
      if (reply) write(typed || []);
      else if (focus) $("[data-close]", beside).focus({ preventScroll: true });
    });
  }

  // In the box; where there is none, at the sentence that says why, so that no key does anything else.
  function write(typed) {
    const box = $("#reply-text", beside);
    (box || $("#reply-refused", beside) || beside).focus({ preventScroll: true });
    if (!box || !typed.length) return;
    box.value += typed.join("");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("keydown", (event) => {
    if (!early) return;
    if (event.key === "Escape") { early = null; return; }
    if (event.ctrlKey || event.metaKey || [...event.key].length !== 1) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    early.push(event.key);
  }, true);
  addEventListener("pageshow", () => { early = null; });

  function close() {
    early = null;
    turn += 1;
    const back = facts()?.shown;
    wanted = opening = null;
    keepDraft();
    htmx.trigger(beside, "htmx:abort");
    beside.hidden = true;
    beside.replaceChildren();
    document.body.classList.remove("has-beside");
    if (back && cards.find(back)) cards.select(back);
  }

  // With the conversation open, it is that of the card that is selected, however it came to be.
  $("#lanes")?.addEventListener("selected", ({ detail: id }) => {
    if (fits() && beside && !beside.hidden && wanted !== id) open(id, { focus: false });
  });

  // Only what was said is fetched again: the box somebody may be typing in stays as it is.
  function refresh() {
    const piece = beside && $("[data-talk]", beside);
    if (piece) htmx.trigger(piece, "said");
  }

  function toEnd() {
    const last = $(".thread", beside)?.lastElementChild;
    if (!last || alone) return;
    const scroll = $("[data-talk]", beside);
    const below = last.getBoundingClientRect().bottom - scroll.getBoundingClientRect().bottom;
    if (below > 0) scroll.scrollTop += below + 16;
  }

  // --- what is being written -----------------------------------------------------------------------

  function keepDraft() {
    const box = $("[data-draft]", beside);
    if (!box) return;
    if (box.value.trim()) drafts.set(box.dataset.draft, box.value);
    else drafts.delete(box.dataset.draft);
  }

  function showDraft() {
    const box = $("[data-draft]", beside);
    if (!box || !drafts.has(box.dataset.draft)) return;
    box.value = drafts.get(box.dataset.draft);
    count(box);
  }

  function count(box) {
    const line = $("[data-counter]", box.form);
    if (!line) return;
    const n = box.value.length;
    const limit = Number(box.dataset.limit);
    line.textContent = n > limit ? line.dataset.over.replace("%s", n) : n > limit * 0.6 ? `${n} / ${limit}` : "";
    line.classList.toggle("sentence", n > limit);
  }
  document.addEventListener("input", (event) => { if (event.target.dataset.limit) count(event.target); });

  // A new one for each reply, so that the same reply sent twice is one. Without HTTPS there is no randomUUID.
  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }

  function sent(form) {
    drafts.delete($("[data-draft]", form).dataset.draft);
    form.reset();
    $("[name=submission]", form).value = uuid();
    count($("[data-draft]", form));
  }

  // --- around htmx's swaps -------------------------------------------------------------------------

  let before = { said: "", atEnd: false, open: [], act: null, focused: false };

  beside?.addEventListener("htmx:beforeSwap", (event) => {
    const { detail, target } = event;
    if (detail.requestConfig.verb !== "get") return;
    if (target === beside) { keepDraft(); before.said = ""; return; }
    if (!target.matches("[data-talk]")) return;
    if (detail.xhr.responseText === before.said) { detail.shouldSwap = false; return; }
    before = {
      said: detail.xhr.responseText,
      atEnd: target.scrollHeight - target.scrollTop - target.clientHeight < NEARLY_AT_THE_END,
      open: $$("details", target).map((details) => details.open),
      focused: target.contains(document.activeElement),
      act: target.contains(document.activeElement) ? document.activeElement.dataset.act : null,
    };
  });

  beside?.addEventListener("htmx:afterSwap", (event) => {
    const { target } = event;
    if (target === beside) {
      beside.hidden = false;
      document.body.classList.add("has-beside");
      showDraft();
      toEnd();
    } else if (target.matches("[data-talk]")) {
      $$("details", target).forEach((details, n) => { details.open = Boolean(before.open[n]); });
      if (before.act) $(`[data-act="${before.act}"]`, target)?.focus({ preventScroll: true });
      if (before.focused && !beside.contains(document.activeElement)) beside.focus({ preventScroll: true });
      if (before.atEnd) toEnd();
    }
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { requestConfig, xhr } = event.detail;
    if (requestConfig.verb !== "post") return;
    if (requestConfig.elt.matches("form.reply") && xhr.status === 200) sent(requestConfig.elt);
    refresh();
  });

  return { open, close, refresh, fits, alone, get facts() { return facts(); }, get shown() { return facts()?.shown; } };
})();
