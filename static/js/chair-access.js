// Who may speak for whom, and who else is on: the join code, those who wait to be confirmed, badges, links and the other officers.

/** @import { Model } from './app.js' */
/** @import { Participant, Role, State } from './types.js' */
/** @import { Desk } from './chair-desk.js' */
/** @import { View } from './lit.js' */
import { debateId } from './app.js';
import { html, live, nothing } from './lit.js';
import { formatNumber, formatTime, language, t } from './i18n.js';
import { nameOf } from './parts.js';
import { fold } from './roster.js';
import { icon, minutes, said, segments, toggle } from './chair-parts.js';
import { sheet, twiceButton } from './chair-sheet.js';

const MINUTE = 60_000;
const AGAIN_MS = 3000; // after an answer that did not come
const PERIODS = [10, 30, 60]; // minutes
/** Whose links are renewed, and passed on to another device. @type {Role[]} */
const OFFICERS = ['chair', 'rapporteur', 'display'];

/** What this sheet has asked for, and what is being typed in it. */
const own = {
  /** @type {string | undefined} this browser's session */
  session: undefined,
  asked: false,
  /** @type {{role: Role, url: string, until_ms: number, qr: string} | undefined} a link for another tablet */
  pass: undefined,
  /** @type {{role: Role, url: string} | undefined} a link that was renewed */
  renewed: undefined,
  badge: '',
  /** @type {string | undefined} whose badge was renewed; "" for all */
  badged: undefined,
};

/** How many wait to be confirmed. @param {State} state */
export const waiting = (state) => Object.keys(state.claims ?? {}).length;

/** @param {Desk} desk @param {Model} model @param {State} state @returns {View} */
export function accessSheet(desk, model, state) {
  if (!own.asked) {
    own.asked = true;
    desk.app?.api
      .me()
      .then((me) => (own.session = me?.session))
      .catch(() => desk.later('session', AGAIN_MS, () => (own.asked = false)))
      .finally(() => desk.render());
  }
  return sheet(
    desk,
    'access',
    html`${claims(desk, model, state)} ${join(desk, state)} ${others(desk, model)} ${pass(desk, model)} ${badges(desk, model)} ${links(desk)}`,
  );
}

/** Those who have joined with the code and wait to be confirmed. @param {Desk} desk @param {Model} model @param {State} state */
function claims(desk, model, state) {
  const pending = Object.entries(state.claims ?? {}).sort(([, a], [, b]) => a.at_ms - b.at_ms);
  if (pending.length === 0) return nothing;
  const answer = (/** @type {string} */ participant, /** @type {boolean} */ accept) =>
    desk.act('claims', `claim ${participant} ${accept} ${state.claims?.[participant]?.session}`, (key, app) => app.api.command('POST', `/claims/${encodeURIComponent(participant)}`, { accept }, { key }));
  return html`<section class="part claims" aria-labelledby="claims-title">
    <h3 id="claims-title">${t('chair.access.claims')} <span class="count">${formatNumber(pending.length)}</span></h3>
    <p class="muted small">${t('chair.access.claims_why')}</p>
    <ul class="claim-list">
      ${pending.map(([participant, { at_ms }]) => {
        const name = model.roster.name(participant);
        return html`<li class="claim">
          <span class="claim-who">${nameOf(model.roster, participant)} <span class="muted small">${formatTime(at_ms)}</span></span>
          <button class="button primary" type="button" aria-disabled=${desk.stale} @click=${() => answer(participant, true)}>${t('chair.access.accept')} <span class="visually-hidden">${name}</span></button>
          <button class="button" type="button" aria-disabled=${desk.stale} @click=${() => answer(participant, false)}>${t('chair.access.decline')} <span class="visually-hidden">${name}</span></button>
        </li>`;
      })}
    </ul>
    ${said(desk, 'claims')}
  </section>`;
}

/** @param {Desk} desk @param {State} state */
function join(desk, state) {
  const { join: now } = state;
  if (!now) return nothing;
  const on = now.off !== true;
  const set = (/** @type {Record<string, unknown>} */ change) => desk.act('join', `join ${JSON.stringify(change)} ${now.code}`, (key, app) => app.api.command('PUT', '/join', change, { key }));
  const every = now.every_ms === undefined ? '' : String(now.every_ms);
  const periods = PERIODS.map((m) => ({ value: String(m * MINUTE), label: minutes(m) }));
  if (every !== '' && !periods.some((p) => p.value === every)) periods.push({ value: every, label: minutes(Math.round(Number(every) / MINUTE)) });
  periods.sort((a, b) => Number(a.value) - Number(b.value));
  periods.push({ value: '', label: t('chair.access.never') });
  return html`<section class="part" aria-labelledby="join-title">
    <div class="part-head">
      <h3 id="join-title">${t('chair.code')}</h3>
      ${toggle(t(on ? 'chair.access.on' : 'chair.access.off'), on, (next) => set({ on: next }), desk.stale)}
    </div>
    ${on && now.code
      ? html`<div class="join-now">
          <bdi class="join-code" dir="ltr">${now.code}</bdi>
          <div>
            ${now.until_ms === undefined ? nothing : html`<p class="muted small">${t('chair.access.until', { time: formatTime(now.until_ms) })}</p>`}
            <p class="small join-url" dir="ltr">${now.url.replace(/#.*/, '')}</p>
          </div>
          <button class="button" type="button" aria-disabled=${desk.stale} aria-busy=${desk.busy.has('join')} @click=${() => set({ renew: true })}>${t('chair.access.new_code')}</button>
        </div>`
      : html`<p class="muted">${t('chair.access.off_why')}</p>`}
    <div class="setting">
      <span class="setting-label" aria-hidden="true">${t('chair.access.every')}</span>
      ${segments(t('chair.access.every'), periods, every, (v) => set({ every_ms: v === '' ? null : Number(v) }), desk.stale)}
    </div>
    ${said(desk, 'join')}
  </section>`;
}

/** Who else is on. @param {Desk} desk @param {Model} model */
function others(desk, { presence }) {
  if (!presence) return nothing;
  const sessions = (presence.sessions ?? []).filter((s) => s.role !== 'delegate').sort((a, b) => OFFICERS.indexOf(a.role) - OFFICERS.indexOf(b.role) || a.since_ms - b.since_ms);
  return html`<section class="part" aria-labelledby="others-title">
    <div class="part-head">
      <h3 id="others-title">${t('chair.access.others')}</h3>
      <span class="muted small">${t('chair.screens', { count: presence.screens })} · ${t('chair.phones', { count: presence.phones })}</span>
    </div>
    <ul class="sessions">
      ${sessions.map(
        (s) => html`<li>
          <span class="session-role">${t(`chair.role.${s.role}`)}</span>
          ${s.session !== undefined && s.session === own.session ? html`<span class="chip brand">${t('chair.access.this')}</span>` : nothing}
          <span class="muted small">${t('chair.access.since', { time: formatTime(s.since_ms) })}</span>
        </li>`,
      )}
    </ul>
  </section>`;
}

/** A link for another device: good once, and for a few minutes. @param {Desk} desk @param {Model} model */
function pass(desk, model) {
  const now = model.now;
  if (own.pass && now !== undefined && now > own.pass.until_ms) own.pass = undefined;
  const make = async (/** @type {Role} */ role) => {
    await desk.act('pass', `pass ${role} ${Math.floor(performance.now() / 1000)}`, async (key, app) => {
      const { url, until_ms, qr } = await app.api.command('POST', '/pass', { role }, { key });
      if (url && until_ms && qr) own.pass = { role, url, until_ms, qr };
    });
  };
  return html`<section class="part" aria-labelledby="pass-title">
    <h3 id="pass-title">${t('chair.access.pass')}</h3>
    <p class="muted small">${t('chair.access.pass_why')}</p>
    <div class="row">
      ${OFFICERS.map((role) => html`<button class="button" type="button" aria-pressed=${own.pass?.role === role} aria-disabled=${desk.stale} @click=${() => make(role)}>${t(`chair.role.${role}`)}</button>`)}
    </div>
    ${own.pass
      ? html`<div class="pass" role="status">
          <img class="pass-qr" src=${own.pass.qr} alt=${t('chair.access.qr', { name: t(`chair.role.${own.pass.role}`) })} width="176" height="176" />
          <div class="pass-words">
            <p><b>${t(`chair.role.${own.pass.role}`)}</b></p>
            <p>${t('chair.access.pass_until', { time: formatTime(own.pass.until_ms, true) })}</p>
            ${copyable(own.pass.url)}
            <button class="button" type="button" @click=${() => ((own.pass = undefined), desk.render())}>${t('chair.access.hide')}</button>
          </div>
        </div>`
      : nothing}
    ${said(desk, 'pass')}
  </section>`;
}

/** A link as text that is selected with one tap. @param {string} url */
const copyable = (url) =>
  html`<input class="input link-text" type="text" readonly dir="ltr" aria-label=${t('chair.access.link')} .value=${live(url)} @focus=${(/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).select()} />`;

/** @param {Desk} desk @param {Model} model */
function badges(desk, model) {
  const { roster, presence } = model;
  const on = Object.entries(presence?.badges ?? {}).sort(([a], [b]) => roster.name(a).localeCompare(roster.name(b)));
  const typed = fold(own.badge) !== '';
  const found = typed ? roster.search(own.badge).slice(0, 5) : [];
  const renew = (/** @type {Participant | undefined} */ p) =>
    desk.act('badges', `badge ${p?.id ?? ''} ${Math.floor(performance.now() / 1000)}`, async (id, app) => {
      await app.api.command('POST', '/badges/renew', { id, ...(p && { participant: p.id }) });
      own.badged = p?.id ?? '';
      own.badge = '';
    });
  return html`<section class="part" aria-labelledby="badges-title">
    <h3 id="badges-title">${t('chair.access.badges')}</h3>
    <p class="muted small">${t('chair.access.badges_why')}</p>
    <div class="row">
      <a class="button" href="/${encodeURIComponent(debateId())}/cards?as=chair&page=${language()}" target="_blank" rel="noopener">${t('chair.access.print')}</a>
      ${twiceButton(desk, { what: 'badges all', label: t('chair.access.renew_all'), warning: t('chair.access.renew_all_sure'), act: () => renew(undefined) })}
    </div>
    <label class="field"
      ><span class="label">${t('chair.access.renew_one')}</span>
      <input
        class="input"
        type="search"
        dir="auto"
        autocomplete="off"
        spellcheck="false"
        .value=${live(own.badge)}
        @focus=${() => roster.loadOthers()}
        @input=${(/** @type {Event} */ e) => {
          own.badge = /** @type {HTMLInputElement} */ (e.target).value;
          own.badged = undefined;
          desk.render();
        }}
    /></label>
    <ul class="found">
      ${found.map(
        (p) => html`<li class="claim">
          <span class="claim-who">${nameOf(roster, p.id)}</span>
          ${twiceButton(desk, { what: `badge ${p.id}`, label: html`${t('chair.access.renew')} <span class="visually-hidden">${p.name}</span>`, warning: t('chair.access.renew_sure'), act: () => renew(p) })}
        </li>`,
      )}
    </ul>
    ${own.badged === undefined ? nothing : html`<p class="done" role="status">${own.badged === '' ? t('chair.access.renewed_all') : t('chair.access.renewed_one', { name: roster.name(own.badged) })}</p>`}
    ${on.length > 0
      ? html`<details class="badges-on">
          <summary>${t('chair.access.badges_on', { count: on.length })}</summary>
          <ul>
            ${on.map(([id, count]) => html`<li>${nameOf(roster, id)} <span class="muted">${icon('phone')} ${formatNumber(count)}</span></li>`)}
          </ul>
        </details>`
      : nothing}
    ${said(desk, 'badges')}
  </section>`;
}

/** @param {Desk} desk */
function links(desk) {
  const renew = (/** @type {Role} */ role) =>
    desk.act('links', `link ${role} ${Math.floor(performance.now() / 1000)}`, async (id, app) => {
      const { url } = await app.api.command('POST', '/links/renew', { id, role });
      if (url !== undefined) own.renewed = { role, url };
    });
  return html`<section class="part" aria-labelledby="links-title">
    <h3 id="links-title">${t('chair.access.links')}</h3>
    <p class="muted small">${t('chair.access.links_why')}</p>
    <div class="row">
      ${OFFICERS.map((role) => twiceButton(desk, { what: `link ${role}`, label: t(`chair.role.${role}`), warning: t('chair.access.links_sure'), act: () => renew(role) }))}
    </div>
    ${own.renewed ? html`<div class="renewed" role="status"><p>${t('chair.access.renewed', { name: t(`chair.role.${own.renewed.role}`) })}</p>${copyable(own.renewed.url)}</div>` : nothing}
    ${said(desk, 'links')}
  </section>`;
}
