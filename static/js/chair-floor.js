// Who has the floor, and the panel: the left half of the chair's page.

/** @import { Model } from './app.js' */
/** @import { State, ListedRequest } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { Act } from './chair-acts.js' */
/** @import { View } from './lit.js' */
import { html, nothing } from './lit.js';
import { formatTime, t, tOr } from './i18n.js';
import { format } from './countdown.js';
import { currentPanel } from './list.js';
import { countdownDigits, nameOf, phaseWord } from './parts.js';
import { mainAct, meaning } from './chair-acts.js';
import { minutes, said, seconds, segments, toggle } from './chair-parts.js';

const LONG = 28; // a name of more letters is set smaller, in three lines

/** @param {Desk} desk @param {Model} model @param {State} state @param {ListedRequest[]} list @returns {View} */
export function floorView(desk, model, state, list) {
  const { floor } = state;
  const { roster } = model;
  const panel = currentPanel(state);
  const off = desk.stale;
  const limited = floor?.timer.limit_ms !== undefined;
  const name = floor ? roster.name(floor.participant) : '';
  if (desk.end.see(floor?.id ?? '', performance.now())) desk.later('end', desk.end.ms);
  return html`<section
    class="floor phase-panel"
    data-phase=${!floor ? 'idle' : model.paused && model.phase !== undefined ? 'paused' : (model.phase ?? 'ready')}
    aria-labelledby="floor-name"
  >
    <div class="floor-who">
      <p class="floor-state">
        ${floor
          ? html`<span class="phase-word">${phaseWord(model.phase, model.paused, limited)}</span> <span class="floor-kind">${tOr('kind', floor.kind)}</span>`
          : html`<span class="phase-word">${t(`panel.${panel?.status ?? 'closed'}`)}</span>`}
      </p>
      <h2 id="floor-name" class="floor-name" ?data-long=${name.length > LONG}>${floor ? nameOf(roster, floor.participant) : t('common.nobody')}</h2>
      <p class="floor-more">${floor ? more(model, state) : nothing}</p>
    </div>
    <div class="floor-time">
      ${floor
        ? countdownDigits()
        : html`<span class="countdown idle" aria-hidden="true">${panel?.limit_ms === undefined ? '' : format(panel.limit_ms)}</span>`}
      <div class="floor-bar" aria-hidden="true"><div class="floor-bar-left"></div></div>
    </div>
    ${state.clock ? html`<p class="floor-held">${t('chair.held', { time: formatTime(state.clock.held_at_ms, true) })}</p>` : nothing}
    <div class="floor-acts">
      ${mainButton(desk, model, state, mainAct(state, list))}
      <div class="floor-row">
        ${[-30, 30].map(
          (s) => html`<button
            class="button time"
            type="button"
            aria-disabled=${off || !limited}
            @click=${() => limited && desk.addTime(state, s * 1000)}
          >
            <bdi dir="ltr">${seconds(s)}</bdi> <span class="visually-hidden">(${t(s < 0 ? 'chair.less' : 'chair.more_time')})</span>
          </button>`,
        )}
        <button class="button danger end" type="button" aria-label=${t('chair.key.end')} aria-disabled=${off || !floor || desk.end.deaf(performance.now())} @click=${() => floor && desk.endFloor(state)}>
          ${t('chair.end')}
        </button>
      </div>
      ${said(desk, 'main')}${said(desk, 'floor')}
    </div>
  </section>`;
}

/** @param {Model} model @param {State} state */
function more({ roster }, state) {
  const { floor, interrupted } = state;
  if (!floor) return nothing;
  const category = roster.get(floor.participant)?.category;
  return html`${category ? html`<span>${tOr('category', category)}</span>` : nothing}
  ${floor.behalf_of ? html`<span>${t('common.behalf', { name: floor.behalf_of })}</span>` : nothing}
  ${floor.speaker ? html`<span><bdi>${floor.speaker}</bdi></span>` : nothing}
  ${interrupted ? html`<span>${t('chair.interrupted', { name: roster.name(interrupted.participant) })}</span>` : nothing}`;
}

/** @param {Desk} desk @param {Model} model @param {State} state @param {Act} act */
function mainButton(desk, model, state, act) {
  const now = performance.now();
  if (desk.main.see(`${state.panel} ${meaning(act)}`, now)) desk.later('main', desk.main.ms);
  const deaf = desk.main.deaf(now);
  const idle = act.kind === 'none';
  const verb = desk.stale
    ? t(model.status.kind === 'denied' ? 'chair.main.denied' : 'chair.main.stale')
    : act.kind === 'open' && currentPanel(state)?.status === 'suspended'
      ? t('chair.main.reopen')
      : idle && (state.floor || currentPanel(state)?.list === 'closed')
        ? t('chair.main.nothing')
        : t(`chair.main.${act.kind}`);
  return html`<button
    class="button primary main-act"
    type="button"
    aria-disabled=${desk.stale || idle || deaf}
    aria-busy=${desk.busy.has('main')}
    aria-keyshortcuts="Space"
    ?data-deaf=${deaf && !idle && !desk.stale}
    data-act=${act.kind}
    @click=${() => !idle && desk.perform(state, act)}
  >
    <span class="main-verb">${verb}</span>
    ${act.kind === 'call' && act.participant !== undefined ? html`<span class="main-whom">${nameOf(model.roster, act.participant)}</span>` : nothing}
  </button>`;
}

const LIMITS = [1, 2, 3, 5];

/** The panel's status and its limit. @param {Desk} desk @param {State} state @returns {View} */
export function panelView(desk, state) {
  const panel = currentPanel(state);
  if (!panel) return nothing;
  const limit = panel.limit_ms;
  /** @type {import('./chair-parts.js').Choice[]} */
  const limits = LIMITS.map((m) => ({ value: String(m * 60_000), label: html`<bdi dir="ltr">${format(m * 60_000)}</bdi>`, name: minutes(m) }));
  if (limit !== undefined && !limits.some((l) => l.value === String(limit))) {
    limits.push({ value: String(limit), label: html`<bdi dir="ltr">${format(limit)}</bdi>` });
    limits.sort((a, b) => Number(a.value) - Number(b.value));
  }
  limits.push({ value: '', label: t('chair.limit_none') });
  return html`<section class="panel-card" aria-labelledby="panel-title">
    <h2 id="panel-title" class="visually-hidden">${panel.title}</h2>
    <div class="setting">
      ${segments(
        t('chair.status'),
        ['open', 'suspended', 'closed'].map((s) => ({ value: s, label: t(`panel.${s}`) })),
        panel.status,
        (status) => desk.setPanel(state, { status }, 'panel'),
        desk.stale,
      )}
    </div>
    <div class="setting">
      <span class="setting-label" aria-hidden="true">${t('chair.limit')}</span>
      ${segments(t('chair.limit'), limits, limit === undefined ? '' : String(limit), (v) => desk.setPanel(state, { limit_ms: v === '' ? null : Number(v) }, 'panel'), desk.stale)}
    </div>
    ${toggle(t('chair.autostart'), desk.autostart, (on) => desk.setAutostart(on))} ${said(desk, 'panel')}
  </section>`;
}
