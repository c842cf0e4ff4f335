// The board: cards that come and go by themselves, one tap and one key for everything, and the
// conversation beside them. Everything it does also works without it, a page at a time.
(function () {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const board = $("main.board");
  const lanes = $("#lanes");
  const beside = $("#beside");
  const dialog = $("#dialog");
  const toasts = $("#toasts");
  const WIDE = matchMedia("(min-width: 1100px)");
  const TAPS = new Set(["accept", "start", "release"]);
  const KEYS = {
    a: "accept", s: "start", d: "done", h: "hold", t: "transfer", r: "release", m: "reply", i: "note",
    p: "promise", o: "sort", w: "settle", u: "reopen", x: "cancel", n: "new",
  };
  let selected = null; // the id of a request
  let shown = null; // the id of the request whose conversation is open
  const drafts = new Map();

  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  const cardOf = (id) => document.getElementById(`request-${id}`);
  const idOf = (card) => card.id.slice("request-".length);
  const allCards = () => $$("#lanes .card").filter((card) => card.offsetParent !== null);

  function stored(name) { try { return localStorage.getItem(name); } catch { return null; } }
  function store(name, value) { try { localStorage.setItem(name, value); } catch { /* private window */ } }

  // --- talking to the server ----------------------------------------------------------------------

  async function ask(url, options = {}) {
    const headers = { "HX-Request": "true", ...(options.headers || {}) };
    const response = await fetch(url, { credentials: "same-origin", ...options, headers });
    if (response.redirected && new URL(response.url).pathname.startsWith("/sign-in")) {
      location.reload();
      throw new Error("signed out");
    }
    return response;
  }

  function toast(text, kind = "") {
    const line = document.createElement("p");
    line.className = `toast ${kind}`;
    line.textContent = text;
    toasts.append(line);
    setTimeout(() => line.remove(), Math.max(6000, text.length * 90));
  }

  const lost = () => toast(board?.dataset.lost || "Offline", "late");

  // Take what came back from something done: cards as they are now, and a sentence if it was refused.
  function take(html) {
    const answer = parse(html);
    for (const card of $$("article.card", answer)) {
      place(card);
      if (idOf(card) === shown) refreshTalk();
    }
    settle();
    return $("[data-sentence]", answer)?.textContent || "";
  }

  const busy = new Set();
  async function post(url, body, button) {
    const key = `${url} ${body.get("submission") || ""}`;
    if (busy.has(key)) return null; // a double tap
    busy.add(key);
    button?.setAttribute("aria-busy", "true");
    try {
      return await ask(url, { method: "POST", body });
    } catch {
      lost();
      return null;
    } finally {
      busy.delete(key);
      button?.removeAttribute("aria-busy");
    }
  }

  async function tap(url, version, button) {
    const body = new FormData($("#act"));
    if (version) body.set("version", version);
    const response = await post(url, body, button);
    if (!response) return;
    if (!board) { location.reload(); return; }
    if (response.status === 404) { toast("404", "late"); return; }
    if (response.status === 204) { refreshTalk(); return; }
    const sentence = take(await response.text());
    if (sentence) toast(sentence, "late");
  }

  // --- cards ---------------------------------------------------------------------------------------

  function belongs(card) {
    if (!lanes) return false;
    const { desk, status } = card.dataset;
    const here = board.dataset.desk;
    return here === "all" || desk === here || ("urgent" in card.dataset && status !== "done");
  }

  function laneOf(card) {
    return $$(".lane", lanes).find((lane) => lane.dataset.shows.split(" ").includes(card.dataset.status));
  }

  // Into its lane, at its sorted place. Returns whether it is new work nobody had seen here.
  function place(card) {
    const id = idOf(card);
    const known = cardOf(id);
    if (known && Number(known.dataset.sequence) > Number(card.dataset.sequence)) return false;
    const lane = belongs(card) ? laneOf(card) : null;
    if (!lane) { remove(id); return false; }
    if (known && known.dataset.sequence === card.dataset.sequence) return false;
    const fresh = document.importNode(card, true);
    const had = known && known.contains(document.activeElement) ? document.activeElement : null;
    known?.remove();
    const list = $(".cards", lane);
    const next = [...list.children].find((other) => other.dataset.order > fresh.dataset.order);
    list.insertBefore(fresh, next || null);
    if (id === selected) mark(fresh);
    if (had) (($(`[data-act="${had.dataset.act}"]`, fresh)) || $(".what a", fresh)).focus({ preventScroll: true });
    const isNew = !known && fresh.dataset.status === "new";
    if (isNew || (known && known.dataset.status !== fresh.dataset.status)) fresh.dataset.arrived = "";
    return isNew;
  }

  function remove(id) {
    const card = cardOf(id);
    if (!card || !lanes?.contains(card)) return;
    if (id === selected || card.contains(document.activeElement)) {
      const all = allCards();
      const at = all.indexOf(card);
      const next = all[at + 1] || all[at - 1];
      const focused = card.contains(document.activeElement);
      card.remove();
      if (id === selected) select(next ? idOf(next) : null, focused);
    } else card.remove();
  }

  function applySnapshot(frame) {
    const wanted = $$("article.card", frame);
    const ids = new Set(wanted.map((card) => card.id));
    for (const card of $$("#lanes .card")) if (!ids.has(card.id)) remove(idOf(card));
    let fresh = 0;
    for (const card of wanted) {
      const known = document.getElementById(card.id);
      // The whole is the truth, also where a restored database counts from lower numbers again.
      if (known && known.dataset.sequence !== card.dataset.sequence) known.dataset.sequence = "-1";
      if (place(card)) fresh += 1;
    }
    return fresh;
  }

  let first = true;
  function hear(frame) {
    let fresh = 0;
    if (frame.dataset.kind === "snapshot") fresh = first ? 0 * applySnapshot(frame) : applySnapshot(frame);
    else {
      for (const gone of $$("[data-gone]", frame)) remove(gone.dataset.gone.slice("request-".length));
      for (const card of $$("article.card", frame)) if (place(card)) fresh += 1;
    }
    first = false;
    for (const count of $$("[data-count]", frame)) {
      for (const old of $$(`.side [data-count="${count.dataset.count}"]`)) old.replaceWith(document.importNode(count, true));
    }
    settle();
    if (fresh) chime(660, 880);
    if (shown) {
      const stay = $("[data-shown]", beside)?.dataset.stay;
      const touches = (card) => idOf(card) === shown || (stay && card.dataset.stay === stay);
      const gone = $(`[data-gone="request-${shown}"]`, frame);
      if (frame.dataset.kind !== "change" || gone || $$("article.card", frame).some(touches)) refreshTalk();
    }
  }

  // Counts, clocks, the title: whatever follows from the cards that are there.
  function settle() {
    if (!lanes) return;
    for (const lane of $$(".lane", lanes)) {
      const n = $$(".card", lane).length;
      $(".lane-count", lane).textContent = n;
      const empty = $(".empty", lane);
      if (empty) empty.hidden = n > 0;
      if (lane.dataset.lane === "scheduled") lane.hidden = n === 0;
    }
    tick();
  }

  // --- clocks --------------------------------------------------------------------------------------

  const wasLate = new Set();
  function words(minutes) {
    const d = board.dataset;
    if (minutes < 100) return d.minutes.replace("%s", minutes);
    if (minutes < 36 * 60) return d.hours.replace("%s", Math.round(minutes / 60));
    return d.days.replace("%s", Math.round(minutes / 1440));
  }

  function tick() {
    if (!lanes) return;
    const now = Date.now();
    let late = 0;
    let newlyLate = 0;
    for (const card of $$("#lanes .card[data-due]")) {
      const seconds = (Date.parse(card.dataset.due) - now) / 1000;
      const clock = $(".clock", card);
      const isLate = seconds < 0 && card.dataset.status !== "scheduled";
      card.toggleAttribute("data-late", isLate);
      card.toggleAttribute("data-soon", !isLate && seconds < 300 && card.dataset.status !== "scheduled");
      const minutes = Math.floor(Math.abs(seconds) / 60);
      let text = board.dataset.now;
      if (isLate && minutes >= 1) text = board.dataset.late.replace("%s", words(minutes));
      else if (!isLate && minutes >= 1) {
        const phrase = card.dataset.status === "scheduled" ? board.dataset.in : board.dataset.due;
        text = phrase.replace("%s", words(minutes));
      }
      if (clock.textContent !== text) clock.textContent = text;
      if (isLate) {
        late += 1;
        if (!wasLate.has(card.id)) { wasLate.add(card.id); newlyLate += 1; }
      } else wasLate.delete(card.id);
    }
    const alarm = $("#alarm");
    alarm.hidden = late === 0;
    const sentence = late === 1 ? alarm.dataset.one : alarm.dataset.many.replace("%s", late);
    if ($("span", alarm).textContent !== sentence && late) $("span", alarm).textContent = sentence;
    if (newlyLate && ticked) chime(440, 330, 440);
    ticked = true;
    const fresh = $$('.lane[data-lane="new"] .card').length;
    document.title = `${fresh ? `(${fresh}) ` : ""}${late ? "⚠ " : ""}${board.dataset.name} · Concierge`;
  }
  let ticked = false;

  // --- sound ---------------------------------------------------------------------------------------

  let audio = null;
  let muted = stored("concierge-muted") === "1";
  const mute = $("#mute");
  function showSound() {
    if (!mute) return;
    mute.hidden = false;
    mute.setAttribute("aria-pressed", String(muted));
    const words_ = muted ? mute.dataset.off : audio ? mute.dataset.on : mute.dataset.wait;
    mute.title = words_;
    mute.setAttribute("aria-label", words_);
  }
  function wake() {
    if (audio || !window.AudioContext) return;
    audio = new AudioContext();
    showSound();
  }
  function chime(...notes) {
    if (!audio || muted) return;
    notes.forEach((pitch, n) => {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const at = audio.currentTime + n * 0.16;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.12, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.45);
    });
  }
  addEventListener("pointerdown", wake, { once: true });
  addEventListener("keydown", wake, { once: true });
  mute?.addEventListener("click", () => {
    muted = !muted;
    store("concierge-muted", muted ? "1" : "0");
    showSound();
    if (!muted) chime(660, 880);
  });

  // --- selection -----------------------------------------------------------------------------------

  function mark(card) { card.setAttribute("aria-current", "true"); }
  function select(id, focus = true) {
    for (const old of $$("#lanes .card[aria-current]")) old.removeAttribute("aria-current");
    selected = id;
    const card = id && cardOf(id);
    if (!card) return;
    mark(card);
    if (focus) $(".what a", card).focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }
  function step(by) {
    const all = allCards();
    if (!all.length) return;
    const at = all.findIndex((card) => idOf(card) === selected);
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
    select(idOf(all[next]));
    if (shown && WIDE.matches) open(selected, { focus: false });
  }

  // --- the conversation beside ---------------------------------------------------------------------

  const alone = beside?.hasAttribute("data-alone");
  let talkTag = "";
  let opening = 0;

  async function open(id, { focus = true, reply = false } = {}) {
    if (!board || !WIDE.matches) { location.assign(`/requests/${id}/${reply ? "#reply-text" : ""}`); return; }
    const mine = ++opening;
    keepDraft();
    try {
      const response = await ask(`/requests/${id}/`);
      if (!response.ok || mine !== opening) return;
      const piece = parse(await response.text());
      beside.replaceChildren(...piece.body.childNodes);
    } catch { lost(); return; }
    beside.hidden = false;
    document.body.classList.add("has-beside");
    shown = id;
    talkTag = "";
    showDraft();
    toEnd();
    if (reply) $("#reply-text")?.focus();
    else if (focus) $("[data-close]", beside)?.focus({ preventScroll: true });
  }
  function toEnd() {
    const scroll = $("[data-talk]", beside);
    const last = $(".thread", beside)?.lastElementChild;
    if (!last || alone) return;
    const below = last.getBoundingClientRect().bottom - scroll.getBoundingClientRect().bottom;
    if (below > 0) scroll.scrollTop += below + 16;
  }
  function keepDraft() {
    const box = $("[data-draft]", beside || document);
    if (box) { if (box.value.trim()) drafts.set(box.dataset.draft, box.value); else drafts.delete(box.dataset.draft); }
  }
  function showDraft() {
    const box = $("[data-draft]", beside);
    if (box && drafts.has(box.dataset.draft)) { box.value = drafts.get(box.dataset.draft); count(box); }
  }
  function close() {
    keepDraft();
    beside.hidden = true;
    beside.replaceChildren();
    document.body.classList.remove("has-beside");
    const back = shown;
    shown = null;
    if (back && cardOf(back)) select(back);
  }

  // Only what was said is fetched again: the box somebody may be typing in stays as it is.
  async function refreshTalk() {
    const id = shown || (alone && $("[data-shown]", beside)?.dataset.shown);
    if (!id) return;
    let response;
    try {
      response = await ask(`/requests/${id}/thread/`, { headers: talkTag ? { "If-None-Match": talkTag } : {} });
    } catch { return; }
    if (response.status !== 200 || (!alone && shown !== id)) return;
    talkTag = response.headers.get("ETag") || "";
    const fresh = $(".talk", parse(await response.text()));
    const old = $(".talk", beside);
    if (!fresh || !old || fresh.outerHTML === old.outerHTML) return;
    const scroll = $("[data-talk]", beside);
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    const open_ = $$("details", old).map((d) => d.open);
    $$("details", fresh).forEach((d, n) => { d.open = Boolean(open_[n]); });
    const had = old.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    old.replaceWith(document.importNode(fresh, true));
    if (had) $(`.talk [data-act="${had}"]`, beside)?.focus({ preventScroll: true });
    if (atEnd) toEnd();
  }
  if (alone) setInterval(() => { if (!document.hidden) refreshTalk(); }, 5000);
  else if (board) setInterval(() => { if (shown && !document.hidden) refreshTalk(); }, 10_000);

  function count(box) {
    const line = $("[data-counter]", box.form);
    if (!line) return;
    const n = box.value.length;
    const limit = Number(box.dataset.limit);
    line.textContent = n > limit ? line.dataset.over.replace("%s", n) : n > limit * 0.6 ? `${n} / ${limit}` : "";
    line.classList.toggle("sentence", n > limit);
  }

  // --- dialogs -------------------------------------------------------------------------------------

  // Quick fingers type on while the form is fetched: what they type waits for its fields, and no
  // key of it does anything else meanwhile.
  let early = null;
  async function openDialog(url) {
    if (early) return;
    early = [];
    dialog.replaceChildren(Object.assign(document.createElement("p"), { className: "empty", textContent: "…" }));
    if (!dialog.open) dialog.showModal();
    try {
      const response = await ask(url);
      const html = await response.text();
      if (!early || !dialog.open) return;
      if (response.ok) { showForm(html); replay(early); } else { dialog.close(); toast($("[data-sentence]", parse(html))?.textContent || `${response.status}`, "late"); }
    } catch {
      dialog.close();
      lost();
    } finally { early = null; }
  }
  function replay(keys) {
    for (const key of keys) {
      const box = document.activeElement;
      if (key === "Tab") {
        const fields = $$("input:not([type=hidden]), textarea, select, button", dialog);
        fields[fields.indexOf(box) + 1]?.focus();
      } else if (key === "Enter") box.form?.requestSubmit($("button.primary", box.form));
      else if (typing(box)) {
        box.value += key;
        box.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  }
  document.addEventListener("keydown", (event) => {
    if (!early || event.key === "Escape") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if ([...event.key].length === 1 ? !(event.ctrlKey || event.metaKey) : ["Tab", "Enter"].includes(event.key)) early.push(event.key);
  }, true);
  function showForm(html) {
    dialog.replaceChildren(...parse(html).body.childNodes);
    if (!dialog.open) dialog.showModal();
    ($("[autofocus]", dialog) || $("input:not([type=hidden]), button.primary", dialog))?.focus();
  }

  async function submit(form, button) {
    const body = new FormData(form);
    if (button?.name) body.set(button.name, button.value);
    const response = await post(form.getAttribute("action"), body, button);
    if (!response) return;
    const html = await response.text();
    const inDialog = dialog?.contains(form);
    if (response.status === 422) {
      if (inDialog) showForm(html);
      else toast($(".sentence", parse(html))?.textContent || "", "late");
      return;
    }
    const sentence = take(html);
    if (sentence) {
      toast(sentence, "late");
      if (inDialog && !$("textarea", form)) dialog.close();
      return;
    }
    if (!board && alone && form.dataset.actForm !== "reply") { location.reload(); return; }
    if (inDialog) dialog.close();
    if (form.dataset.actForm === "reply") {
      form.reset();
      drafts.delete($("[data-draft]", form)?.dataset.draft);
      const again = $("[name=submission]", form);
      if (again) again.value = uuid();
      $$("textarea", form).forEach(count);
    }
    if (form.dataset.actForm === "new") {
      const card = $("article.card", parse(html));
      if (card && cardOf(idOf(card))) select(idOf(card));
    }
    refreshTalk();
  }
  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }

  function act(slug, id) {
    if (slug === "new") { openDialog(`/requests/new/?desk=${board ? board.dataset.desk : ""}`); return; }
    if (!id) return;
    if (slug === "reply") { open(id, { reply: true }); return; }
    const url = `/requests/${id}/${slug}/`;
    const version = cardOf(id)?.dataset.version || $("[data-shown]", beside || document)?.dataset.version;
    if (TAPS.has(slug)) tap(url, version, cardOf(id) && $(`[data-act="${slug}"]`, cardOf(id)));
    else openDialog(url);
  }

  // --- what people do ------------------------------------------------------------------------------

  const modified = (event) => event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button > 0;

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target || modified(event) || event.defaultPrevented) return;
    if (target.closest("[data-close]")) {
      event.preventDefault();
      if (dialog?.open) dialog.close();
      else if (beside && !alone) close();
      else history.back();
      return;
    }
    const button = target.closest("button[form=act]");
    if (button) {
      if (!board) return; // a page of its own sends its form
      event.preventDefault();
      const card = button.closest(".card");
      if (card) select(idOf(card), false);
      tap(button.formAction, button.value, button);
      return;
    }
    const doing = target.closest("a[data-act]");
    if (doing && dialog) {
      event.preventDefault();
      const card = doing.closest(".card");
      if (card) select(idOf(card), false);
      hideFound();
      if (doing.dataset.act === "reply" && card) open(idOf(card), { reply: true });
      else openDialog(doing.getAttribute("href"));
      return;
    }
    const opens = target.closest("a[data-open]");
    const card = target.closest("#lanes .card");
    if (opens && board && WIDE.matches) {
      event.preventDefault();
      const id = opens.dataset.open || idOf(card);
      hideFound();
      select(id, false);
      open(id, { focus: false });
      return;
    }
    if (card && !target.closest("a, button, input") && !String(getSelection())) {
      select(idOf(card), false);
      if (WIDE.matches) open(idOf(card), { focus: false });
    }
    if (!target.closest(".search")) hideFound();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.actForm || (!board && !dialog?.contains(form) && !alone)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    submit(form, event.submitter || $("button.primary", form));
  }, true);

  dialog?.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog?.addEventListener("close", () => {
    dialog.replaceChildren();
    if (selected && cardOf(selected)) select(selected);
  });

  let reading;
  document.addEventListener("input", (event) => {
    const box = event.target;
    if (box.dataset.limit) count(box);
    if (box.dataset.filter) {
      const wanted = box.value.trim().toLocaleLowerCase();
      for (const item of $$(box.dataset.filter, box.form)) item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
    }
    const entry = box.closest("form[data-reading]");
    if (entry) {
      clearTimeout(reading);
      reading = setTimeout(async () => {
        const query = new URLSearchParams();
        for (const name of ["room", "words", "desk"]) query.set(name, entry.elements[name]?.value || "");
        try {
          const response = await ask(`${entry.dataset.reading}?${query}`);
          const into = $("#becomes", entry);
          if (response.ok && into) into.replaceChildren(...parse(await response.text()).body.childNodes);
        } catch { /* saving says so */ }
      }, 150);
    }
  });

  // --- search --------------------------------------------------------------------------------------

  const q = $("#q");
  let found = null;
  let searching;
  function hideFound() { if (found) found.hidden = true; }
  if (q) {
    found = document.createElement("div");
    found.className = "found panel";
    found.hidden = true;
    q.form.append(found);
    q.addEventListener("input", () => {
      clearTimeout(searching);
      searching = setTimeout(async () => {
        if (!q.value.trim()) { hideFound(); return; }
        try {
          const response = await ask(`${q.form.action}?q=${encodeURIComponent(q.value)}`);
          if (!response.ok) return;
          found.replaceChildren(...parse(await response.text()).body.childNodes);
          found.hidden = false;
        } catch { lost(); }
      }, 150);
    });
    q.form.addEventListener("keydown", (event) => {
      const links = $$("a", found);
      const at = links.indexOf(document.activeElement);
      if (event.key === "ArrowDown" && links.length) { event.preventDefault(); links[Math.min(at + 1, links.length - 1)].focus(); }
      else if (event.key === "ArrowUp" && at >= 0) { event.preventDefault(); (links[at - 1] || q).focus(); }
      else if (event.key === "Enter" && document.activeElement === q && links.length && !found.hidden) { event.preventDefault(); links[0].click(); }
      else if (event.key === "Escape") { hideFound(); q.value = ""; q.blur(); }
    });
  }

  // --- keys ----------------------------------------------------------------------------------------

  const keysDialog = $("#keys");
  const useKeys = $("#use-keys");
  if (useKeys) {
    useKeys.checked = stored("concierge-keys") !== "0";
    useKeys.addEventListener("change", () => store("concierge-keys", useKeys.checked ? "1" : "0"));
  }
  const typing = (element) => element.closest?.("input, textarea, select, [contenteditable]") && !element.matches("input[type=checkbox], input[type=radio]");

  document.addEventListener("keydown", (event) => {
    if (!board || event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); q.focus(); q.select(); return; }
    const inDialog = dialog.open || keysDialog?.open;
    if (event.key === "Escape" && !inDialog && shown) {
      if (typing(event.target)) event.target.blur(); else close();
      return;
    }
    if (dialog.open && !typing(event.target) && /^[1-9]$/.test(event.key)) { $(`[data-digit="${event.key}"]`, dialog)?.click(); return; }
    if (inDialog || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (event.target.closest(".beside")) return;
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
      return;
    }
    if (useKeys && !useKeys.checked) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") { event.preventDefault(); step(key === "j" ? 1 : -1); return; }
    if (key === "/") { event.preventDefault(); q.focus(); return; }
    if (key === "?") { event.preventDefault(); keysDialog.showModal(); return; }
    const focusedCard = event.target.closest?.("#lanes .card");
    if (focusedCard && idOf(focusedCard) !== selected) select(idOf(focusedCard), false);
    if (key === "enter" && selected && !event.target.closest("a, button, summary")) { event.preventDefault(); open(selected); return; }
    if (KEYS[key] && !event.repeat) { event.preventDefault(); act(KEYS[key], selected || shown); }
  });
  $("#show-keys")?.addEventListener("click", () => keysDialog.showModal());
  $("#alarm button")?.addEventListener("click", () => {
    const late = $("#lanes .card[data-late]");
    if (late) select(idOf(late));
  });

  // --- live ----------------------------------------------------------------------------------------

  if (board) {
    document.documentElement.classList.add("scripted");
    $("#show-keys").hidden = false;
    showSound();
    settle();
    setInterval(tick, 5000);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
    const live = $("#live");
    window.liveSocket({
      path: board.dataset.socket,
      sequence: Number(board.dataset.sequence),
      take: hear,
      state(name) {
        if (live.dataset.state === name) return;
        live.dataset.state = name;
        const zone = { timeZone: board.dataset.zone, hour: "2-digit", minute: "2-digit", hour12: false };
        live.textContent = live.dataset[name].replace("%s", new Intl.DateTimeFormat("en-GB", zone).format(new Date()));
      },
      ended() { location.assign(`${board.dataset.signIn}?next=${encodeURIComponent(location.pathname)}`); },
    });
  }
})();
