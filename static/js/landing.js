// The front page: one question, who are you? It also says what was wrong with a link that led nowhere.

import { problemOf } from './api.js';
import { begun, debateId, sign } from './app.js';
import { Drawing, entitle } from './drawing.js';
import { formatDate, load, loadMore, preferred, problemText, remember, t } from './i18n.js';
import { html, nothing, render } from './lit.js';
import { languageMenu } from './parts.js';
import { wrongWay } from './landing-path.js';

/** @typedef {{id: string, title: string, date?: string, rehearsal?: true}} Listed */

/** @typedef {{id: string, title?: string, date?: string, code: string}} Unopened */

/** @type {{debates?: Listed[], unopened: Unopened[], chosen?: string, failed: boolean, problem?: import('./types.js').Problem}} problem: what was wrong with a link */
const page = { failed: false, unopened: [] };
const wrong = wrongWay(location.pathname);

function view() {
  const { debates } = page;
  const debate = debates?.find((d) => d.id === page.chosen) ?? (debates?.length === 1 ? debates[0] : undefined);
  return html`<header class="page-head">
      <span class="brand">${t('common.app')}</span>
      <span class="push">${languageMenu(setLanguage)}</span>
    </header>
    <main class="landing">
      ${wrong ? whatWasWrong(wrong) : nothing}
      ${page.failed
        ? html`<div class="problem">${t('problem.network')} <button class="button" type="button" @click=${read}>${t('common.retry')}</button></div>`
        : debates === undefined
          ? html`<p class="muted">${t('common.loading')}</p>`
          : debates.length === 0
            ? html`<p>${t('landing.none')}</p>`
            : html`${debates.length > 1 ? choice(debates, debate) : nothing} ${debate ? doors(debate, debates.length > 1) : nothing}`}
      ${wrong ? nothing : page.unopened.map((d) => html`<p class="problem"><bdi>${d.title ?? d.id}</bdi>: ${t('landing.unopened')}</p>`)}
    </main>`;
}

/** @param {'link' | 'debate'} way */
function whatWasWrong(way) {
  const meant = page.unopened.find((d) => d.id === debateId());
  const heading = meant ? 'landing.unopened' : way === 'link' ? 'landing.bad_link' : 'landing.unknown';
  const problem = meant ?? page.problem;
  return html`<div class="wrong" role="alert">
    <h1>${t(heading)}</h1>
    ${meant?.title ? html`<p><bdi>${meant.title}</bdi></p>` : nothing}
    <p>${problem && problem.code !== 'bad_token' ? problemText(problem) : t(way === 'link' ? 'landing.bad_link_text' : 'landing.unknown_text')}</p>
  </div>`;
}

/** @param {Listed[]} debates @param {Listed | undefined} chosen */
const choice = (debates, chosen) => html`<section class="stack">
  ${wrong ? html`<h2>${t('landing.choose')}</h2>` : html`<h1>${t('landing.choose')}</h1>`}
  <ul class="debates">
    ${debates.map(
      (d) => html`<li>
        <button class="debate-choice" type="button" aria-pressed=${d === chosen} @click=${() => choose(d.id)}>
          <bdi>${d.title}</bdi> ${d.date ? html`<span class="muted small">${formatDate(d.date)}</span>` : nothing}
        </button>
      </li>`,
    )}
  </ul>
</section>`;

/** @param {Listed} debate @param {boolean} second after a choice */
function doors(debate, second) {
  const to = (/** @type {string} */ name) => `/${encodeURIComponent(debate.id)}/${name}`;
  const heading = t('landing.title');
  return html`<section class="stack">
    <div class="about">
      ${second || wrong ? html`<h2>${heading}</h2>` : html`<h1>${heading}</h1>`}
      ${second ? nothing : html`<p class="muted"><bdi>${debate.title}</bdi>${debate.date ? html`<br />${formatDate(debate.date)}` : nothing}</p>`}
    </div>
    <a class="door main-door" href=${to('floor')}>
      <span class="door-name">${t('landing.delegate')}</span><span class="door-text">${t('landing.delegate_text')}</span>
    </a>
    <a class="door" href=${to('display')}>
      <span class="door-name">${t('landing.display')}</span><span class="door-text">${t('landing.display_text')}</span>
    </a>
    <div class="door officers">
      <span class="door-name">${t('landing.officers')}</span><span class="door-text">${t('landing.officers_text')}</span>
      <span class="row"><a class="button" href=${to('chair')}>${t('landing.chair')}</a> <a class="button" href=${to('record')}>${t('landing.record')}</a></span>
    </div>
  </section>`;
}

const app = /** @type {HTMLElement} */ (document.getElementById('app'));
const drawing = new Drawing(app, draw);

function draw() {
  drawing.draw(() => render(view(), app));
  sign(app, page.debates?.some((d) => d.rehearsal) === true);
  begun();
}

/** @param {string} id */
function choose(id) {
  page.chosen = id;
  draw();
}

/** @param {string} lang */
async function setLanguage(lang) {
  if (!(await load(lang, 'landing'))) return;
  remember(lang);
  named();
}

async function read() {
  page.failed = false;
  try {
    const res = await fetch('/api/v1/debates', { headers: { Accept: 'application/json' } });
    if (!res.ok) throw new Error(`debates: ${res.status}`);
    const list = await res.json();
    page.debates = list.debates;
    page.unopened = list.unopened ?? [];
    // A bad link still says which debate was meant.
    if (wrong === 'link') page.chosen = debateId();
  } catch {
    page.failed = true;
  }
  draw();
}

function named() {
  entitle(`${t('common.app')} – ${t('landing.title')}`);
  draw();
}

/** Asks what is wrong with the link, and takes its secret out of the address bar. */
async function ask() {
  const link = location.href;
  history.replaceState(null, '', location.pathname);
  const res = await fetch(link, { headers: { Accept: 'application/json' }, cache: 'no-store' }).catch(() => undefined);
  if (!res || res.ok || res.redirected) return;
  page.problem = await problemOf(res);
  draw();
}

await load(preferred(), 'landing');
loadMore('problems').then(() => draw(), () => {});
named();
read();
if (wrong === 'link') ask();
