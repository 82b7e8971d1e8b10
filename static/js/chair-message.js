// The chair's words to the room: what is shown now, sentences that are often needed, and any other.

/** @import { State } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { View } from './lit.js' */
import { html, live, nothing } from './lit.js';
import { formatTime, language, t } from './i18n.js';
import { messageText } from './parts.js';
import { said } from './chair-parts.js';
import { sheet } from './chair-sheet.js';

export const PRESETS = ['ten', 'five', 'brief', 'theme', 'last', 'seats', 'break', 'soon'];
const MOST = 200; // characters of a message

/** What is being written, and the presets as the room reads them. */
const draft = { text: '' };
/** @type {Map<string, Record<string, string> | 'coming'>} language -> preset -> text */
const room = new Map();

/** The sentences in the debate's first language, which the room reads. @param {Desk} desk @param {string} lang */
function sentences(desk, lang) {
  if (lang === language()) return Object.fromEntries(PRESETS.map((p) => [p, t(`chair.preset.${p}`)]));
  const known = room.get(lang);
  if (known !== undefined) return known === 'coming' ? undefined : known;
  room.set(lang, 'coming');
  const read = async () => {
    const res = await fetch(new URL(`../messages/${lang}/chair.json`, import.meta.url), { cache: 'no-cache' });
    if (!res.ok) throw new Error(`messages ${lang}: ${res.status}`);
    const messages = await res.json();
    room.set(lang, Object.fromEntries(PRESETS.map((p) => [p, messages[`chair.preset.${p}`]])));
  };
  read()
    .catch(() => room.delete(lang))
    .finally(() => desk.render());
  return undefined;
}

/** @param {Desk} desk @param {string} text */
const show = (desk, text) => desk.act('message', `message ${text}`, (key, app) => app.api.command('PUT', '/message', { text }, { key }));

/** @param {Desk} desk @param {State} state */
const clear = (desk, state) => desk.act('message', `clear ${state.message?.at_ms}`, (key, app) => app.api.command('DELETE', '/message', undefined, { key }));

/** @param {Desk} desk @param {State} state @returns {View} */
export function messageSheet(desk, state) {
  const { message } = state;
  const lang = state.debate.languages[0] ?? language();
  const texts = sentences(desk, lang);
  const send = async (/** @type {Event} */ e) => {
    e.preventDefault();
    const text = draft.text.trim();
    if (text === '') return;
    if (!(await show(desk, text))) return;
    if (draft.text.trim() === text) draft.text = '';
    desk.render();
  };
  return sheet(
    desk,
    'message',
    html`<div class="shown" role="status" ?data-on=${message !== undefined}>
        ${message
          ? html`<p class="shown-label">${t('chair.message.shown', { time: formatTime(message.at_ms) })}</p>
              <p class="shown-text" dir="auto">${messageText(message)}</p>
              <button class="button" type="button" aria-disabled=${desk.stale} aria-busy=${desk.busy.has('message')} @click=${() => clear(desk, state)}>${t('chair.message.clear')}</button>`
          : html`<p class="muted">${t('chair.message.none')}</p>`}
      </div>
      <form class="message-form" @submit=${send}>
        <label class="field"
          ><span class="label">${t('chair.message.own')}</span>
          <input
            id="message-text"
            class="input"
            type="text"
            dir="auto"
            autocomplete="off"
            maxlength=${MOST}
            .value=${live(draft.text)}
            @input=${(/** @type {Event} */ e) => {
              draft.text = /** @type {HTMLInputElement} */ (e.target).value;
              desk.render();
            }}
        /></label>
        <button class="button primary" type="submit" aria-disabled=${desk.stale || draft.text.trim() === ''}>${t('chair.message.send')}</button>
      </form>
      <ul class="presets" aria-label=${t('chair.message.presets')}>
        ${PRESETS.map((p) => {
          const text = texts?.[p];
          return html`<li>
            <button class="button preset" type="button" aria-disabled=${desk.stale || text === undefined} @click=${() => text !== undefined && show(desk, text)}>
              <span>${t(`chair.preset.${p}`)}</span>
              ${lang === language() || text === undefined ? nothing : html`<span class="preset-room" lang=${lang} dir="auto">${text}</span>`}
            </button>
          </li>`;
        })}
      </ul>
      ${said(desk, 'message')}`,
  );
}
