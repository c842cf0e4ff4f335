// Forms that ask something before it is done, in a dialog over the board or the conversation.
const dialogs = (function () {
  "use strict";
  const dialog = $("#dialog");
  // Quick fingers type on while the form is fetched: what they type waits for its fields, and no
  // key of it does anything else meanwhile.
  let early = null;

  function open(url) {
    if (early) return;
    early = [];
    dialog.replaceChildren(Object.assign(document.createElement("p"), { className: "empty", textContent: "…" }));
    if (!dialog.open) dialog.showModal();
    answers.ask("GET", url, { from: dialog, into: dialog }).then(() => {
      const keys = early;
      early = null;
      if (!$("form", dialog)) dialog.close();
      else if (keys && dialog.open) {
        focusFirst();
        if (!$("[autofocus], [data-focus]", dialog)) $("input:not([type=hidden]), button.primary", dialog)?.focus();
        replay(keys);
      }
    });
  }

  // Where most is tapped: not under a finger, whose keyboard would cover what there is to tap.
  function focusFirst() {
    if (matchMedia("(hover: hover)").matches) $("[data-focus]", dialog)?.focus();
  }

  function isTextField(element) {
    return Boolean(element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));
  }

  function replay(keys) {
    for (const key of keys) {
      const box = document.activeElement;
      if (key === "Tab") {
        const fields = $$("input:not([type=hidden]), textarea, select, button", dialog);
        fields[fields.indexOf(box) + 1]?.focus();
      } else if (key === "Enter") $("button.primary", box.form || dialog)?.click();
      else if (isTextField(box)) {
        box.value += key;
        box.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  }

  document.addEventListener("keydown", (event) => {
    if (!early || event.key === "Escape") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const isCharacter = [...event.key].length === 1 && !event.ctrlKey && !event.metaKey;
    if (isCharacter || ["Tab", "Enter"].includes(event.key)) early.push(event.key);
  }, true);

  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => {
    if (dialog.open) return; // and opened again since
    early = null;
    htmx.trigger(dialog, "htmx:abort"); // a form still on its way; what was sent goes on
    if (cards.selected) cards.select(cards.selected);
  });

  dialog.addEventListener("htmx:afterSwap", focusFirst);

  // A refusal instead of the form.
  dialog.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event;
    if (detail.requestConfig.verb !== "get" || event.target !== dialog || detail.xhr.status === 200) return;
    detail.shouldSwap = false;
    if (!detail.isError) answers.say(answers.sentenceOf(answers.parse(detail.xhr.responseText)), "late");
  });

  // Done, or refused: the form is put away, unless somebody wrote a text in it that would be lost.
  document.addEventListener("htmx:afterRequest", (event) => {
    const { requestConfig, xhr } = event.detail;
    const form = requestConfig.elt;
    if (requestConfig.verb !== "post" || !form.matches("form.ask")) return;
    const isDone = xhr.status === 200;
    if (isDone && !$("main.board")) { location.reload(); return; }
    if (xhr.status === 422 && !dialog.open) dialog.showModal();
    if (dialog.contains(form) && (isDone || ([403, 409].includes(xhr.status) && !$("textarea", form)))) dialog.close();
    if (!isDone || !form.matches(".new")) return;
    const card = $("article.card", answers.parse(xhr.responseText));
    if (card && cards.find(cards.idOf(card))) cards.select(cards.idOf(card));
  });

  // "210 two pillows" typed at one go: after a room there is, the rest are the words.
  document.addEventListener("input", (event) => {
    const box = event.target;
    const [, room, rest] = (box.id === "new-room" && box.value.match(/^\s*(\S+)\s+(.*)$/)) || [];
    if (!room || ![...box.list.options].some((option) => option.value === room)) return;
    const words = $("#new-words");
    box.value = room;
    words.value = rest + words.value;
    words.focus();
    words.setSelectionRange(rest.length, rest.length);
  });

  // Long lists are narrowed as one types.
  document.addEventListener("input", (event) => {
    const box = event.target;
    if (!box.dataset.filter) return;
    const wanted = box.value.trim().toLocaleLowerCase();
    for (const item of $$(box.dataset.filter, box.form)) item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
  });

  return { open, isTextField, get isOpen() { return dialog.open; }, close: () => dialog.close() };
})();
