// Joining: which delegation, and the code that stands on the room's screen.

/** @import { Model } from './app.js' */
/** @import { Participant, Problem } from './types.js' */
/** @import { View } from './lit.js' */
import { problemText, t, tOr } from './i18n.js';
import { html, nothing } from './lit-core.js';

/**
 * @typedef {object} Joining The draft of somebody who joins.
 * @property {string} query
 * @property {boolean} open the list of delegations
 * @property {number} active the option that the keyboard is on, -1: none
 * @property {string} [chosen] participant
 * @property {string} code
 * @property {boolean} scanned the code came with the address
 * @property {Problem} [problem] what was refused
 * @property {number} [until] performance.now() ms until which there may be no other try
 * @property {'choose' | 'code'} [missing] what the form lacks
 * @property {boolean} busy
 * @property {boolean} again it has joined before and may go back
 */

/**
 * @typedef {object} JoinActs
 * @property {(text: string) => void} search
 * @property {(open: boolean) => void} unfold
 * @property {(e: KeyboardEvent) => void} key
 * @property {(id: string) => void} choose
 * @property {() => void} rechoose
 * @property {(text: string) => void} code
 * @property {() => void} join
 * @property {() => void} back
 */

/** @returns {Joining} */
export const newJoining = (code = '') => ({ query: '', open: false, active: -1, code, scanned: code.length === 6, busy: false, again: false });

/** Problems of the code stand at the code; all others at the form. @param {Problem | undefined} problem */
const ofCode = (problem) => problem?.code === 'bad_code' || (problem?.code === 'malformed' && problem.field === 'code');

/** @param {Model} model @param {Joining} joining @param {JoinActs} act @returns {View} */
export function joinView(model, joining, act) {
  const { roster, state } = model;
  const problem = joining.problem;
  return html`<main class="floor-main">
    <form
      class="join"
      novalidate
      @submit=${(/** @type {Event} */ e) => {
        e.preventDefault();
        act.join();
      }}
    >
      <div class="join-head">
        ${state ? html`<p class="join-debate"><bdi>${state.debate.title}</bdi></p>` : nothing}
        <h1 id="heading" tabindex="-1">${t('floor.join_title')}</h1>
      </div>
      ${joining.chosen === undefined ? chooser(roster.search(joining.query), joining, act) : chosen(roster.get(joining.chosen), joining.chosen, act)}
      <div class="field">
        <label class="label" for="code">${t('floor.code')}</label>
        <input
          class="input code"
          id="code"
          dir="ltr"
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength="12"
          aria-describedby="code-hint"
          aria-invalid=${ofCode(problem) || joining.missing === 'code' ? 'true' : 'false'}
          .value=${joining.code}
          @input=${(/** @type {InputEvent} */ e) => {
            const field = /** @type {HTMLInputElement} */ (e.target);
            act.code(field.value);
            if (field.value !== joining.code) field.value = joining.code; // only digits, at most six
          }}
        />
        <p class="small muted" id="code-hint">${t(joining.scanned ? 'floor.code_scanned' : 'floor.code_hint')}</p>
      </div>
      ${joining.missing ? html`<p class="problem" role="alert">${t(joining.missing === 'code' ? 'floor.code_short' : 'floor.choose_first')}</p>` : nothing}
      ${problem ? html`<p class="problem" role=${joining.until ? nothing : 'alert'}>${problemText(joining.until ? { ...problem, retry_ms: joining.until - performance.now() } : problem)}</p>` : nothing}
      <button class="button primary large" type="submit" aria-disabled=${joining.busy || joining.until ? 'true' : 'false'}>${t(joining.busy ? 'floor.joining' : 'floor.join')}</button>
      ${joining.again ? html`<button class="button quiet" type="button" @click=${act.back}>${t('common.cancel')}</button>` : nothing}
    </form>
  </main>`;
}

/** @param {Participant | undefined} participant @param {string} id @param {JoinActs} act @returns {View} */
function chosen(participant, id, act) {
  return html`<div class="chosen card">
    <div class="chosen-text">
      <p class="small muted">${t('floor.delegation')}</p>
      <p class="chosen-name"><bdi class="name">${participant?.name ?? id}</bdi></p>
      ${participant ? html`<p class="small muted">${tOr('category', participant.category)}</p>` : nothing}
    </div>
    <button class="button" type="button" @click=${act.rechoose}>${t('floor.change')}</button>
  </div>`;
}

/** @param {Participant[]} found @param {Joining} joining @param {JoinActs} act @returns {View} */
function chooser(found, joining, act) {
  const active = joining.open ? found[joining.active] : undefined;
  return html`<div class="field chooser">
    <label class="label" for="who">${t('floor.delegation')}</label>
    <input
      class="input"
      id="who"
      type="text"
      role="combobox"
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      enterkeyhint="done"
      aria-autocomplete="list"
      aria-controls="delegations"
      aria-expanded=${joining.open ? 'true' : 'false'}
      aria-activedescendant=${active ? `option-${active.id}` : nothing}
      aria-invalid=${joining.missing === 'choose' ? 'true' : 'false'}
      aria-describedby="who-hint"
      .value=${joining.query}
      @focus=${() => act.unfold(true)}
      @click=${() => act.unfold(true)}
      @blur=${() => act.unfold(false)}
      @keydown=${act.key}
      @input=${(/** @type {InputEvent} */ e) => act.search(/** @type {HTMLInputElement} */ (e.target).value)}
    />
    <p class="small muted" id="who-hint">
      ${joining.query && joining.open ? (found.length ? t('floor.results', { count: found.length }) : t('floor.none_found')) : t('floor.delegation_hint')}
    </p>
    <ul class="options" id="delegations" role="listbox" aria-label=${t('floor.delegation')} ?hidden=${!joining.open || !found.length} @mousedown=${(/** @type {Event} */ e) => e.preventDefault()}>
      ${joining.open
        ? found.map(
            (p, n) =>
              html`<li class="option" id=${`option-${p.id}`} role="option" aria-selected=${n === joining.active ? 'true' : 'false'} @click=${() => act.choose(p.id)}>
                <bdi>${p.name}</bdi>${p.category === 'member_state' ? nothing : html`<span class="small muted">${tOr('category', p.category)}</span>`}
              </li>`,
          )
        : nothing}
    </ul>
  </div>`;
}
