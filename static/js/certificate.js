// How an officer's device is made to trust a server that has its own certificate authority. Delegates need nothing of it.

import { Drawing, entitle } from './drawing.js';
import { load, preferred, remember, t } from './i18n.js';
import { html, nothing, render } from './lit.js';
import { languageMenu } from './parts.js';

/** @typedef {{name: string, fingerprint: string, until: string}} Authority */

/** The steps on each kind of device. @type {Record<string, number>} */
const PLATFORMS = { ios: 3, android: 2, windows: 2, mac: 2, firefox: 2, linux: 2 };

/** @type {{authority?: Authority | null, failed: boolean}} authority: null where the server has none */
const page = { failed: false };

/** Which device this is, as far as it says. @param {string} agent */
export function platformOf(agent) {
  if (/iPhone|iPad|iPod/.test(agent)) return 'ios';
  if (/Android/.test(agent)) return 'android';
  if (/Firefox/.test(agent)) return 'firefox';
  if (/Windows/.test(agent)) return 'windows';
  if (/Macintosh/.test(agent)) return 'mac';
  return 'linux';
}

/** @param {Authority} authority */
function instructions(authority) {
  const here = platformOf(navigator.userAgent);
  const secure = `https://${location.host}/`;
  const kinds = [here, ...Object.keys(PLATFORMS).filter((kind) => kind !== here)];
  return html`<section class="stack">
      <p>${t('certificate.why')}</p>
      ${location.protocol === 'https:' ? html`<p><strong>${t('certificate.secure')}</strong></p>` : nothing}
      <p><a class="button primary" href="/ca.crt">${t('certificate.download')}</a></p>
    </section>
    <section class="stack">
      <h2>${t('certificate.compare')}</h2>
      <p>${t('certificate.compare_text')}</p>
      <p class="fingerprint" dir="ltr">${authority.fingerprint}</p>
    </section>
    <section class="stack">
      <h2>${t('certificate.install')}</h2>
      ${kinds.map(
        (kind) => html`<details class="platform" ?open=${kind === here}>
          <summary>${t(`certificate.${kind}`)}</summary>
          <ol>
            ${Array.from({ length: PLATFORMS[kind] }, (_, i) => html`<li>${t(`certificate.${kind}_${i + 1}`, { name: authority.name })}</li>`)}
          </ol>
        </details>`,
      )}
    </section>
    <section class="stack">
      <h2>${t('certificate.after')}</h2>
      <p>${t('certificate.after_text')}</p>
      ${location.protocol === 'https:' ? nothing : html`<p><a class="button" href=${secure} dir="ltr">${secure}</a></p>`}
      <p class="muted">${t('certificate.remove')}</p>
    </section>`;
}

function view() {
  const { authority } = page;
  return html`<header class="page-head">
      <a class="brand" href="/">${t('common.app')}</a>
      <span class="push">${languageMenu(setLanguage)}</span>
    </header>
    <main class="landing">
      <h1>${t('certificate.title')}</h1>
      ${page.failed
        ? html`<div class="problem">${t('problem.network')} <button class="button" type="button" @click=${read}>${t('common.retry')}</button></div>`
        : authority === undefined
          ? html`<p class="muted">${t('common.loading')}</p>`
          : authority === null
            ? html`<p>${t('certificate.none')}</p>`
            : instructions(authority)}
    </main>`;
}

const app = /** @type {HTMLElement} */ (document.getElementById('app'));
const drawing = new Drawing(app, () => draw());

function draw() {
  drawing.draw(() => render(view(), app));
  dispatchEvent(new Event('rostrum-begun'));
}

/** @param {string} lang */
async function setLanguage(lang) {
  if (!(await load(lang, 'certificate'))) return;
  remember(lang);
  named();
}

async function read() {
  page.failed = false;
  try {
    const res = await fetch('/api/v1/authority', { headers: { Accept: 'application/json' } });
    if (!res.ok && res.status !== 404) throw new Error(`authority: ${res.status}`);
    page.authority = res.ok ? await res.json() : null;
  } catch {
    page.failed = true;
  }
  draw();
}

function named() {
  entitle(`${t('common.app')} – ${t('certificate.title')}`);
  draw();
}

await load(preferred(), 'certificate');
named();
read();
