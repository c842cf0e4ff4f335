// The demo hotel's people: one tap fills in who you are. Without this file the page is simply read.
for (const button of document.querySelectorAll(".person[data-email]")) {
  button.addEventListener("click", () => {
    const form = document.querySelector("form");
    form.elements.email.value = button.dataset.email;
    form.elements.password.value = button.dataset.password;
    form.querySelector("button.primary").focus();
  });
}
