// Shows an alert that the hotel sends, also while no page is open; a tap leads to what it is about.
"use strict";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let alert = {};
  try { alert = event.data.json(); } catch { /* nothing we can read: still a sign that something is up */ }
  // The same tag replaces what is shown already: a repeat tells nobody twice.
  event.waitUntil(self.registration.showNotification(alert.title || "Concierge", {
    body: alert.body || "", tag: alert.tag || "concierge", lang: alert.lang || "", dir: "auto",
    requireInteraction: true, data: { url: alert.url || "/" },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil((async () => {
    for (const page of await self.clients.matchAll({ type: "window", includeUncontrolled: true })) {
      if (new URL(page.url).pathname === url.pathname) return page.focus();
    }
    return self.clients.openWindow(url.href);
  })());
});
