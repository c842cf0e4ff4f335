// The manager's page: taps are sent without leaving the page, and what guests say arrives by itself.
(function () {
"use strict";
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
  if (said && body) said.textContent = "";
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

// --- the socket: see live.js ----------------------------------------------------------------------

let before = Number(page?.dataset.sequence ?? 0);

function state(name) {
  const live = document.getElementById("live");
  if (live.dataset.state === name) return;
  live.dataset.state = name;
  const zone = { timeZone: page.dataset.zone, hour: "2-digit", minute: "2-digit", hour12: false };
  live.textContent = live.dataset[name].replace("%s", new Intl.DateTimeFormat("en-GB", zone).format(new Date()));
}

function hear(frame) {
  const arrived = [...frame.querySelectorAll(".story")];
  if (frame.dataset.kind === "snapshot" && !stories.querySelector(".slot form")) {
    if (Number(frame.dataset.sequence) !== before) stories.replaceChildren(...frame.firstElementChild.childNodes);
  } else for (const story of arrived) place(story, true);
  const numbers = frame.querySelector("#numbers");
  if (numbers) document.getElementById("numbers").replaceWith(numbers);
  else if (frame.querySelector("[data-numbers-later]")) askForNumbers(2000 + Math.random() * 500);
  before = -1;
}

if (page) {
  const ended = () => location.assign(`${page.dataset.signIn}?next=${encodeURIComponent(location.pathname)}`);
  liveSocket({ path: page.dataset.socket, sequence: before, take: hear, state, ended });
  askForNumbers(60_000);
}
})();
