// Search as one types: htmx brings what is found below the box; arrows, Enter and Escape work in it.
(function () {
  "use strict";
  const box = $("#q");
  const found = $("#found");

  found.addEventListener("htmx:afterSwap", () => { found.hidden = !box.value.trim(); });
  box.addEventListener("input", () => { if (!box.value.trim()) found.hidden = true; });
  document.addEventListener("click", (event) => {
    if (!box.form.contains(event.target) || event.target.closest("#found a")) found.hidden = true;
  });
  box.form.addEventListener("keydown", (event) => {
    const links = found.hidden ? [] : $$("a", found);
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") { found.hidden = true; box.value = ""; box.blur(); return; }
    if (!links.length) return;
    if (event.key === "ArrowDown") links[Math.min(at + 1, links.length - 1)].focus();
    else if (event.key === "ArrowUp" && at >= 0) (links[at - 1] || box).focus();
    else if (event.key === "Enter" && document.activeElement === box) links[0].click();
    else return;
    event.preventDefault();
  });
})();
