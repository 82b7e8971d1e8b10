// A field that suggests: what is typed narrows a list, from which one is taken by key, mouse or finger.

/** @import { Typing } from './record-logic.js' */
/** @import { View } from './lit.js' */
import { html, live, nothing } from './lit.js';

/**
 * @typedef {object} Field
 * @property {string} id
 * @property {string} label
 * @property {boolean} [labelled] the label stands beside it
 * @property {Typing} typing
 * @property {View[]} options
 * @property {number} max letters
 * @property {boolean} [wrong]
 * @property {string} [describedby]
 * @property {(change: Partial<Typing>) => void} set
 * @property {(n: number) => void} pick
 * @property {() => void} [enter] with none of the list chosen
 * @property {() => void} [leave] the focus has gone
 * @property {() => void} [come]
 */

/** @param {Field} field @returns {View} */
export function pickField(field) {
  const { id, label, typing, options, set, pick } = field;
  const open = typing.open && options.length > 0;
  const active = open ? Math.min(typing.active, options.length - 1) : -1;
  const key = (/** @type {KeyboardEvent} */ e) => {
    if (e.isComposing) return; // an input method is choosing characters
    if ((e.key === 'ArrowDown' || e.key === 'ArrowUp') && options.length > 0) {
      const down = e.key === 'ArrowDown';
      set({ open: true, active: open && active >= 0 ? (active + (down ? 1 : -1) + options.length) % options.length : down ? 0 : options.length - 1 });
    } else if (e.key === 'Enter' && active >= 0) pick(active);
    else if (e.key === 'Enter' && field.enter) field.enter();
    else if (e.key === 'Escape' && open) {
      e.stopPropagation();
      set({ open: false });
    } else return;
    e.preventDefault();
  };
  return html`<div class="pick">
    <input
      id=${id}
      class="input"
      type="text"
      role="combobox"
      autocomplete="off"
      autocapitalize="off"
      dir="auto"
      maxlength=${field.max}
      aria-label=${field.labelled ? nothing : label}
      placeholder=${field.labelled ? nothing : label}
      aria-expanded=${open}
      aria-controls="${id}-options"
      aria-autocomplete="list"
      aria-activedescendant=${active >= 0 ? `${id}-option-${active}` : nothing}
      aria-invalid=${field.wrong ? 'true' : nothing}
      aria-describedby=${field.describedby ?? nothing}
      .value=${live(typing.query)}
      @focus=${() => {
        field.come?.();
        set({ open: true });
      }}
      @blur=${() => {
        set({ open: false });
        field.leave?.();
      }}
      @click=${() => set({ open: true })}
      @input=${(/** @type {Event} */ e) => set({ query: /** @type {HTMLInputElement} */ (e.target).value, open: true, active: -1 })}
      @keydown=${key}
    />
    <ul id="${id}-options" class="options" role="listbox" aria-label=${label} ?hidden=${!open} @pointerdown=${(/** @type {Event} */ e) => e.preventDefault()}>
      ${open
        ? options.map((option, n) => html`<li id="${id}-option-${n}" class="option" role="option" aria-selected=${n === active} @click=${() => pick(n)}>${option}</li>`)
        : nothing}
    </ul>
  </div>`;
}
