// The chair's words to the room: what is shown now, sentences that are often needed, and any other.

/** @import { State } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { Say } from './i18n.js' */
/** @import { View } from './lit.js' */
import { html, live, nothing } from './lit.js';
import { formatTime, inLanguage, language, t } from './i18n.js';
import { PRESETS, messageText } from './notices.js';
import { said } from './chair-parts.js';
import { sheet } from './chair-sheet.js';

const AGAIN_MS = 3000; // after an answer that did not come
const MOST = 200; // characters of a message

/** What is being written, and the sentences as they are read in a language. */
const draft = { text: '' };
/** @type {Map<string, Say | 'coming'>} */
const known = new Map();

/** The sentences in a language; undefined until they are here. @param {Desk} desk @param {string} lang */
function sentences(desk, lang) {
  const say = known.get(lang);
  if (say !== undefined) return say === 'coming' ? undefined : say;
  known.set(lang, 'coming');
  inLanguage(lang, 'notices')
    .then(
      (say) => known.set(lang, say),
      () => desk.later(`sentences ${lang}`, AGAIN_MS, () => known.delete(lang)),
    )
    .finally(() => desk.render());
  return undefined;
}

/** @param {Desk} desk @param {string} text @param {string} [preset] the sentence that it is */
const show = (desk, text, preset) => desk.act('message', `message ${text} ${preset}`, (key, app) => app.api.command('PUT', '/message', { text, preset }, { key }));

/** @param {Desk} desk @param {State} state */
const clear = (desk, state) => desk.act('message', `clear ${state.message?.at_ms}`, (key, app) => app.api.command('DELETE', '/message', undefined, { key }));

/** @param {Desk} desk @param {State} state @returns {View} */
export function messageSheet(desk, state) {
  const { message } = state;
  const lang = state.debate.languages[0] ?? language();
  const own = sentences(desk, language());
  const room = sentences(desk, lang);
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
              <p class="shown-text" dir="auto">${messageText(message, own)}</p>
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
          const key = `notice.preset.${p}`;
          const text = room?.(key);
          return html`<li>
            <button class="button preset" type="button" aria-disabled=${desk.stale || text === undefined} @click=${() => text !== undefined && show(desk, text, p)}>
              <span>${own?.(key) ?? text ?? t('common.loading')}</span>
              ${lang === language() || text === undefined ? nothing : html`<span class="preset-room" lang=${lang} dir="auto">${text}</span>`}
            </button>
          </li>`;
        })}
      </ul>
      ${said(desk, 'message')}`,
  );
}
