// The manager's page: what guests say arrives by itself, and what was done with it is put in its list.
(function () {
  "use strict";
  const stories = $("#stories");
  const page = $("[data-socket]"); // not on the list of all thanks
  const said = $("#said");
  const figures = $("#figures");

  const isBeingWritten = (story) => $(".slot form", story) !== null;

  // Into its list, newest first; a story somebody is just writing below stays as it is: sending what
  // was written will say that it has changed.
  function place(piece) {
    const story = document.importNode(piece, true);
    const known = document.getElementById(story.id);
    if (known && (isBeingWritten(known) || Number(known.dataset.sequence) > Number(story.dataset.sequence))) return;
    const list = $(`[data-list="${story.dataset.list}"].stories`, stories);
    const focused = known?.contains(document.activeElement);
    if (known && (!list || known.parentElement === list)) known.replaceWith(story);
    else if (list) {
      known?.remove();
      const later = [...list.children].find((other) => Number(other.dataset.at) <= Number(story.dataset.at));
      list.insertBefore(story, later ?? null);
    }
    htmx.process(story);
    if (focused) $(".acts .button", story)?.focus();
    const count = $("[data-count=unread]", stories);
    if (count) count.textContent = $$('[data-list="unread"].stories > .story', stories).length;
  }

  function arrive(piece) {
    const isNews = !document.getElementById(piece.id);
    place(piece);
    const story = document.getElementById(piece.id);
    if (!isNews || !story) return;
    story.dataset.arrived = "";
    const news = $("#news");
    news.textContent = news.dataset.new;
  }

  // --- what is done with a story -------------------------------------------------------------------

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb === "post") said.textContent = "";
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig, xhr, isError } = event.detail;
    if (requestConfig.verb !== "post" || isError) return;
    const answer = answers.parse(xhr.responseText);
    const piece = $(".story", answer);
    if (piece) {
      const known = document.getElementById(piece.id);
      const open = known && $(".slot form", known);
      // A name was settled while a note is being written: the note goes on, the question is answered.
      const kept = open && open !== requestConfig.elt ? open : null;
      if (known) $(".slot", known).replaceChildren();
      place(piece);
      if (kept) {
        kept.elements.version.value = piece.dataset.version;
        for (const question of $$("fieldset:has([name^=meant-])", kept)) question.remove();
        $(".slot", document.getElementById(piece.id)).append(kept);
      }
      // Refused: what was written stays where it was written, with the reason beside it.
      const form = $("form", answer);
      const slot = form && $(".slot", document.getElementById(piece.id));
      if (slot) {
        slot.replaceChildren(document.importNode(form, true));
        htmx.process(slot);
        ($("[autofocus]", slot) || $("textarea", slot)).focus();
      }
    }
    if (xhr.status !== 200) said.textContent = $("form .sentence", answer) ? "" : answers.sentenceOf(answer);
    if (said.textContent) said.scrollIntoView({ block: "nearest" });
    if (figures) htmx.trigger(figures, "stale");
  });

  // --- live ----------------------------------------------------------------------------------------

  let shown = Number(page?.dataset.sequence); // what the lists show, until the first frame

  function hear(frame) {
    if (frame.dataset.kind === "snapshot" && !isBeingWritten(stories)) {
      if (Number(frame.dataset.sequence) !== shown) {
        stories.replaceChildren(...document.importNode(frame.firstElementChild, true).childNodes);
        htmx.process(stories);
      }
    } else $$(".story", frame).forEach(arrive);
    const numbers = $("#numbers", frame);
    if (numbers) $("#numbers").replaceWith(document.importNode(numbers, true));
    else if ($("[data-numbers-later]", frame)) htmx.trigger(figures, "later");
    shown = -1;
  }

  if (page) liveSocket(page, hear);
})();
