// Small views that several pages share. Pure: they give templates from what they are given.

/** @import { Status } from './stream.js' */
/** @import { Roster } from './roster.js' */
/** @import { Message, State } from './types.js' */
/** @import { View } from './lit.js' */
import { html, nothing } from './lit-core.js';
import { LANGUAGES, formatTime, language, problemText, t } from './i18n.js';

/** A participant's name, kept apart from the direction of the text around it. @param {Roster} roster @param {string} id @returns {View} */
export const nameOf = (roster, id) => html`<bdi class="name">${roster.name(id)}</bdi>`;

/**
 * On whose behalf: a group of the debate by its name in the reader's language, anything else as it was written.
 * @param {State} state
 * @param {string} text
 * @param {string} [lang]
 */
export function behalfName({ debate }, text, lang = language()) {
  const names = debate.groups && Object.hasOwn(debate.groups, text) ? debate.groups[text] : undefined;
  return names ? (names[lang] ?? names[debate.languages[0]] ?? Object.values(names)[0] ?? text) : text;
}

const AWAY_MS = 5000; // after so long without an answer it is said that there is none

/**
 * Says that what is shown may be old, or that there is nothing yet, and why. Nothing while all is well.
 * @param {{status: Status, known: boolean}} model
 * @param {() => void} [again] for a try by hand after a refusal
 * @returns {View}
 */
export function connectionBanner({ status }, again) {
  if (status.kind === 'live') return nothing;
  const text =
    status.problem
      ? problemText(status.problem)
      : status.kind === 'stale'
        ? t(status.crowded ? 'common.crowded' : 'common.stale', { time: status.asOf === undefined ? '–' : formatTime(status.asOf, true) })
        : t(performance.now() - status.since > AWAY_MS ? 'common.away' : 'common.connecting');
  return html`<div class="banner" data-kind=${status.kind} role="status">
    <span class="banner-mark" aria-hidden="true"></span>
    <span class="banner-text">${text}</span>
    ${status.kind === 'denied' ? html`<a class="button" href="/">${t('common.home')}</a>` : nothing}
    ${again && status.kind === 'denied' ? html`<button class="button" type="button" @click=${again}>${t('common.retry')}</button>` : nothing}
  </div>`;
}

/** The choice of language, each in its own name. Where it cannot be had, it goes back to the one that is shown. @param {(lang: string) => unknown} choose @returns {View} */
export function languageMenu(choose) {
  const chosen = async (/** @type {Event} */ e) => {
    const menu = /** @type {HTMLSelectElement} */ (e.target);
    const wish = menu.value;
    await Promise.resolve(choose(wish)).catch(() => {});
    if (menu.value === wish) menu.value = language();
  };
  return html`<label class="language-menu">
    <span class="visually-hidden">${t('common.language')}</span>
    <select class="select" @change=${chosen}>
      ${Object.entries(LANGUAGES).map(([code, name]) => html`<option value=${code} lang=${code} ?selected=${code === language()}>${name}</option>`)}
    </select>
  </label>`;
}

/**
 * Where the countdown of the floor is drawn, by app.js in each frame. It must stay free of expressions: its text is not lit's.
 * `role="timer"` is silent to screen readers; phases are announced by the page.
 * @param {string} [label] accessible name
 * @returns {View}
 */
export function countdownDigits(label = t('common.countdown')) {
  return html`<span class="countdown" data-countdown dir="ltr" role="timer" aria-label=${label}></span>`;
}

/** The word for the phase, which says without colour what the colour says. @param {string | undefined} phase @param {boolean} paused @param {boolean} limited */
export function phaseWord(phase, paused, limited = true) {
  if (phase === undefined) return t('common.catching_up');
  if (phase !== 'ready' && paused) return t('phase.paused');
  return phase === 'normal' && !limited ? t('phase.unlimited') : t(`phase.${phase}`);
}

/** A refusal shown where it happened. @param {{code: string, field?: string, detail?: string} | undefined} problem @returns {View} */
export const problemNote = (problem) => (problem ? html`<p class="problem" role="alert">${problemText(problem)}</p>` : nothing);
