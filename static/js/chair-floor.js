// Who has the floor, and the panel: the left half of the chair's page.

/** @import { Model } from './app.js' */
/** @import { State, ListedRequest } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { Act } from './chair-acts.js' */
/** @import { View } from './lit.js' */
import { html, nothing } from './lit.js';
import { formatSize, formatTime, t, tOr } from './i18n.js';
import { format, formatStep, used } from './countdown.js';
import { currentPanel } from './list.js';
import { clockNews } from './notices.js';
import { behalfName, countdownDigits, nameOf, phaseWord } from './parts.js';
import { mainAct, meaning } from './chair-acts.js';
import { duration, minutes, said, seconds, segments, toggle } from './chair-parts.js';

const ABSENT_MS = 120_000; // who has spoken for so long was in the room
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
    ${notices(desk, model, state)}
    <div class="floor-acts" data-kind=${floor?.kind ?? 'none'}>
      ${floor?.kind === 'point_of_order' ? ruling(desk, state) : mainButton(desk, model, state, mainAct(state, list))}
      <div class="floor-row">
        ${[-30, 30].map(
          (s) => html`<button
            class="button time"
            type="button"
            aria-disabled=${off || !limited}
            @click=${() => limited && desk.addTime(state, s * 1000)}
          >
            <bdi>${seconds(s)}</bdi> <span class="visually-hidden">(${t(s < 0 ? 'chair.less' : 'chair.more_time')})</span>
          </button>`,
        )}
        ${floor?.kind === 'point_of_order' ? holdButton(desk, state) : endButtons(desk, model, state)}
      </div>
      ${said(desk, 'main')}${said(desk, 'floor')}
    </div>
  </section>`;
}

/**
 * What the chair must know of the server: that its disk is nearly full; after it was away or its machine slept, that the countdown is held, or for how long it
 * ran on alone; and that the machine's clock was set. @param {Desk} desk @param {Model} model @param {State} state
 */
function notices(desk, { now, presence }, state) {
  const disk = presence?.disk;
  const size = formatSize(disk?.free_bytes ?? 0);
  const { clock, floor, outage, sleep } = state;
  const ms = (/** @type {State['outage']} */ of) => (of && floor && of.floor === floor.id ? of.to_ms - of.from_ms : 0);
  const [away, slept] = [ms(outage), ms(sleep)];
  const set = clockNews(state, now);
  const offer = (/** @type {string} */ text, /** @type {string} */ verb, /** @type {() => void} */ act) => html`<div class="outage">
    <span>${text}</span>
    <button class="button" type="button" aria-disabled=${desk.stale} aria-busy=${desk.busy.has('floor')} @click=${act}>${verb}</button>
  </div>`;
  if (!disk && !clock && away <= 0 && slept <= 0 && !set) return nothing;
  return html`<div class="floor-held">
    ${disk ? html`<p data-disk=${disk.level}>${disk.level === 'low' ? t('chair.disk_low', { size }) : t('chair.disk_nearly', { size })}</p>` : nothing}
    ${clock ? html`<p>${t('chair.held', { time: formatTime(clock.held_at_ms, true) })}</p>` : nothing}
    ${away > 0 ? offer(t('chair.outage', { wait: duration(away) }), t('chair.give_back'), () => desk.giveBack(state, away)) : nothing}
    ${slept > 0 ? offer(t('chair.slept', { wait: duration(slept) }), t('chair.charge'), () => desk.charge(state, slept)) : nothing}
    ${set ? html`<p>${t('chair.clock_set', { time: formatTime(set.at_ms, true), by: formatStep(set.by_ms) })}</p>` : nothing}
  </div>`;
}

/** Two buttons in the place of the one: a point of order ends with the chair's ruling. @param {Desk} desk @param {State} state */
function ruling(desk, state) {
  const off = desk.stale || desk.end.deaf(performance.now());
  // What comes back afterwards has another meaning; the large button must hear of it.
  desk.main.see(`${state.panel} rule ${state.floor?.id}`, performance.now());
  return html`<div class="ruling" role="group" aria-label=${t('chair.ruling')}>
    ${/** @type {const} */ (['sustained', 'overruled']).map(
      (r) => html`<button class="button main-act" type="button" data-act=${r} aria-disabled=${off} aria-busy=${desk.busy.has('main')} aria-keyshortcuts=${r[0].toUpperCase()} ?data-deaf=${off && !desk.stale} @click=${() => desk.rule(state, r)}>
        <span class="main-verb">${t(`chair.${r}`)}</span>
      </button>`,
    )}
  </div>`;
}

/** During a point of order the countdown is held beside the ruling. @param {Desk} desk @param {State} state */
function holdButton(desk, state) {
  const running = state.floor?.timer.state === 'running';
  return html`<button class="button hold" type="button" aria-disabled=${desk.stale} @click=${() => desk.timer(state, running ? 'pause' : 'start')}>
    ${t(running ? 'chair.hold' : 'chair.main.resume')}
  </button>`;
}

/** @param {Desk} desk @param {Model} model @param {State} state */
function endButtons(desk, model, state) {
  const { floor } = state;
  const off = desk.stale || !floor || desk.end.deaf(performance.now());
  const here = floor && model.now !== undefined && used(floor.timer, model.now) > ABSENT_MS;
  return html`<button class="button absent" type="button" title=${t('chair.absent_do')} aria-disabled=${off || here} @click=${() => floor && !here && desk.absentFloor(state)}>
      <span>${t('chair.absent_short')}</span> <span class="visually-hidden">(${t('chair.absent_do')})</span>
    </button>
    <button class="button danger end" type="button" aria-label=${t('chair.key.end')} aria-disabled=${off} @click=${() => floor && desk.endFloor(state)}>${t('chair.end')}</button>`;
}

/** @param {Model} model @param {State} state */
function more({ roster }, state) {
  const { floor, interrupted } = state;
  if (!floor) return nothing;
  // Whoever waits to go on matters more than the rest.
  if (interrupted) {
    const { limit_ms: limit, used_ms: gone } = interrupted.timer;
    return html`<span class="interrupted">${limit === undefined ? nothing : html`<bdi class="held-time" dir="ltr">${format(limit - gone)}</bdi> `}${t('chair.interrupted', { name: roster.name(interrupted.participant) })}</span>`;
  }
  const category = roster.get(floor.participant)?.category;
  return html`${category ? html`<span>${tOr('category', category)}</span>` : nothing}
  ${floor.behalf_of ? html`<span>${t('common.behalf', { name: behalfName(state, floor.behalf_of) })}</span>` : nothing}
  ${floor.level ? html`<span>${t(`level.${floor.level}`)}</span>` : nothing} ${floor.speaker ? html`<span><bdi>${floor.speaker}</bdi></span>` : nothing}
`;
}

/** @param {Desk} desk @param {Model} model @param {State} state @param {Act} act */
function mainButton(desk, model, state, act) {
  const now = performance.now();
  if (desk.main.see(`${state.panel} ${meaning(act)}`, now)) desk.later('main', desk.main.ms);
  const deaf = desk.main.deaf(now);
  const idle = act.kind === 'none';
  const whom =
    act.kind === 'call' && act.participant !== undefined
      ? model.roster.name(act.participant)
      : act.kind === 'switch' && act.panel !== undefined
        ? (state.panels[act.panel]?.title ?? act.panel)
        : undefined;
  const verb = desk.stale
    ? t(model.status.kind === 'denied' ? 'chair.main.denied' : 'chair.main.stale')
    : act.kind === 'open' && currentPanel(state)?.status === 'suspended'
      ? t('chair.main.reopen')
      : act.kind === 'call' && act.as !== undefined && act.as !== 'intervention'
        ? t('chair.main.call_as', { kind: tOr('kind', act.as) })
        : t(`chair.main.${act.kind}`);
  const named = whom === undefined || desk.stale ? '' : whom;
  desk.mainWords = verb + named;
  return html`<button
    class="button primary main-act"
    type="button"
    aria-disabled=${desk.stale || idle || deaf}
    aria-busy=${desk.busy.has('main')}
    aria-keyshortcuts="Space"
    ?data-deaf=${deaf && !idle && !desk.stale}
    data-act=${act.kind}
    @click=${(/** @type {Event} */ e) => !idle && desk.perform(state, act, /** @type {Element} */ (e.currentTarget))}
  >
    <span class="main-verb">${verb}</span>
    ${named ? html`<span class="main-whom"><bdi class="name">${named}</bdi></span>` : nothing}
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
