// Who answers to what is typed, as a list to choose from.

/** @import { Model } from './app.js' */
/** @import { View } from './lit.js' */
import { tOr } from './i18n.js';
import { html } from './lit.js';
import { nameOf } from './parts.js';
import { fold } from './roster.js';

const MOST = 8;

/** @param {Model} model @param {string} query @returns {{id: string, view: View}[]} */
export function participantOptions({ roster }, query) {
  if (!fold(query)) return [];
  return roster.search(query).slice(0, MOST).map((p) => ({ id: p.id, view: html`${nameOf(roster, p.id)} <span class="muted small">${tOr('category', p.category)}</span>` }));
}
