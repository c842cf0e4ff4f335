// The guest's page works without this. With it, forms are sent and cards change in place, and what
// staff do shows at once. Plain JavaScript of 2018, for old telephones.
(function () {
  'use strict';
  var body = document.body;
  var mine = document.getElementById('mine');
  var notice = document.getElementById('notice');

  // --- the stepper and the photo's name ---------------------------------------------------------
  Array.prototype.forEach.call(document.querySelectorAll('[data-step]'), function (button) {
    button.hidden = false;
    button.addEventListener('click', function () {
      var field = button.parentNode.querySelector('input');
      var next = (parseInt(field.value, 10) || 0) + Number(button.dataset.step);
      field.value = Math.min(Number(field.max), Math.max(Number(field.min), next));
    });
  });
  document.addEventListener('change', function (event) {
    if (event.target.type !== 'file') return;
    var shown = event.target.parentNode.querySelector('span');
    shown.dataset.empty = shown.dataset.empty || shown.textContent;
    shown.textContent = event.target.files.length ? event.target.files[0].name : shown.dataset.empty;
  });
  window.addEventListener('pageshow', function (event) {
    // Back from another page: show what happened meanwhile, and a fresh form.
    if (event.persisted) location.reload();
  });
  if (window.matchMedia && matchMedia('(min-width: 900px)').matches) {
    // Room for the whole list.
    Array.prototype.forEach.call(document.querySelectorAll('.menu details'), function (theme) { theme.open = true; });
  }
  if (!mine || !window.fetch || !window.DOMParser || !window.FormData) return;

  // --- cards ------------------------------------------------------------------------------------
  function typing(card) {
    if (card.contains(document.activeElement) && /^(TEXTAREA|INPUT)$/.test(document.activeElement.tagName)) return true;
    return Array.prototype.some.call(card.querySelectorAll('textarea, input:not([type=hidden])'), function (field) {
      return field.checked || (field.tagName === 'TEXTAREA' && field.value !== '');
    });
  }
  function show(card, force) {
    var old = document.getElementById(card.id);
    if (!old) { insert(card); return; }
    if (!force && Number(card.dataset.sequence) < Number(old.dataset.sequence)) return;
    if (bare(old) === bare(card) && old.className === card.className) { old.dataset.sequence = card.dataset.sequence; return; }
    if (!force && typing(old)) {
      // Never under somebody's fingers: only what the card says changes, its forms stay.
      old.querySelector('.state').replaceWith(card.querySelector('.state'));
      old.dataset.status = card.dataset.status;
      old.dataset.sequence = card.dataset.sequence;
      return;
    }
    Array.prototype.forEach.call(old.querySelectorAll('details[open]'), function (details) {
      var same = card.querySelector('details.' + details.className);
      if (same && !force) same.open = true;
    });
    var looked = old.contains(document.activeElement);
    old.replaceWith(card);
    if (looked) { card.tabIndex = -1; card.focus({preventScroll: true}); }
  }
  function bare(card) { return card.innerHTML.replace(/ open=""/g, ''); }
  function insert(card) {
    var id = Number(card.id.slice(8));
    var older = Array.prototype.filter.call(mine.querySelectorAll('[id]'), function (other) {
      return /^request-\d+$/.test(other.id) && Number(other.id.slice(8)) < id;
    })[0];
    mine.insertBefore(card, older || null);
  }
  function showAll(cards, whole, force) {
    var ids = {};
    Array.prototype.forEach.call(cards, function (card) {
      ids[card.id] = true;
      show(document.importNode(card, true), force && card.id === force);
    });
    if (whole) Array.prototype.forEach.call(mine.querySelectorAll('.card'), function (card) {
      if (!ids[card.id] && !typing(card)) card.remove();
    });
  }

  // --- sending ----------------------------------------------------------------------------------
  function say(text) {
    notice.textContent = '';
    var line = document.createElement('p');
    line.className = 'notice wrong';
    line.textContent = text;
    notice.appendChild(line);
    notice.scrollIntoView({block: 'nearest'});
  }
  function cameBack(form, response, text) {
    // Without the page's own style: its nonce is not ours, and the browser would complain of it.
    var page = new DOMParser().parseFromString(text.replace(/<style[^]*?<\/style>/g, ''), 'text/html');
    var theirs = page.getElementById('mine');
    if (!theirs) { location.assign(response.url || location.href); return; }
    notice.innerHTML = page.getElementById('notice').innerHTML;
    var card = form.closest('.card');
    showAll(theirs.querySelectorAll('.card'), true, response.ok && card ? card.id : '');
    var own = document.getElementById('ask');
    if (response.ok && form === own) {
      var fresh = page.querySelector('#ask [name=submission]').value;
      own.reset();
      own.querySelector('[name=submission]').value = fresh;
      own.querySelector('[type=file]').dispatchEvent(new Event('change', {bubbles: true}));
    }
    var first = card ? document.getElementById(card.id) : mine.querySelector('.card');
    if (notice.textContent) { notice.focus({preventScroll: true}); notice.scrollIntoView({block: 'center'}); }
    else if (response.ok && first) { first.tabIndex = -1; first.focus({preventScroll: true}); first.scrollIntoView({block: 'nearest'}); }
    live();
  }
  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (!form.hasAttribute('data-live')) return;
    event.preventDefault();
    if (form.getAttribute('aria-busy') === 'true') return;
    form.setAttribute('aria-busy', 'true');
    fetch(form.action, {method: 'POST', body: new FormData(form), credentials: 'same-origin'})
      .then(function (response) {
        return response.text().then(function (text) { cameBack(form, response, text); });
      })
      .catch(function () { say(body.dataset.offline); })
      .then(function () { form.removeAttribute('aria-busy'); });
  });

  // --- live -------------------------------------------------------------------------------------
  var socket = null, wait = 1000, timer = 0, heard = 0;
  function live() {
    if (socket || !window.WebSocket || document.hidden || !mine.querySelector('.card')) return;
    clearTimeout(timer);
    var address = location.protocol.replace('http', 'ws') + '//' + location.host + '/ws' +
      location.pathname.match(/^\/r\/[^/]+\//)[0] + '?language=' + body.dataset.language;
    var mineNow = socket = new WebSocket(address);
    heard = Date.now();
    socket.onmessage = function (event) {
      heard = Date.now();
      wait = 1000;
      var frame = new DOMParser().parseFromString(event.data, 'text/html').querySelector('live-frame');
      if (!frame || frame.dataset.kind === 'heartbeat') return;
      showAll(frame.querySelectorAll('.card'), frame.dataset.kind === 'snapshot');
    };
    socket.onclose = function () {
      // Whatever the code: a page that is looked at is connected, sooner or later.
      if (socket !== mineNow) return;
      socket = null;
      clearTimeout(timer);
      timer = setTimeout(live, wait * (0.7 + Math.random() * 0.6));
      wait = Math.min(wait * 2, 60000);
    };
  }
  setInterval(function () {
    if (socket && Date.now() - heard > 30000) { var old = socket; old.onclose(); old.close(); }
  }, 5000);
  document.addEventListener('visibilitychange', function () { if (!document.hidden) { wait = 1000; live(); } });
  window.addEventListener('online', function () { wait = 1000; live(); });
  live();
})();
