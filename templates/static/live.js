// A socket that proves itself complete: frames carry sequences, and a gap, silence or a lost network brings the whole again.
//
//   liveSocket(page, take)
//
// `page` is the element whose data say where the socket is, what it shows already, the hotel's zone
// and where one signs in. `take` gets each snapshot and change as a <live-frame> element. #live says
// how it stands: "connecting", "live" or "offline".
(function () {
  "use strict";
  const QUIET = 25_000; // two heartbeats and a little
  const FIRST_WAIT = 400;
  const LONGEST_WAIT = 15_000;
  const SIGNED_OUT = 4401;
  const UNKNOWN = 4404;
  const LONGEST_PRESS = 3_000;
  const RESTARTING = 1012; // the server leaves; another one is there, or will be in a moment

  function clockOf(zone) {
    const format = { timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: false };
    return () => new Intl.DateTimeFormat("en-GB", format).format(new Date());
  }

  // While a finger is down nothing moves: a card that left from under it would lose the tap, or give it to its neighbour.
  function betweenTaps(hear) {
    let waiting = null;
    let timer;
    const wait = (press) => { clearTimeout(timer); timer = setTimeout(lift, press); };
    function lift() {
      const frames = waiting ?? [];
      waiting = null;
      frames.forEach(hear);
    }
    addEventListener("pointerdown", () => { waiting ??= []; wait(LONGEST_PRESS); }, true);
    for (const up of ["pointerup", "pointercancel"]) addEventListener(up, () => wait(60), true); // its click comes first
    return (frame) => (waiting ? waiting.push(frame) : hear(frame));
  }

  window.liveSocket = function liveSocket(page, take) {
    const live = document.getElementById("live");
    const time = clockOf(page.dataset.zone);
    let sequence = Number(page.dataset.sequence);
    let socket = null;
    let tries = 0;
    let watch;
    let retry;

    function state(name) {
      if (live.dataset.state === name) return;
      live.dataset.state = document.documentElement.dataset.live = name;
      live.textContent = live.dataset[name].replace("%s", time());
    }

    function drop() {
      clearTimeout(watch);
      if (!socket) return;
      const old = socket;
      socket = null;
      old.onopen = old.onmessage = old.onclose = null;
      try { old.close(4000); } catch { /* it was never open */ }
    }

    // Whatever the reason, and with every closing code: try again, sooner at first, never all at once.
    function later(code) {
      drop();
      tries += 1;
      state(code === RESTARTING && tries === 1 ? "connecting" : "offline");
      clearTimeout(retry);
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1));
      retry = setTimeout(connect, wait * (0.5 + Math.random()));
    }

    function leaveFor(address) {
      drop();
      clearTimeout(retry);
      location.assign(address);
    }

    function connect() {
      clearTimeout(retry);
      drop();
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      const mine = new WebSocket(`${scheme}//${location.host}${page.dataset.socket}`);
      socket = mine;
      const stillThere = () => {
        clearTimeout(watch);
        watch = setTimeout(() => later(0), QUIET);
      };
      stillThere();
      mine.onmessage = (event) => {
        stillThere();
        const frame = new DOMParser().parseFromString(event.data, "text/html").querySelector("live-frame");
        if (frame) heard(frame);
      };
      mine.onclose = (event) => {
        if (event.code === SIGNED_OUT) leaveFor(`${page.dataset.signIn}?next=${encodeURIComponent(location.pathname)}`);
        else if (event.code === UNKNOWN) leaveFor("/");
        else later(event.code);
      };
    }

    function hear(frame) {
      const { kind, after } = frame.dataset;
      const head = Number(frame.dataset.sequence);
      tries = 0;
      if (kind === "heartbeat" ? head > sequence : kind === "change" && Number(after) > sequence) {
        connect(); // something passed us by: a new socket begins with the whole
        return;
      }
      if (kind === "snapshot") sequence = head;
      take(frame);
      sequence = Math.max(sequence, head);
      state("live");
    }

    const heard = betweenTaps(hear);

    function now() {
      // A telephone that wakes up has a socket that only looks open.
      if (!document.hidden && (!socket || socket.readyState !== WebSocket.OPEN)) { tries = 0; connect(); }
    }
    addEventListener("online", () => { tries = 0; connect(); });
    addEventListener("offline", () => later(0));
    addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
    document.addEventListener("visibilitychange", now);
    state("connecting");
    connect();
  };
})();
