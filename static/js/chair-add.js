// Somebody who raised a hand: found by three letters of a name in any language, put on the list or called at once.

/** @import { Model } from './app.js' */
/** @import { Kind, Level, ListedRequest, Participant, State } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { View } from './lit.js' */
import { html, live, nothing } from './lit.js';
import { t, tOr } from './i18n.js';
import { currentPanel, timesSpoken } from './list.js';
import { fold } from './roster.js';
import { behalfName } from './parts.js';
import { kindFor } from './chair-acts.js';
import { said } from './chair-parts.js';
import { LEVELS } from './chair-row.js';

const MOST = 8;
/** Kinds that the chair gives by hand. @type {Kind[]} */
const KINDS = ['intervention', 'response', 'address', 'right_of_reply', 'point_of_order'];
const CATEGORIES = ['member_state', 'observer', 'un_system', 'international_organization', 'civil_society', 'private_sector', 'law_enforcement', 'media'];

/**
 * Who is suggested: those whom the search finds, and before anything is typed those of the panel's programme.
 * @param {Model} model
 * @param {State} state
 * @param {string} query
 * @returns {Participant[]}
 */
export function suggestions({ roster }, state, query) {
  if (fold(query) !== '') return roster.search(query).slice(0, MOST);
  const panel = currentPanel(state);
  const ids = new Set([...(panel?.moderator ? [panel.moderator] : []), ...(panel?.panellists ?? [])]);
  return [...ids].flatMap((id) => roster.get(id) ?? []);
}

/** @param {Desk} desk @param {Model} model @param {State} state @param {ListedRequest[]} list @returns {View} */
export function addView(desk, model, state, list) {
  const d = desk.draft;
  const found = d.picked !== undefined || d.newcomer ? [] : suggestions(model, state, d.query);
  const typed = fold(d.query) !== '';
  // Someone new is offered last, and first when nobody is found.
  const newcomer = typed && d.picked === undefined && !d.newcomer;
  const options = found.length + (newcomer ? 1 : 0);
  const open = d.open && options > 0;
  const active = Math.min(d.active, options - 1);
  const kind = d.kind ?? kindFor(currentPanel(state), d.picked ?? found[active]?.id ?? '');
  const ready = d.picked !== undefined || (d.newcomer ? typed : active >= 0);

  const set = (/** @type {Partial<typeof d>} */ change) => {
    Object.assign(d, change);
    desk.render();
  };
  const pick = (/** @type {number} */ i) => {
    const p = found[i];
    if (p) set({ picked: p.id, query: model.roster.name(p.id), open: false });
    else if (newcomer) set({ newcomer: true, more: true, open: false });
  };
  const send = (/** @type {boolean} */ now) => {
    if (d.picked !== undefined || d.newcomer) return void desk.raise(state, d.picked, kind, now);
    if (!ready) return void document.getElementById('add-search')?.focus();
    const p = found[active];
    if (p) return void desk.raise(state, p.id, kind, now);
    pick(active);
  };
  const key = (/** @type {KeyboardEvent} */ e) => {
    if (e.isComposing) return; // an input method is choosing characters
    if ((e.key === 'ArrowDown' || e.key === 'ArrowUp') && options > 0) {
      const step = e.key === 'ArrowDown' ? 1 : -1;
      set({ open: true, active: open && active >= 0 ? (active + step + options) % options : step > 0 ? 0 : options - 1 });
    } else if (e.key === 'Enter') send(e.ctrlKey || e.metaKey);
    else if (e.key === 'Escape') {
      if (d.open) set({ open: false });
      else set({ query: '', picked: undefined, newcomer: false });
    } else return;
    e.preventDefault();
  };

  return html`<div class="add" role="search" ?data-wide=${d.query !== '' || d.more}>
    <div class="add-row">
      <div class="add-field">
        <input
          id="add-search"
          class="input"
          type="text"
          role="combobox"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          dir="auto"
          enterkeyhint="done"
          aria-label=${t('chair.add')}
          placeholder=${t('chair.add')}
          aria-expanded=${open}
          aria-controls="add-options"
          aria-autocomplete="list"
          aria-activedescendant=${open && active >= 0 ? `add-option-${active}` : nothing}
          .value=${live(d.query)}
          @focus=${() => {
            model.roster.loadOthers();
            set({ open: true });
          }}
          @blur=${() => set({ open: false })}
          @input=${(/** @type {Event} */ e) => {
            const query = /** @type {HTMLInputElement} */ (e.target).value;
            set({ query, picked: undefined, ...(!d.newcomer && { active: fold(query) === '' ? -1 : 0, open: true }) });
          }}
          @keydown=${key}
        />
        <ul id="add-options" class="options" role="listbox" aria-label=${t('chair.add')} ?hidden=${!open} @pointerdown=${(/** @type {Event} */ e) => e.preventDefault()}>
          ${found.map((p, i) => option(model, state, list, p, i, i === active, () => pick(i)))}
          ${newcomer
            ? html`<li id="add-option-${found.length}" class="option newcomer" role="option" aria-selected=${active === found.length} @click=${() => pick(found.length)}>
                ${t('chair.newcomer', { name: d.query.trim() })}
              </li>`
            : nothing}
        </ul>
      </div>
      <button class="button primary" type="button" aria-disabled=${desk.stale || !ready} @click=${() => send(false)}>${t('chair.add_do')}</button>
      <button class="button" type="button" aria-disabled=${desk.stale || !ready} @click=${() => send(true)}>${t('chair.add_call')}</button>
      <button class="button quiet" type="button" aria-expanded=${d.more} aria-controls="add-more" @click=${() => set({ more: !d.more })}>${t('chair.more')}</button>
    </div>
    <div id="add-more" class="add-more" ?hidden=${!d.more}>
      ${d.newcomer
        ? html`<label class="field"
            ><span class="label">${t('chair.category')}</span>
            <select class="select" @change=${(/** @type {Event} */ e) => set({ category: /** @type {HTMLSelectElement} */ (e.target).value })}>
              ${CATEGORIES.map((c) => html`<option value=${c} ?selected=${c === d.category}>${t(`category.${c}`)}</option>`)}
            </select></label
          >`
        : nothing}
      <label class="field"
        ><span class="label">${t('chair.kind')}</span>
        <select class="select" .value=${live(kind)} @change=${(/** @type {Event} */ e) => set({ kind: /** @type {Kind} */ (/** @type {HTMLSelectElement} */ (e.target).value) })}>
          ${KINDS.map((k) => html`<option value=${k} ?selected=${k === kind}>${t(`kind.${k}`)}</option>`)}
        </select></label
      >
      ${textField(t('chair.behalf'), d.behalf, (behalf) => set({ behalf }), Object.keys(state.debate.groups ?? {}).map((id) => behalfName(state, id)))}
      ${textField(t('chair.speaker'), d.speaker, (speaker) => set({ speaker }))}
      <label class="field"
        ><span class="label">${t('chair.level')}</span>
        <select class="select" .value=${live(d.level)} @change=${(/** @type {Event} */ e) => set({ level: /** @type {Level | ''} */ (/** @type {HTMLSelectElement} */ (e.target).value) })}>
          <option value="">${t('chair.level_none')}</option>
          ${LEVELS.map((l) => html`<option value=${l} ?selected=${l === d.level}>${t(`level.${l}`)}</option>`)}
        </select></label
      >
    </div>
    ${said(desk, 'add')}
  </div>`;
}

/** @param {string} label @param {string} value @param {(text: string) => void} set @param {string[]} [suggested] */
const textField = (label, value, set, suggested = []) => html`<label class="field"
  ><span class="label">${label}</span>
  <input
    class="input"
    type="text"
    dir="auto"
    maxlength="200"
    autocomplete="off"
    list=${suggested.length > 0 ? 'add-groups' : nothing}
    .value=${live(value)}
    @input=${(/** @type {Event} */ e) => set(/** @type {HTMLInputElement} */ (e.target).value)}
  />
  ${suggested.length > 0
    ? html`<datalist id="add-groups">
        ${suggested.map((name) => html`<option value=${name}></option>`)}
      </datalist>`
    : nothing}</label
>`;

/** @param {Model} model @param {State} state @param {ListedRequest[]} list @param {Participant} p @param {number} i @param {boolean} active @param {() => void} pick */
function option(model, state, list, p, i, active, pick) {
  const place = list.findIndex((r) => r.participant === p.id) + 1;
  const times = timesSpoken(state, p.id);
  return html`<li id="add-option-${i}" class="option" role="option" aria-selected=${active} @click=${pick}>
    <bdi class="name">${model.roster.name(p.id)}</bdi>
    <span class="muted small">${tOr('category', p.category)}</span>
    ${place > 0 ? html`<span class="chip notice">${t('chair.listed', { count: place })}</span>` : times > 0 ? html`<span class="chip">${t('chair.spoke', { count: times })}</span>` : nothing}
  </li>`;
}
