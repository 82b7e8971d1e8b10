// The room's display: wires the views to the stream, and the device to the page.

/** @import { State } from './types.js' */
/** @import { Model } from './app.js' */
/** @import { Around } from './display-views.js' */
import { App, debateId } from './app.js';
import { remaining } from './countdown.js';
import { Chime } from './display-chime.js';
import { chimeFor, languagesOf, share, wishesOf } from './display-facts.js';
import { digitsEm, fit } from './display-fit.js';
import { canFullscreen, fullscreen, hidePointer, stayAwake } from './display-screen.js';
import { display } from './display-views.js';
import { entitle } from './drawing.js';
import { formatTime, inLanguage, isTimeKnown, language, loadMore, t } from './i18n.js';
import { currentPanel } from './list.js';
import { isFresh, messageText, ruledText, tellingOf } from './notices.js';

const wishes = wishesOf(location.search);
const root = document.documentElement;
root.dataset.view = wishes.view;
root.dataset.theme = wishes.light ? 'light' : 'dark';

const chime = new Chime();
let chimeWanted = wishes.chime;

/** @type {Around} */
const around = {
  view: wishes.view,
  lang2: undefined,
  say2: undefined,
  qr: '',
  wifiQr: '',
  settled: false,
  chime: false,
  chimeWanted,
  fullscreen: canFullscreen(),
  act: { again: () => app.stream?.reopen(), toggleChime: () => setChime(!chime.on), toggleFullscreen: () => fullscreen() },
};

const app = new App({
  page: 'display',
  role: 'display',
  view: (/** @type {Model} */ model) => {
    queueMicrotask(settle); // after rendering, before painting
    return display(model, around);
  },
  tick,
  onState,
  idle: () => app.model.state?.floor === undefined,
  // A screen without its link shows what everybody may see: all but how to join.
  onDenied: (problem) => {
    if (problem.code === 'no_token' && app.api.role) app.setRole(undefined);
  },
});
hidePointer();
stayAwake();
new ResizeObserver(settle).observe(root);

document.addEventListener('click', (e) => {
  if (e.target instanceof Element && e.target.closest('button, a')) return;
  fullscreen(true);
  touched();
});
document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.altKey || e.metaKey || e.repeat) return;
  const key = e.key.toLowerCase();
  if (key === 'f') fullscreen();
  if (key === 'c') setChime(!chime.on);
  else touched();
});

/** The first touch turns on the chime that the address asked for. */
function touched() {
  if (chimeWanted && !chime.on) setChime(true);
}

/** @param {boolean} on */
function setChime(on) {
  chimeWanted = false; // somebody has decided
  chime.set(on);
  Object.assign(around, { chime: on, chimeWanted });
  app.render();
}

// --- what changes with the state

/** @type {Model['phase']} */
let phase;
/** @type {string | undefined} */
let floorId;

/** @param {State} state @param {State | undefined} before */
function onState(state, before) {
  if (state.debate.languages !== before?.debate.languages) speak(state.debate.languages);
  // The code in the address makes a new picture when it changes; the server does not look at it.
  around.qr = picture('qr.svg', state.join?.code ?? '');
  around.wifiQr = picture('wifi.svg', `${state.wifi?.name} ${state.wifi?.password}`);
  entitle(`${currentPanel(state)?.title ?? state.debate.title} · ${t('display.title')}`);
  if (!before || !around.settled) return;
  if (around.lang2 && !app.roster.names.has(around.lang2)) app.roster.loadOthers(); // failed before
  const { floor, message, ruled } = state;
  const news = [];
  if (ruled && ruled.id !== before.ruled?.id) news.push(ruledText(ruled, app.roster.name(ruled.participant)));
  if (floor && floor.id !== before.floor?.id) news.push(t('display.has_floor', { name: app.roster.name(floor.participant) }));
  else if (message && message.at_ms !== before.message?.at_ms) news.push(messageText(message));
  if (news.length) app.announce(news.filter(Boolean).join('\n'));
}

const AGAIN_MS = 3000;
let noticed = false; // the notices are here

/** The words of the chair's notices in both languages, as often as it takes. */
async function bringNotices() {
  const { lang2 } = around;
  try {
    if (!noticed) {
      await loadMore('notices');
      noticed = true;
    }
    if (lang2 && !around.say2) around.say2 = await inLanguage(lang2, 'notices');
  } catch {
    setTimeout(bringNotices, AGAIN_MS);
  }
  app.render();
}

/** @param {string} name @param {string} version */
function picture(name, version) {
  return `/${encodeURIComponent(debateId())}/${name}?as=display&v=${encodeURIComponent(version)}`;
}

/** Makes the display's languages those of its address or of the debate. @param {string[]} languages */
async function speak(languages) {
  const { lang, lang2 } = languagesOf(wishes, languages);
  if (lang2 !== around.lang2) Object.assign(around, { lang2, say2: undefined });
  try {
    if (lang && lang !== language()) await app.setLanguage(lang, false);
  } catch {
    // The messages could not be had: better the browser's language than an empty wall.
  }
  around.settled = true;
  app.roster.languages = lang2 ? [lang2] : [];
  if (lang2) app.roster.loadOthers();
  bringNotices();
  app.render();
}

// --- what is drawn in each frame

let minute = NaN;
let left = -1;
let told = ''; // what the room is told, and whether it is new
/** @type {string | null | undefined} */
let figure;
/** @type {HTMLElement[]} */
let clocks = [];
/** @type {HTMLElement | null} */
let bar = null;
/** @type {HTMLElement | null} */
let countdown = null;

/** After each rendering, and when the size changes: finds what `tick` writes to, and makes texts fit. */
function settle() {
  clocks = [...app.root.querySelectorAll('[data-clock]')].filter((el) => el instanceof HTMLElement);
  bar = app.root.querySelector('[data-bar]');
  countdown = app.root.querySelector('[data-countdown]');
  minute = NaN;
  left = -1;
  figure = undefined;
  tick(app.now(), app.model);
  fit(app.root);
}

/** @param {number | undefined} now @param {Model} model */
function tick(now, model) {
  const floor = model.state?.floor;
  // The time of day is the machine's, also where the debate's instants do not follow its clock.
  const day = now === undefined ? undefined : now + (model.state?.clock_ahead_ms ?? 0);
  const thisMinute = day === undefined ? -1 : Math.floor(day / 60_000);
  if (thisMinute !== minute) {
    minute = thisMinute;
    for (const el of clocks) el.textContent = day === undefined ? '–:––' : isTimeKnown(day) ? formatTime(day) : '';
  }
  const { ruled, message } = model.state ? tellingOf(model.state, now) : {};
  const telling = `${(ruled ?? message)?.at_ms} ${isFresh(ruled ?? message, now)}`;
  if (telling !== told) {
    told = telling;
    app.render();
  }
  if (countdown && countdown.textContent !== figure) {
    figure = countdown.textContent;
    root.style.setProperty('--digits-em', String(digitsEm(countdown) || 2.5));
  }
  if (bar) {
    const part = now === undefined || !floor ? 1 : (share(floor, remaining(floor.timer, now)) ?? 1);
    const rounded = Math.round(part * 2000) / 2000;
    if (rounded !== left) bar.style.setProperty('--left', String((left = rounded)));
  }
  if (phase !== model.phase || floorId !== floor?.id) {
    const bell = chimeFor({ id: floorId, phase }, { id: floor?.id, phase: model.phase, paused: model.paused });
    if (bell) {
      chime.ring(bell);
      app.announce(t(bell === 'end' ? 'phase.overtime' : 'phase.warning'));
    }
    phase = model.phase;
    floorId = floor?.id;
  }
}

await app.start(); // last: the first state may come at once
