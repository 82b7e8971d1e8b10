// Sheets: what is rarely done, in the place of the list. The floor and its buttons stay in view and in force.

/** @import { Desk, SheetName } from './chair-desk.js' */
/** @import { View } from './lit.js' */
import { html } from './lit.js';
import { t } from './i18n.js';
import { icon } from './chair-parts.js';

/**
 * @param {Desk} desk
 * @param {SheetName} name
 * @param {View} body
 * @returns {View}
 */
export function sheet(desk, name, body) {
  const key = (/** @type {KeyboardEvent} */ e) => {
    if (e.key !== 'Escape' || e.defaultPrevented) return;
    e.preventDefault();
    desk.closeSheet();
  };
  return html`<section class="sheet" data-sheet=${name} aria-labelledby="sheet-title" @keydown=${key}>
    <header class="sheet-head">
      <h2 id="sheet-title" tabindex="-1">${t(`chair.sheet.${name}`)}</h2>
      <button class="button" type="button" @click=${() => desk.closeSheet()}>${icon('remove')} ${t('common.close')}</button>
    </header>
    <div class="sheet-body">${body}</div>
  </section>`;
}

/**
 * A button for what cannot be undone: the first tap says what it will do, the second does it.
 * @param {Desk} desk
 * @param {{what: string, label: View, warning: string, off?: boolean, act: () => void, kind?: string}} options
 * @returns {View}
 */
export function twiceButton(desk, { what, label, warning, off = false, act, kind = '' }) {
  const armed = desk.armed === what;
  return html`<button
    class="button ${armed ? 'danger armed' : kind}"
    type="button"
    aria-disabled=${off || desk.stale}
    aria-busy=${desk.busy.has(what)}
    @click=${() => {
      if (off) return;
      if (desk.twice(what)) act();
      else if (!armed) desk.app?.announce(warning);
    }}
  >
    ${armed ? warning : label}
  </button>`;
}
