// A socket that proves itself complete: frames carry sequences, and a gap, silence or a lost network
// brings the whole again. No dependencies.
//
//   liveSocket({ path, sequence, take(frame), state(name), ended() })
//
// `take` gets each snapshot and change as a <live-frame> element; `state` hears "connecting",
// "live" or "offline"; `ended` is called when nobody is signed in any more.
(function () {
  "use strict";
  const QUIET = 25_000; // two heartbeats and a little
  const FIRST_WAIT = 400;
  const LONGEST_WAIT = 15_000;
  const SIGNED_OUT = 4401;
  const UNKNOWN = 4404;

  window.liveSocket = function liveSocket({ path, sequence = -1, take, state, ended }) {
    let socket = null;
    let tries = 0;
    let watch;
    let retry;

    function drop() {
      clearTimeout(watch);
      if (!socket) return;
      const old = socket;
      socket = null;
      old.onopen = old.onmessage = old.onclose = null;
      try { old.close(4000); } catch { /* it was never open */ }
    }

    // Whatever the reason, and with every closing code: try again, sooner at first, never all at once.
    function later() {
      drop();
      tries += 1;
      state("offline");
      clearTimeout(retry);
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1));
      retry = setTimeout(connect, wait * (0.5 + Math.random()));
    }

    function connect() {
      clearTimeout(retry);
      drop();
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      const mine = new WebSocket(`${scheme}//${location.host}${path}`);
      socket = mine;
      const stillThere = () => {
        clearTimeout(watch);
        watch = setTimeout(later, QUIET);
      };
      stillThere();
      mine.onmessage = (event) => {
        stillThere();
        const frame = new DOMParser().parseFromString(event.data, "text/html").querySelector("live-frame");
        if (frame) hear(frame);
      };
      mine.onclose = (event) => {
        if (event.code === SIGNED_OUT) { drop(); clearTimeout(retry); ended(); return; }
        if (event.code === UNKNOWN) { drop(); location.assign("/"); return; }
        later();
      };
    }

    function hear(frame) {
      const { kind, after } = frame.dataset;
      const head = Number(frame.dataset.sequence);
      if (kind === "heartbeat" ? head > sequence : kind === "change" && Number(after) > sequence) {
        tries = 0;
        connect(); // something passed us by: a new socket begins with the whole
        return;
      }
      tries = 0;
      if (kind === "snapshot") sequence = head;
      take(frame);
      sequence = Math.max(sequence, head);
      state("live");
    }

    function now() {
      // A telephone that wakes up has a socket that only looks open.
      if (!document.hidden && (!socket || socket.readyState !== WebSocket.OPEN)) { tries = 0; connect(); }
    }
    addEventListener("online", () => { tries = 0; connect(); });
    addEventListener("offline", later);
    addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
    document.addEventListener("visibilitychange", now);
    state("connecting");
    connect();
    return { again: connect };
  };
})();
