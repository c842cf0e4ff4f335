// What the server answers through htmx, on boards and for the manager: signed out, refused, or nothing at all.
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

const answers = (function () {
  "use strict";
  const toasts = $("#toasts");

  // A page's own style belongs to its own nonce: parsed here it would be refused, and complained of.
  const parse = (html) => new DOMParser().parseFromString(html.replace(/<style[^]*?<\/style>/g, ""), "text/html");

  // A sentence for whoever looks and listens; "late" where something did not work. `about`: the id
  // of a request, so that it goes when that has moved on.
  function say(text, kind = "", about = "") {
    if (!text) return;
    const line = document.createElement("p");
    line.className = `toast ${kind}`;
    line.textContent = text;
    if (about) line.dataset.about = about;
    toasts.append(line);
    // What one may still want to tap stays longer; it goes sooner where its request moves on.
    setTimeout(() => line.remove(), about ? 20000 : Math.max(6000, text.length * 90));
  }

  function forget(about) {
    for (const line of $$(".toast[data-about]", toasts)) if (line.dataset.about === about) line.remove();
  }

  const sentenceOf = (answer) => $("[data-sentence], .sentence, h1", answer)?.textContent || "";

  // Before anything else hears of it: the sign-in page is never a piece of this one.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!new URL(event.detail.xhr.responseURL).pathname.startsWith("/sign-in")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    location.reload();
  }, true);

  // What asks by itself from time to time ([data-quietly]) rests while nobody looks, and fails in silence.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.matches("[data-quietly]")) event.preventDefault();
  });
  const isOffline = () => !navigator.onLine || document.documentElement.dataset.live === "offline";
  function lost(event) {
    if (event.detail.elt.matches("[data-quietly]")) return;
    say(event.type === "htmx:sendError" && isOffline() ? toasts.dataset.offline : toasts.dataset.lost, "late");
  }
  for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(failure, lost);

  // Sends or fetches by htmx; resolves once it is over, whatever came. What failed has been said.
  function ask(verb, url, { from, into, values }) {
    return htmx.ajax(verb, url, { source: from, target: into, values }).catch(() => {});
  }

  return { parse, say, forget, sentenceOf, ask };
})();
