// How the room joins, on the wall: large while nobody has the floor, small beside the next three. Pure.

/** @import { Model } from './app.js' */
/** @import { Join, State } from './types.js' */
/** @import { View } from './lit.js' */
/** @import { Around } from './display-views.js' */
import { beginsAt, groups, joinOf, shortUrl } from './display-facts.js';
import { formatTime, t } from './i18n.js';
import { currentPanel } from './list.js';
import { html, nothing } from './lit.js';

/** @param {State} state @param {Model} model @param {Around} around @returns {View} */
export function joinStage(state, { now }, around) {
  const join = joinOf(state);
  const panel = currentPanel(state);
  const open = panel?.list === 'open';
  const begins = beginsAt(panel, now);
  return html`<main class="stage invite" data-codes=${state.wifi ? 'two' : 'one'}>
    <div class="how" data-fit="0.4">
      <p class="overline"><bdi>${state.debate.title}</bdi></p>
      ${begins === undefined ? nothing : html`<p class="begins">${t('display.begins', { time: formatTime(begins) })}</p>`}
      <h1>${t(open ? 'display.ask' : 'display.join')}</h1>
      ${state.wifi ? wifi(state.wifi) : nothing}
      <p class="step">${t('display.open')}</p>
      ${url(join?.url ?? '')}
      <p class="step">${t('display.enter')}</p>
      ${join ? html`${code(join.code)} ${changes(join)}` : nothing}
    </div>
    <div class="qrs">
      ${state.wifi ? qr(around.wifiQr, t('display.wifi_qr'), t('display.wifi')) : nothing} ${qr(around.qr, t('display.qr'), state.wifi ? t('display.join_short') : undefined)}
    </div>
  </main>`;
}

/** @param {NonNullable<State['wifi']>} wifi @returns {View} */
const wifi = ({ name, password }) =>
  html`<p class="wifi"><span class="step">${t('display.wifi')}</span> <bdi class="wifi-name">${name}</bdi>
    ${password ? html`<span class="wifi-word"><span class="step">${t('display.password')}</span> <bdi class="wifi-name" dir="ltr">${password}</bdi></span>` : nothing}</p>`;

/** When another code is going to stand here, for those who are still typing. @param {Join} join @returns {View} */
const changes = ({ until_ms: until }) => (until === undefined ? nothing : html`<p class="code-until">${t('display.code_until', { time: formatTime(until) })}</p>`);

/** @param {string} text @returns {View} */
const code = (text) => html`<p class="code" dir="ltr">${groups(text).map((g) => html`<span>${g}</span>`)}</p>`;

/** Broken only before the path, so that nobody types a break. @param {string} address @returns {View} */
function url(address) {
  const [, host, path] = /^([^/]*)(.*)$/.exec(shortUrl(address)) ?? [];
  return html`<p class="url" dir="ltr" data-fit="0.3"><span>${host}</span><span>${path}</span></p>`;
}

/** White and with its quiet zone whatever the theme, or phones do not see it. Not shown while it cannot be had. @param {string} src @param {string} alt @param {string} [caption] @returns {View} */
const qr = (src, alt, caption) =>
  html`<div class="qr">
    <img src=${src} alt=${alt} @error=${(/** @type {Event} */ e) => shown(e, false)} @load=${(/** @type {Event} */ e) => shown(e, true)} />${caption ? html`<p class="qr-name">${caption}</p>` : nothing}
  </div>`;

/** @param {Event} e @param {boolean} yes */
function shown(e, yes) {
  const card = /** @type {HTMLElement} */ (e.target).parentElement;
  if (card) card.dataset.image = yes ? 'shown' : 'missing';
}

/** @param {Join & {code: string}} join @param {Around} around @returns {View} */
export function joinStrip(join, around) {
  return html`<aside class="join-strip">
    ${qr(around.qr, t('display.qr'))}
    <div class="join-text" data-fit="0.4">
      <p class="label">${t('display.join')}</p>
      ${code(join.code)} ${url(join.url)}
    </div>
  </aside>`;
}
