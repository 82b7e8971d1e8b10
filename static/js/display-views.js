// The wall's views. Pure: the model, and what the page knows beside it, give the template.
// Texts that must fit their box carry data-fit (see display-fit.js); the room's clock is an empty [data-clock], written in each frame.

/** @import { Model } from './app.js' */
/** @import { Floor, Kind, Level, ListedRequest, State } from './types.js' */
/** @import { View } from './lit.js' */
/** @import { Say } from './i18n.js' */
/** @import { Scene } from './display-facts.js' */
import { reading } from './countdown.js';
import { beginsAt, joinOf, panelAfter, sceneOf } from './display-facts.js';
import { joinStage, joinStrip } from './display-join.js';
import { formatRange, formatTime, has, t, tOr } from './i18n.js';
import { currentPanel, listOf, waitRange } from './list.js';
import { html, nothing, repeat } from './lit.js';
import { isFresh, messageText, ruledText, tellingOf } from './notices.js';
import { behalfName, connectionBanner, countdownDigits, phaseWord } from './parts.js';

/**
 * @typedef {object} Around What the page knows beside the model.
 * @property {string} view
 * @property {string | undefined} lang2 the second language of names
 * @property {Say | undefined} say2 the chair's notices in it
 * @property {string} qr address of the QR code for joining
 * @property {string} wifiQr address of the QR code of the room's Wi-Fi
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
  const layout = around.view === 'timer' ? timer(state, scene, model, around) : around.view === 'list' ? waitingRoom(state, model, around) : wall(state, scene, model, around);
  return html`<div
      class="wall phase-panel"
      data-view=${around.view}
      data-scene=${scene}
      data-phase=${scene === 'floor' || (around.view === 'list' && state.floor) ? phaseOf(model) : scene === 'suspended' ? 'paused' : 'idle'}
      data-kind=${state.floor?.kind ?? 'none'}
      ?data-fresh=${isNews(state, model)}
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

/** Whether what the room is told is so new that nobody may miss it. @param {State} state @param {Model} model */
function isNews(state, { now }) {
  const { ruled, message } = tellingOf(state, now);
  return isFresh(ruled ?? message, now);
}

// --- the wall

/** @param {State} state @param {Scene} scene @param {Model} model @param {Around} around @returns {View} */
function wall(state, scene, model, around) {
  const list = listOf(state);
  const join = scene === 'join' || scene === 'closed' ? undefined : joinOf(state);
  // While somebody speaks a new message takes the place of what is next, where nothing that counts is moved; later it stands in the head.
  const fresh = scene === 'floor' && isNews(state, model);
  /** @type {Record<Scene, () => View>} */
  const stages = {
    floor: () => floorStage(/** @type {Floor} */ (state.floor), state, model, around),
    suspended: () => suspendedStage(state, model),
    closed: () => closedStage(state, model),
    join: () => joinStage(state, model, around),
    queue: () => queueStage(state, list, model, around),
    title: () => titleStage(state),
  };
  return html`${head(state, model, around, fresh)}
    ${stages[scene]()}
    <footer class="foot">
      ${fresh
        ? telling(state, model, around)
        : html`<div class="coming">${listLine(state, list.length, scene)} ${scene === 'queue' || (scene === 'closed' && currentPanel(state)?.list !== 'open') ? nothing : nextThree(state, list, model)}</div>
            ${join ? joinStrip(join, around) : nothing}`}
    </footer>`;
}

/** What the chair tells the room, in the one or two languages of the wall. @param {State} state @param {Model} model @param {Around} around @returns {View} */
function telling(state, { roster, lang, now }, { lang2, say2 }) {
  const { ruled, message } = tellingOf(state, now);
  const words = (/** @type {string} */ l, /** @type {Say} */ say) => (ruled ? ruledText(ruled, roster.name(ruled.participant, l), say) : message && messageText(message, say));
  const first = words(lang, t);
  const second = say2 && lang2 !== undefined && lang2 !== lang ? words(lang2, say2) : undefined;
  if (!first) return nothing;
  return html`<p class="message" data-fit="0.25" data-ruling=${ruled?.ruling ?? nothing}>
    <bdi class="line">${first}</bdi>${second && second !== first ? html`<bdi class="line second" lang=${lang2 ?? nothing}>${second}</bdi>` : nothing}
  </p>`;
}

/** What the chair tells the room takes the place of the panel's title: the room must see it, and nothing else moves. @param {State} state @param {Model} model @param {Around} around @param {boolean} [elsewhere] it stands elsewhere @returns {View} */
function head(state, model, around, elsewhere = false) {
  const panel = currentPanel(state);
  const told = elsewhere ? nothing : telling(state, model, around);
  return html`<header class="head">
    ${told !== nothing
      ? told
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
      ${facts(state, floorFacts(floor))}
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

/**
 * What kind of intervention, on whose behalf, of which rank, in which language: only what is out of the ordinary.
 * @param {State} state
 * @param {{kind: Kind, behalf_of?: string, level?: Level, language?: string}} of
 * @returns {View}
 */
function facts(state, { kind, behalf_of: behalf, level, language }) {
  const special = kind !== 'intervention';
  if (!special && !behalf && !level && !language) return nothing;
  return html`<p class="facts">
    ${special ? html`<span class="kind">${tOr('kind', kind)}</span>` : nothing}
    ${behalf ? html`<span class="behalf">${t('common.behalf', { name: isolate(behalfName(state, behalf)) })}</span>` : nothing}
    ${level ? html`<span class="level">${tOr('level', level)}</span>` : nothing} ${language ? tongue(language) : nothing}
  </p>`;
}

/** The facts of the floor: where the speaker is named, rank and language stand beside the name. @param {Floor} floor */
const floorFacts = ({ kind, behalf_of, level, language, speaker }) => ({ kind, behalf_of, ...(speaker ? {} : { level, language }) });

/** Who speaks for it, of which rank, in which language. @param {Pick<Floor, 'speaker' | 'level' | 'language'>} of @returns {View} */
const person = ({ speaker, level, language }) =>
  speaker ? html`<p class="speaker"><bdi>${speaker}</bdi> ${level ? html`<span class="level">${tOr('level', level)}</span>` : nothing} ${language ? tongue(language) : nothing}</p>` : nothing;

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

/** Nobody has the floor, and many want it. @param {State} state @param {ListedRequest[]} list @param {Model} model @param {Around} around @returns {View} */
function queueStage(state, list, model, around) {
  return html`<main class="stage queue">
    <p class="label">${t('display.next')}</p>
    <ol class="rows">
      ${repeat(list.slice(0, 3), (r) => r.id, (r, i) => row(state, r, i + 1, model, { lang2: around.lang2 }))}
    </ol>
  </main>`;
}

/**
 * @param {State} state
 * @param {ListedRequest} request
 * @param {number} place
 * @param {Model} model
 * @param {{lang2?: string, wait?: string, level?: Level}} [more] level: of the speaker, where there is room for it
 * @returns {View}
 */
const row = (state, request, place, model, { lang2, wait, level } = {}) =>
  html`<li class="entry">
    <span class="place">${place}</span>
    <div class="entry-text" data-fit="0.3">
      <p>${names(model, request.participant, lang2)}</p>
      ${request.speaker ? html`<p class="speaker"><bdi>${request.speaker}</bdi></p>` : nothing} ${facts(state, { kind: request.kind, behalf_of: request.behalf_of, level })}
    </div>
    ${wait || request.language
      ? html`<div class="aside">${request.language ? tongue(request.language) : nothing}${wait ? html`<span class="wait">${wait}</span>` : nothing}</div>`
      : nothing}
  </li>`;

/** @param {State} state @param {ListedRequest[]} list @param {Model} model @returns {View} */
const nextThree = (state, list, model) =>
  list.length === 0
    ? nothing
    : html`<ol class="next">
    ${repeat(list.slice(0, 3), (r) => r.id, (r, i) => row(state, { ...r, language: undefined, speaker: undefined, behalf_of: undefined }, i + 1, model))}
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

/** Only the countdown, for whoever speaks. @param {State} state @param {Scene} scene @param {Model} model @param {Around} around @returns {View} */
function timer(state, scene, model, around) {
  const special = state.floor && state.floor.kind !== 'intervention';
  return html`<main class="stage">
      ${state.floor
        ? html`${special ? html`<p class="facts"><span class="kind">${tOr('kind', /** @type {Floor} */ (state.floor).kind)}</span></p>` : nothing} ${face(state.floor, model)}`
        : html`<div class="face">${roomClock()}</div>
            <p class="phase-line">${scene === 'suspended' ? html`<span class="phase-word">${t('display.suspended')}</span>` : t(scene === 'closed' ? 'display.closed' : 'common.nobody')}</p>`}
    </main>
    ${telling(state, model, around)}`;
}

const DETAILED = 5; // of the list: who is going to speak in which language, for the interpreters and the sound

/**
 * The floor and the next ten: for those who wait outside, and for interpreters and sound, who must know of the floor and the
 * next five who speaks, of which rank and in which language.
 * @param {State} state @param {Model} model @param {Around} around @returns {View}
 */
function waitingRoom(state, model, around) {
  const list = listOf(state);
  const floor = state.floor;
  const status = currentPanel(state)?.status;
  const join = joinOf(state);
  return html`${head(state, model, around)}
    <main class="stage list-stage">
      <section class="on-floor">
        ${floor
          ? html`<div class="who" data-fit="0.28">
                ${facts(state, floorFacts(floor))}
                <p>${names(model, floor.participant, around.lang2)}</p>
                ${person(floor)}
              </div>
              <div class="figure">${face(floor, model)}</div>`
          : html`<div class="who" data-fit="0.28">
              <p>${t(status === 'suspended' ? 'display.suspended' : status === 'closed' ? 'display.closed' : 'common.nobody')}</p>
            </div>`}
      </section>
      <ol class="rows" data-few=${list.length <= DETAILED ? 'yes' : nothing}>
        ${repeat(list.slice(0, 10), (r) => r.id, (r, i) => {
          const range = waitRange(state, i + 1, model.now);
          const wait = range && formatRange(range);
          return i < DETAILED
            ? row(state, r, i + 1, model, { lang2: r.speaker ? undefined : around.lang2, wait, level: r.level }) // a name in two languages beside a person's would be small
            : row(state, { ...r, speaker: undefined, language: undefined }, i + 1, model, { wait });
        })}
      </ol>
    </main>
    <footer class="foot">
      <div class="coming">${listLine(state, list.length, 'queue')}</div>
      ${join ? joinStrip(join, around) : nothing}
    </footer>`;
}

/** A strip over a transparent picture, for video mixing; nothing while nobody speaks. @param {State} state @param {Model} model @param {Around} around @returns {View} */
function lowerThird(state, model, around) {
  const { floor } = state;
  if (!floor) return nothing;
  return html`<div class="lower-third phase-panel" data-phase=${phaseOf(model)} ?data-old=${model.status.kind !== 'live'}>
    <div class="who" data-fit="0.4">
      <p>${names(model, floor.participant, around.lang2)}</p>
      ${person({ speaker: floor.speaker })} ${facts(state, { kind: floor.kind, behalf_of: floor.behalf_of })}
    </div>
    ${state.rehearsal ? html`<p class="third-sign">${t('common.rehearsal')}</p>` : nothing}
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
