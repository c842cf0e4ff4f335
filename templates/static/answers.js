// What the server answers through htmx, on boards and for the manager: signed out, refused, or nothing at all.
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

const answers = (function () {
  "use strict";
  const toasts = $("#toasts");

  const parse = (html) => new DOMParser().parseFromString(html, "text/html");

  // A sentence for whoever looks and listens; "late" where something did not work.
  function say(text, kind = "") {
    if (!text) return;
    const line = document.createElement("p");
    line.className = `toast ${kind}`;
    line.textContent = text;
    toasts.append(line);
    setTimeout(() => line.remove(), Math.max(6000, text.length * 90));
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
  function lost(event) {
    if (!event.detail.elt.matches("[data-quietly]")) say(toasts.dataset.lost, "late");
  }
  for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(failure, lost);

  // Sends or fetches by htmx; resolves once it is over, whatever came. What failed has been said.
  function ask(verb, url, { from, into, values }) {
    return htmx.ajax(verb, url, { source: from, target: into, values }).catch(() => {});
  }

  return { parse, say, sentenceOf, ask };
})();
