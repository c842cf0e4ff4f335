// The latest words in view; Enter sends; what was sent is no longer in the field.
const down = (thread) => { thread.scrollTop = thread.scrollHeight; };
document.querySelectorAll(".thread").forEach(down);
document.body.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.matches(".thread")) down(document.getElementById(event.detail.target.id));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || !event.target.matches(".write textarea")) return;
  event.preventDefault();
  if (event.target.value.trim()) event.target.form.requestSubmit(event.target.form.querySelector(".send"));
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (form.matches?.(".write") && event.detail.successful) form.querySelector("textarea").value = "";
});
