// The manager's page: taps are sent without leaving the page, and what guests say arrives by itself.
// Frames: <live-frame data-kind="snapshot|change|heartbeat" data-sequence data-after>pieces</live-frame>
const stories = document.getElementById("stories");
const page = document.querySelector("[data-socket]");
const said = document.getElementById("said");

const parsed = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content;

function busy(story) {
  return story.querySelector(".slot form") !== null;
}

// Into its list, newest first; a story somebody is just writing below stays as it is: sending what
// was written will say that it has changed.
function place(story, arrived) {
  const known = document.getElementById(story.id);
  if (known && (busy(known) || Number(known.dataset.sequence) > Number(story.dataset.sequence))) return;
  const list = stories.querySelector(`[data-list="${story.dataset.list}"].stories`);
  const focused = known?.contains(document.activeElement);
  if (known && (!list || known.parentElement === list)) known.replaceWith(story);
  else if (list) {
    known?.remove();
    const later = [...list.children].find((other) => Number(other.dataset.at) <= Number(story.dataset.at));
    list.insertBefore(story, later ?? null);
    if (arrived && !known) {
      story.dataset.arrived = "";
      const news = document.getElementById("news");
      if (news) news.textContent = news.dataset.new;
    }
  }
  if (focused) story.querySelector(".acts .button")?.focus();
  const count = stories.querySelector("[data-count=unread]");
  if (count) count.textContent = stories.querySelectorAll('[data-list="unread"].stories > .story').length;
}

async function send(url, body) {
  if (said) said.textContent = "";
  const options = { headers: { "HX-Request": "true" }, credentials: "same-origin" };
  if (body) Object.assign(options, { method: "POST", body });
  const response = await fetch(url, options);
  if (response.redirected) location.reload();
  return parsed(await response.text());
}

function take(content, story) {
  story.querySelector(".slot").replaceChildren();
  const sentence = content.querySelector("#said");
  if (said && sentence) said.textContent = sentence.textContent;
  const piece = content.querySelector(".story");
  if (piece) place(piece, false);
  if (sentence?.textContent) said?.scrollIntoView({ block: "nearest" });
  askForNumbers(0);
}

stories.addEventListener("click", async (event) => {
  const story = event.target.closest(".story");
  const opens = event.target.closest("[data-form]");
  const acts = event.target.closest("button[form=act]");
  if (!story || (!opens && !acts) || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (opens) {
    const form = (await send(opens.dataset.form)).querySelector("form");
    form.removeAttribute("id");
    story.querySelector(".slot").replaceChildren(form);
    form.querySelector("textarea, input:not([type=hidden])").focus();
    return;
  }
  acts.setAttribute("aria-busy", "true");
  const body = new FormData(document.getElementById("act"));
  body.set(acts.name, acts.value);
  take(await send(acts.formAction, body), story);
});

stories.addEventListener("submit", async (event) => {
  const story = event.target.closest(".story");
  if (!story) return;
  event.preventDefault();
  event.submitter?.setAttribute("aria-busy", "true");
  take(await send(event.target.action, new FormData(event.target)), story);
});

// --- numbers: time alone makes them wrong, so they are asked for every minute --------------------

let asking;
function askForNumbers(milliseconds) {
  if (!page) return;
  clearTimeout(asking);
  asking = setTimeout(async () => {
    askForNumbers(60_000);
    if (document.hidden) return;
    try {
      const fresh = (await send(page.dataset.numbers)).querySelector("#numbers");
      if (fresh) document.getElementById("numbers").replaceWith(fresh);
    } catch { /* the network is away; the socket says so */ }
  }, milliseconds);
}

// --- the socket -----------------------------------------------------------------------------------

const QUIET_SECONDS = 25; // two heartbeats and a little
let sequence = Number(page?.dataset.sequence ?? 0);
let tries = 0;
let watch;

function state(name) {
  const live = document.getElementById("live");
  if (live.dataset.state === name) return;
  live.dataset.state = name;
  const zone = { timeZone: page.dataset.zone, hour: "2-digit", minute: "2-digit", hour12: false };
  const now = new Intl.DateTimeFormat("en-GB", zone).format(new Date());
  live.textContent = live.dataset[name].replace("%s", now);
}

function hear(frame, socket) {
  const head = Number(frame.dataset.sequence);
  const gap = frame.dataset.after !== undefined && Number(frame.dataset.after) > sequence;
  if (gap || (frame.dataset.kind === "heartbeat" && head > sequence)) {
    socket.close(4000); // something passed us by: a new socket brings the whole
    return;
  }
  if (frame.dataset.kind === "snapshot") {
    if ([...stories.querySelectorAll(".story")].some(busy)) frame.querySelectorAll(".story").forEach((story) => place(story, true));
    else if (head !== sequence || tries) stories.replaceChildren(...frame.firstElementChild.childNodes);
  } else frame.querySelectorAll(".story").forEach((story) => place(story, true));
  const numbers = frame.querySelector("#numbers");
  if (numbers) document.getElementById("numbers").replaceWith(numbers);
  else if (frame.querySelector("[data-numbers-later]")) askForNumbers(2000 + Math.random() * 500);
  sequence = Math.max(sequence, head);
}

function connect() {
  state(tries ? "offline" : "connecting");
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}${page.dataset.socket}`);
  const stillThere = () => {
    clearTimeout(watch);
    watch = setTimeout(() => socket.close(4000), QUIET_SECONDS * 1000);
  };
  stillThere();
  socket.onmessage = (event) => {
    stillThere();
    hear(parsed(event.data).firstElementChild, socket);
    tries = 0;
    state("live");
  };
  socket.onclose = (event) => {
    clearTimeout(watch);
    if (event.code === 4401) {
      location.assign(`${page.dataset.signIn}?next=${encodeURIComponent(location.pathname)}`);
      return;
    }
    tries += 1;
    if (tries > 1) state("offline");
    setTimeout(connect, Math.min(15_000, 400 * 2 ** tries) * (0.7 + 0.6 * Math.random()));
  };
}

if (page) {
  connect();
  askForNumbers(60_000);
}
