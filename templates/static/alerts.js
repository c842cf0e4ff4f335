// Switches alerts on in this browser: asks its permission, subscribes, and tells the hotel where.
(function () {
  "use strict";
  const panel = document.querySelector("[data-alerts]");
  if (!panel) return;
  const button = panel.querySelector("[data-switch-on]");
  const sentence = panel.querySelector("[data-sentence]");
  const say = (words) => { sentence.textContent = words; sentence.hidden = false; };
  button.hidden = false;

  const bytes = (text) => {
    const padded = (text + "=".repeat((4 - (text.length % 4)) % 4)).replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(padded), (sign) => sign.charCodeAt(0));
  };
  const base64url = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const device = () => {
    const known = navigator.userAgentData;
    if (known?.brands?.length) return `${known.brands.at(-1).brand}, ${known.platform}`;
    const agent = navigator.userAgent;
    const browser = /Firefox|Edg|Chrome|Safari/.exec(agent)?.[0] ?? "";
    const system = /iPhone|iPad|Android|Windows|Mac OS X|Linux/.exec(agent)?.[0] ?? "";
    return [browser.replace("Edg", "Edge"), system].filter(Boolean).join(", ");
  };

  async function subscribe() {
    const registration = await navigator.serviceWorker.register(panel.dataset.worker);
    await navigator.serviceWorker.ready;
    // One of an earlier key of the hotel's would hear nothing.
    const old = await registration.pushManager.getSubscription();
    if (old && base64url(old.options.applicationServerKey) !== panel.dataset.key) await old.unsubscribe();
    return registration.pushManager.subscribe({
      userVisibleOnly: true, applicationServerKey: bytes(panel.dataset.key),
    });
  }

  button.addEventListener("click", async () => {
    sentence.hidden = true;
    if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
      say(panel.dataset.cannot);
      return;
    }
    button.setAttribute("aria-busy", "true");
    try {
      if (await Notification.requestPermission() !== "granted") { say(panel.dataset.refused); return; }
      const subscription = await subscribe();
      const form = new FormData();
      form.append("endpoint", subscription.endpoint);
      form.append("p256dh", base64url(subscription.getKey("p256dh")));
      form.append("auth", base64url(subscription.getKey("auth")));
      form.append("device", device());
      form.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
      const answer = await fetch(panel.dataset.on, { method: "POST", body: form });
      if (answer.ok) location.assign("?saved=alerts-on#alerts");
      else say(answer.status === 422 ? await answer.text() : panel.dataset.failed);
    } catch {
      say(panel.dataset.failed);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
})();
