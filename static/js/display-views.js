// The wall's views. Pure: the model, and what the page knows beside it, give the template.
// Texts that must fit their box carry data-fit (see display-fit.js); the room's clock is an empty [data-clock], written in each frame.

/** @import { Model } from './app.js' */
/** @import { Floor, ListedRequest, Panel, State } from './types.js' */
/** @import { View } from './lit.js' */
/** @import { Scene } from './display-facts.js' */
import { reading } from './countdown.js';
import { groups, panelAfter, sceneOf, shortUrl } from './display-facts.js';
import { formatRange, formatTime, has, t, tOr } from './i18n.js';
import { currentPanel, listOf, waitRange } from './list.js';
import { html, nothing, repeat } from './lit.js';
import { connectionBanner, countdownDigits, phaseWord } from './parts.js';

/**
 * @typedef {object} Around What the page knows beside the model.
 * @property {string} view
 * @property {string | undefined} lang2 the second language of names
 * @property {string} qr address of the QR code
 * @property {boolean} settled the debate's language is in force
 * @property {boolean} chime whether it sounds
 * @property {boolean} chimeWanted the address asks for it
 * @property {boolean} fullscreen whether there is such a thing
 * @property {{again: () => void, toggleChime: () => void, toggleFullscreen: () => void}} act
 */

const FSI = '\u2068';
const PDI = '\u2069';
/** A name for a place in a text, whatever its direction. @param {string} text */
const isolate = (text) => FSI + text + PDI;

/** @param {Model} model @param {Around} around @returns {View} */
export function display(model, around) {
  const { state } = model;
  if (!state || !around.settled) return around.view === 'lower-third' ? nothing : waiting(model, around);
  if (around.view === 'lower-third') return lowerThird(state, model, around);
  const scene = around.view === 'timer' && state.floor ? 'floor' : sceneOf(state);
  const layout = around.view === 'timer' ? timer(state, scene, model) : around.view === 'list' ? waitingRoom(state, model, around) : wall(state, scene, model, around);
  return html`<div
      class="wall phase-panel"
      data-view=${around.view}
      data-scene=${scene}
      data-phase=${scene === 'floor' || (around.view === 'list' && state.floor) ? phaseOf(model) : scene === 'suspended' ? 'paused' : 'idle'}
      data-kind=${state.floor?.kind ?? 'none'}
      ?data-old=${model.status.kind !== 'live'}
    >
      ${layout}
      <div class="status">
        ${connectionBanner(model, around.act.again)} ${around.chimeWanted && !around.chime ? html`<p class="hint">${t('display.chime_hint')}</p>` : nothing}
      </div>
    </div>
    ${controls(around)}`;
}

/** @param {Model} model */
const phaseOf = (model) => (model.paused && model.phase !== undefined ? 'paused' : (model.phase ?? 'ready'));

// --- the wall

/** @param {State} state @param {Scene} scene @param {Model} model @param {Around} around @returns {View} */
function wall(state, scene, model, around) {
  const list = listOf(state);
  const big = scene === 'join';
  /** @type {Record<Scene, () => View>} */
  const stages = {
    floor: () => floorStage(/** @type {Floor} */ (state.floor), state, model, around),
    suspended: () => suspendedStage(state, model),
    closed: () => closedStage(state, model),
    join: () => joinStage(state, model, around),
    queue: () => queueStage(list, model, around),
    title: () => titleStage(state),
  };
  return html`${head(state)}
    ${stages[scene]()}
    <footer class="foot">
      <div class="coming">
        ${listLine(state, list.length, scene)}
        ${scene === 'queue' || list.length === 0 ? nothing : nextThree(list, model)}
      </div>
      ${big || !state.join || scene === 'closed' ? nothing : joinStrip(state.join, around)}
    </footer>`;
}

/** The chair's message takes the place of the panel's title: the room must see it, and nothing else moves. @param {State} state @returns {View} */
function head(state) {
  const panel = currentPanel(state);
  return html`<header class="head">
    ${state.message
      ? html`<p class="message" data-fit="0.35"><bdi>${state.message.text}</bdi></p>`
      : html`<div class="panel-name" data-fit="0.45">
          <h2><bdi>${panel?.title ?? state.debate.title}</bdi></h2>
          ${panel?.theme ? html`<p class="theme"><bdi>${panel.theme}</bdi></p>` : nothing}
        </div>`}
    ${roomClock()}
  </header>`;
}

const roomClock = () => html`<time class="room-clock" data-clock dir="ltr" aria-label=${t('display.clock')}></time>`;

/** @param {Floor} floor @param {State} state @param {Model} model @param {Around} around @returns {View} */
function floorStage(floor, state, model, around) {
  return html`<main class="stage">
    <div class="who" data-fit="0.28">
      ${facts({ ...floor, language: floor.speaker ? undefined : floor.language })}
      <h1>${names(model, floor.participant, around.lang2)}</h1>
      ${person(floor)}
    </div>
    ${face(floor, model)}
    ${state.interrupted ? kept(t('display.interrupted'), state.interrupted, model) : nothing}
  </main>`;
}

/** Digits, the word for their phase, and the time that is left as a length. @param {Floor} floor @param {Model} model @returns {View} */
function face(floor, model) {
  const limited = floor.timer.limit_ms !== undefined;
  return html`<div class="face">${countdownDigits()}</div>
    <p class="phase-line">
      <span class="phase-word">${phaseWord(model.phase, model.paused, limited)}</span>
      ${model.status.kind === 'live' ? nothing : html`<span class="old-mark">${t('display.may_be_old')}</span>`}
    </p>
    <div class="bar" aria-hidden="true" ?hidden=${!limited}><div class="bar-left" data-bar></div></div>`;
}

/** What kind of intervention, on whose behalf, in which language: only what is out of the ordinary. @param {Pick<Floor, 'kind' | 'behalf_of' | 'language'>} of @returns {View} */
function facts({ kind, behalf_of: behalf, language }) {
  const special = kind !== 'intervention';
  if (!special && !behalf && !language) return nothing;
  return html`<p class="facts">
    ${special ? html`<span class="kind">${tOr('kind', kind)}</span>` : nothing}
    ${behalf ? html`<span class="behalf">${t('common.behalf', { name: isolate(behalf) })}</span>` : nothing}
    ${language ? tongue(language) : nothing}
  </p>`;
}

/** Who speaks for it, and in which language (without a speaker that stands among the facts, to save a line). @param {Pick<Floor, 'speaker' | 'language'>} of @returns {View} */
const person = ({ speaker, language }) =>
  speaker ? html`<p class="speaker"><bdi>${speaker}</bdi> ${language ? tongue(language) : nothing}</p>` : nothing;

/** @param {string} language @returns {View} */
const tongue = (language) => html`<span class="tongue">${has(`lang.${language}`) ? t(`lang.${language}`) : language}</span>`;

/** A name in one or two languages, the second only if it reads otherwise. @param {Model} model @param {string} id @param {string} [lang2] @returns {View} */
function names({ roster, lang }, id, lang2) {
  const first = roster.name(id);
  const second = lang2 && lang2 !== lang ? roster.name(id, lang2) : first;
  return html`<span class="line"><bdi class="name">${first}</bdi></span>${second === first
      ? nothing
      : html`<span class="line second"><bdi class="name" lang=${lang2 ?? nothing}>${second}</bdi></span>`}`;
}

/** Whose countdown is held meanwhile, and where it stands. @param {string} word @param {Floor} floor @param {Model} model @returns {View} */
function kept(word, floor, model) {
  const held = floor.timer.state === 'running' ? '' : reading(floor.timer, 0);
  return html`<p class="kept" data-fit="0.4">
    <span class="kept-word">${word}</span> <bdi class="name">${model.roster.name(floor.participant)}</bdi>
    ${held ? html`<span class="kept-time held" dir="ltr">${held}</span>` : nothing}
  </p>`;
}

/** When a closed panel begins, if that is still to come. @param {Panel | undefined} panel @param {number | undefined} now */
const beginsAt = (panel, now) => (panel?.status === 'closed' && panel.starts_ms !== undefined && now !== undefined && panel.starts_ms > now ? panel.starts_ms : undefined);

/** @param {State} state @param {Model} model @param {Around} around @returns {View} */
function joinStage(state, { now }, around) {
  const join = /** @type {NonNullable<State['join']>} */ (state.join);
  const panel = currentPanel(state);
  const open = panel?.list === 'open';
  const begins = beginsAt(panel, now);
  return html`<main class="stage invite">
    <div class="how" data-fit="0.4">
      <p class="overline"><bdi>${state.debate.title}</bdi></p>
      ${begins === undefined ? nothing : html`<p class="begins">${t('display.begins', { time: formatTime(begins) })}</p>`}
      <h1>${t(open ? 'display.ask' : 'display.join')}</h1>
      <p class="step">${t('display.open')}</p>
      ${url(join.url)}
      <p class="step">${t('display.enter')}</p>
      ${code(join.code)}
    </div>
    ${qr(around)}
  </main>`;
}

/** @param {string} text @returns {View} */
const code = (text) => html`<p class="code" dir="ltr">${groups(text).map((g) => html`<span>${g}</span>`)}</p>`;

/** Broken only before the path, so that nobody types a break. @param {string} address @returns {View} */
function url(address) {
  const [, host, path] = /^([^/]*)(.*)$/.exec(shortUrl(address)) ?? [];
  return html`<p class="url" dir="ltr" data-fit="0.3"><span>${host}</span><span>${path}</span></p>`;
}

/** White and with its quiet zone whatever the theme, or phones do not see it. Not shown while it cannot be had. @param {Around} around @returns {View} */
const qr = ({ qr: src }) =>
  html`<div class="qr"><img src=${src} alt=${t('display.qr')} @error=${(/** @type {Event} */ e) => shown(e, false)} @load=${(/** @type {Event} */ e) => shown(e, true)} /></div>`;

/** @param {Event} e @param {boolean} yes */
function shown(e, yes) {
  const card = /** @type {HTMLElement} */ (e.target).parentElement;
  if (card) card.dataset.image = yes ? 'shown' : 'missing';
}

/** @param {{code: string, url: string}} join @param {Around} around @returns {View} */
function joinStrip(join, around) {
  return html`<aside class="join-strip">
    ${qr(around)}
    <div class="join-text" data-fit="0.4">
      <p class="label">${t('display.join')}</p>
      ${code(join.code)}
      ${url(join.url)}
    </div>
  </aside>`;
}

/** Nobody has the floor, and many want it. @param {ListedRequest[]} list @param {Model} model @param {Around} around @returns {View} */
function queueStage(list, model, around) {
  return html`<main class="stage queue">
    <p class="label">${t('display.next')}</p>
    <ol class="rows">
      ${repeat(list.slice(0, 3), (r) => r.id, (r, i) => row(r, i + 1, model, around.lang2))}
    </ol>
  </main>`;
}

/** @param {ListedRequest} request @param {number} place @param {Model} model @param {string} [lang2] @param {string} [wait] @returns {View} */
const row = (request, place, model, lang2, wait) =>
  html`<li class="entry">
    <span class="place">${place}</span>
    <div class="entry-text" data-fit="0.35">
      <p>${names(model, request.participant, lang2)}</p>
      ${request.speaker ? html`<p class="speaker"><bdi>${request.speaker}</bdi></p>` : nothing} ${facts({ ...request, language: undefined })}
    </div>
    ${wait || request.language
      ? html`<div class="aside">${wait ? html`<span class="wait">${wait}</span>` : nothing}${request.language ? tongue(request.language) : nothing}</div>`
      : nothing}
  </li>`;

/** @param {ListedRequest[]} list @param {Model} model @returns {View} */
const nextThree = (list, model) =>
  html`<ol class="next">
    ${repeat(list.slice(0, 3), (r) => r.id, (r, i) => row({ ...r, language: undefined }, i + 1, model))}
  </ol>`;

/** @param {State} state @param {number} count @param {Scene} scene @returns {View} */
function listLine(state, count, scene) {
  const panel = currentPanel(state);
  if (scene === 'closed' && panel?.list !== 'open') return nothing;
  const word = t(panel?.list === 'open' ? 'list.open' : 'list.closed');
  const many = count > 0 ? t('display.on_list', { count }) : panel?.list === 'open' ? t('display.list_empty') : '';
  return html`<p class="list-line" data-list=${panel?.list ?? 'closed'}>
    ${count > 0 && scene !== 'queue' ? html`<strong>${t('display.next')}</strong>` : nothing}
    <span class="list-word">${word}</span>${many ? html`<span>${many}</span>` : nothing}
  </p>`;
}

/** @param {State} state @param {Model} model @returns {View} */
function suspendedStage(state, model) {
  return html`<main class="stage card-stage">
    <h1 class="phase-word">${t('display.suspended')}</h1>
    ${roomClock()} ${state.floor ? kept(t('display.keeps'), state.floor, model) : state.interrupted ? kept(t('display.interrupted'), state.interrupted, model) : nothing}
  </main>`;
}

/** @param {State} state @param {Model} model @returns {View} */
function closedStage(state, { now }) {
  const next = panelAfter(state);
  const begins = beginsAt(currentPanel(state), now);
  return html`<main class="stage card-stage">
    <p class="overline"><bdi>${state.debate.title}</bdi></p>
    <h1>${begins === undefined ? t('display.closed') : t('display.begins', { time: formatTime(begins) })}</h1>
    ${roomClock()}
    ${next && begins === undefined
      ? html`<p class="kept" data-fit="0.4">
          <span class="kept-word">${t('display.next_panel')}</span> <bdi class="name">${next.title}</bdi>
          ${next.starts_ms === undefined ? nothing : html`<span class="kept-time" dir="ltr">${formatTime(next.starts_ms)}</span>`}
        </p>`
      : nothing}
  </main>`;
}

/** @param {State} state @returns {View} */
function titleStage(state) {
  return html`<main class="stage card-stage">
    <p class="overline"><bdi>${state.debate.title}</bdi></p>
    <h1>${t('common.nobody')}</h1>
    ${roomClock()}
  </main>`;
}

// --- the other views

/** Only the countdown, for whoever speaks. @param {State} state @param {Scene} scene @param {Model} model @returns {View} */
function timer(state, scene, model) {
  const special = state.floor && state.floor.kind !== 'intervention';
  return html`<main class="stage">
      ${state.floor
        ? html`${special ? html`<p class="facts"><span class="kind">${tOr('kind', /** @type {Floor} */ (state.floor).kind)}</span></p>` : nothing} ${face(state.floor, model)}`
        : html`<div class="face">${roomClock()}</div>
            <p class="phase-line">${scene === 'suspended' ? html`<span class="phase-word">${t('display.suspended')}</span>` : t(scene === 'closed' ? 'display.closed' : 'common.nobody')}</p>`}
    </main>
    ${state.message ? html`<p class="message" data-fit="0.35"><bdi>${state.message.text}</bdi></p>` : nothing}`;
}

/** The floor and the next ten, for those who wait outside. @param {State} state @param {Model} model @param {Around} around @returns {View} */
function waitingRoom(state, model, around) {
  const list = listOf(state);
  const floor = state.floor;
  const status = currentPanel(state)?.status;
  return html`${head(state)}
    <main class="stage list-stage">
      <section class="on-floor">
        ${floor
          ? html`<div class="who" data-fit="0.28">
                ${facts({ ...floor, language: floor.speaker ? undefined : floor.language })}
                <p>${names(model, floor.participant, around.lang2)}</p>
                ${person(floor)}
              </div>
              <div class="figure">${face(floor, model)}</div>`
          : html`<div class="who" data-fit="0.28">
              <p>${t(status === 'suspended' ? 'display.suspended' : status === 'closed' ? 'display.closed' : 'common.nobody')}</p>
            </div>`}
      </section>
      <ol class="rows">
        ${repeat(list.slice(0, 10), (r) => r.id, (r, i) => {
          const range = waitRange(state, i + 1, model.now);
          return row(r, i + 1, model, undefined, range && formatRange(range));
        })}
      </ol>
    </main>
    <footer class="foot">
      <div class="coming">${listLine(state, list.length, 'queue')}</div>
      ${state.join ? joinStrip(state.join, around) : nothing}
    </footer>`;
}

/** A strip over a transparent picture, for video mixing; nothing while nobody speaks. @param {State} state @param {Model} model @param {Around} around @returns {View} */
function lowerThird(state, model, around) {
  const { floor } = state;
  if (!floor) return nothing;
  return html`<div class="lower-third phase-panel" data-phase=${phaseOf(model)} ?data-old=${model.status.kind !== 'live'}>
    <div class="who" data-fit="0.4">
      <p>${names(model, floor.participant, around.lang2)}</p>
      ${person({ ...floor, language: undefined })} ${facts({ ...floor, language: undefined })}
    </div>
    <div class="figure">
      ${countdownDigits()}
      <span class="phase-word"><span class="visually-hidden">${phaseWord(model.phase, model.paused, floor.timer.limit_ms !== undefined)}</span></span>
    </div>
  </div>`;
}

/** Nothing is known yet, or the server will not have us. @param {Model} model @param {Around} around @returns {View} */
const waiting = (model, around) =>
  html`<div class="wall phase-panel" data-scene="waiting" data-phase="idle" data-view=${around.view}>
    <main class="stage card-stage"><h1>${t('common.app')}</h1></main>
    <div class="status">${connectionBanner(model, around.act.again)}</div>
  </div>`;

/** Seen while the pointer moves or the keyboard is in them. @param {Around} around @returns {View} */
function controls({ chime, fullscreen, act }) {
  return html`<div class="controls" role="toolbar" aria-label=${t('display.controls')}>
      ${fullscreen ? html`<button class="button" type="button" aria-keyshortcuts="f" @click=${act.toggleFullscreen}>${t('display.fullscreen')} <kbd>F</kbd></button>` : nothing}
      <button class="button" type="button" aria-pressed=${chime ? 'true' : 'false'} aria-keyshortcuts="c" @click=${act.toggleChime}>${t('display.chime')} <kbd>C</kbd></button>
    </div>`;
}
