// The chair's page by keyboard.

/** @import { ListedRequest, State } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { View } from './lit.js' */
import { html, ref } from './lit.js';
import { focusDrawn } from './drawing.js';
import { t } from './i18n.js';
import { currentPanel, listOf } from './list.js';
import { mainAct, neighbour } from './chair-acts.js';
import { toggle } from './chair-parts.js';

/** The keys as they are shown. */
const KEYS = [
  ['chair.key.main', ['Space']],
  ['chair.key.end', ['E']],
  ['chair.key.time', ['+', '−']],
  ['chair.key.select', ['↑', '↓']],
  ['chair.key.call', ['Enter']],
  ['chair.key.move', ['Alt ↑', 'Alt ↓']],
  ['chair.key.remove', ['Del']],
  ['chair.key.search', ['/']],
  ['chair.key.list', ['L']],
  ['chair.key.ruling', ['S', 'O']],
  ['chair.key.message', ['M']],
  ['chair.key.close', ['Esc']],
  ['chair.key.undo', ['Z']],
  ['chair.key.help', ['?']],
];

/** The row that has the focus. */
const focused = () => /** @type {HTMLElement | null} */ (document.activeElement?.closest('[data-request]') ?? null);

/** @param {string | undefined} id */
function focusRow(id) {
  if (id === undefined) return;
  /** @type {HTMLElement | null} */
  const row = document.querySelector(`[data-request="${CSS.escape(id)}"]`);
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
}

/** @param {Desk} desk */
export function handleKeys(desk) {
  // A button that was tapped keeps the focus. The next Space is then meant for the main act, not for that button.
  let tapped = false;
  let swallow = false;
  addEventListener('pointerdown', () => (tapped = true), true);
  addEventListener('keydown', (e) => (e.key === 'Tab' || e.key.startsWith('Arrow')) && (tapped = false), true);
  addEventListener('keyup', (e) => {
    if (e.key !== ' ' || !swallow) return;
    swallow = false;
    e.preventDefault();
  });
  addEventListener('keydown', (e) => {
    const state = desk.app?.model.state;
    const at = /** @type {HTMLElement} */ (e.target);
    if (!state || e.defaultPrevented || e.isComposing || desk.help) return;
    if (at.closest('input, select, textarea')) return;
    const onButton = at.closest('button, a, [role="option"]') !== null && !tapped;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') arrows(desk, state, e);
    else if ((e.key === 'Enter' || e.key === 'Delete') && at === focused() && !e.repeat) onRow(desk, state, at, e.key);
    else if (e.ctrlKey || e.metaKey || e.altKey || !desk.keys) return;
    else if (e.key === ' ' && onButton) return;
    else if (!single(desk, state, e)) return;
    if (e.key === ' ') swallow = true;
    e.preventDefault();
  });
}

/** Keys of one character, which can be switched off. @param {Desk} desk @param {State} state @param {KeyboardEvent} e */
function single(desk, state, e) {
  const limited = state.floor?.timer.limit_ms !== undefined;
  if (e.repeat && !'+=-'.includes(e.key)) return e.key === ' ';
  switch (e.key.toLowerCase()) {
    case ' ': {
      const act = mainAct(state, listOf(state));
      if (act.kind === 'rule') desk.timer(state, state.floor?.timer.state === 'running' ? 'pause' : 'start');
      else if (act.kind !== 'none') desk.perform(state, act, document.querySelector('.main-act'));
      return true;
    }
    case 'e':
      // A point of order ends with a ruling.
      if (state.floor && state.floor.kind !== 'point_of_order') desk.endFloor(state);
      return true;
    case 's':
    case 'o':
      if (state.floor?.kind === 'point_of_order') desk.rule(state, e.key.toLowerCase() === 's' ? 'sustained' : 'overruled');
      return true;
    case 'm':
      desk.toggleSheet('message');
      return true;
    case 'escape':
      if (desk.sheet === undefined) return false;
      desk.closeSheet();
      return true;
    case '+':
    case '=':
      if (limited) desk.addTime(state, 30_000);
      return true;
    case '-':
    case '−':
      if (limited) desk.addTime(state, -30_000);
      return true;
    case 'z':
      desk.undo(state);
      return true;
    case 'l':
      desk.setPanel(state, { list: currentPanel(state)?.list === 'open' ? 'closed' : 'open' }, 'list');
      return true;
    case '/':
      desk.toggleAdding(true);
      return true;
    case '?':
      desk.help = true;
      desk.render();
      return true;
  }
  return false;
}

/** @param {Desk} desk @param {State} state @param {KeyboardEvent} e */
function arrows(desk, state, e) {
  const list = listOf(state);
  const by = e.key === 'ArrowDown' ? 1 : -1;
  const id = focused()?.dataset.request;
  if (e.altKey) {
    const before = id === undefined ? undefined : neighbour(list, id, by);
    if (id === undefined || before === undefined) return;
    // The row is drawn anew at its place; the focus goes with it.
    desk.move(id, before)?.then(() => focusDrawn(() => focusRow(id)));
    return;
  }
  const at = list.findIndex((r) => r.id === id);
  focusRow(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + by))]?.id);
}

/** @param {Desk} desk @param {State} state @param {HTMLElement} row @param {string} key */
function onRow(desk, state, row, key) {
  const id = row.dataset.request;
  if (id === undefined) return;
  // By keyboard it is the row that is meant, wherever it has moved to; only a focus that came by itself is not trusted.
  if (desk.inherited.deaf(performance.now())) desk.say(`row ${id}`, t('chair.moved'));
  else if (!desk.reads(`row ${id}`, `${key} ${id}`, row.querySelector('.entry-name'), desk.app?.roster.name(state.requests[id]?.participant) ?? '')) return;
  else if (key === 'Enter') desk.call(state, { request: id }, `row ${id}`);
  else desk.remove(state, id);
}

/**
 * Where the focus goes when its row has gone: to the one in its place.
 * @param {ListedRequest[]} before
 * @param {ListedRequest[]} after
 * @param {string} id the row that had it
 */
export function heir(before, after, id) {
  const left = new Set(after.map((r) => r.id));
  const at = before.findIndex((r) => r.id === id);
  const next = before.slice(at + 1).find((r) => left.has(r.id)) ?? before.slice(0, Math.max(0, at)).findLast((r) => left.has(r.id));
  return next?.id;
}

export { focused, focusRow };

/** The keys, in a dialog of their own. @param {Desk} desk @returns {View} */
export function keysDialog(desk) {
  const close = () => {
    desk.help = false;
    desk.render();
  };
  const show = ref((el) => {
    const dialog = /** @type {HTMLDialogElement | undefined} */ (el);
    if (!dialog) return;
    if (desk.help && !dialog.open) dialog.showModal();
    else if (!desk.help && dialog.open) dialog.close();
  });
  return html`<dialog class="keys" aria-labelledby="keys-title" @close=${close} @click=${(/** @type {Event} */ e) => e.target === e.currentTarget && close()} ${show}>
    <div class="keys-body">
      <h2 id="keys-title">${t('chair.keys')}</h2>
      <dl class="keys-list">
        ${KEYS.map(([text, keys]) => html`<div><dt>${/** @type {string[]} */ (keys).map((k) => html`<kbd dir="ltr">${k}</kbd>`)}</dt><dd>${t(/** @type {string} */ (text))}</dd></div>`)}
      </dl>
      ${toggle(t('chair.keys_on'), desk.keys, (on) => desk.setKeys(on))}
      <button class="button" type="button" autofocus @click=${close}>${t('common.close')}</button>
    </div>
  </dialog>`;
}
