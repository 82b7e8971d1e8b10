// The rapporteur's page: two rapporteurs at once with themes and quotes, corrections, the summary, written statements.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { check } from './axe.mjs';
import { PATIENCE, Server, build, launch, open, step } from './harness.mjs';

test('what rapporteurs do', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  const browser = await launch();
  t.after(() => browser.close());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  for (const participant of ['phl', 'ken']) await server.send('PUT', '/floor', { id: `i-${participant}`, participant });
  await server.send('DELETE', '/floor');

  const pages = {};
  for (const who of ['one', 'two']) {
    pages[who] = await open(browser, server.links.rapporteur, 'laptop', { reducedMotion: 'reduce' });
    await pages[who].locator('#note-i-phl').waitFor();
  }
  const { one, two } = pages;
  const entry = async (id) => (await server.state()).state.record[id];

  /** Waits until an entry of the record is as wanted. */
  async function until(id, wanted) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const is = await entry(id);
      if (wanted(is)) return is;
      if (Date.now() > end) throw new Error(`the record has ${JSON.stringify(is)}`);
      await new Promise((r) => setTimeout(r, 50));
    }
  }

  /** Holds a page's next save of a note back; what it gives lets it go. */
  async function hold(page) {
    let go;
    const held = new Promise((r) => (go = r));
    let caught;
    const asked = new Promise((r) => (caught = r));
    await page.route('**/note?*', async (route) => {
      caught();
      await held;
      await route.continue();
    });
    return async () => {
      await asked;
      go();
      await page.unroute('**/note?*', { behavior: 'wait' }).catch(() => undefined);
    };
  }

  await step(pages, 'themes of two rapporteurs and words of one come together', async () => {
    const go = await hold(two);
    await two.locator('#note-i-phl').fill('Prevention begins at home.');
    await one.locator('#tag-i-phl').fill('Children');
    await one.locator('#tag-i-phl').press('Enter');
    await until('i-phl', (e) => e.note?.tags?.length === 1);
    await go();
    const { note } = await until('i-phl', (e) => e.note.text !== '');
    assert.deepEqual([note.text, note.tags], ['Prevention begins at home.', ['Children']]);
    await two.locator('.entry', { has: two.locator('#note-i-phl') }).locator('.tag', { hasText: 'Children' }).waitFor();
    assert.equal(await two.locator('.conflict').count(), 0);
    await two.locator('#tag-i-ken').focus();
  });

  await step(pages, 'words of both are shown side by side, with their themes, and none is lost', async () => {
    await one.waitForFunction(() => document.querySelector('#note-i-phl')?.value === 'Prevention begins at home.');
    const go = await hold(two);
    await two.locator('#note-i-phl').fill('Prevention begins in school.');
    await one.locator('#note-i-phl').fill('Prevention begins with work.');
    await one.locator('#tag-i-phl').fill('Work, prevention,');
    await until('i-phl', (e) => e.note.tags.length === 3 && e.note.text.endsWith('work.'));
    await go();
    const conflict = two.locator('.conflict');
    await conflict.waitFor();
    const [mine, theirs] = await conflict.locator('.side').allInnerTexts();
    assert.match(mine, /in school\.[^]*Children/);
    assert.match(theirs, /with work\.[^]*Children[^]*Work[^]*prevention/);
    await conflict.getByRole('button', { name: 'Keep both' }).click();
    const { note } = await until('i-phl', (e) => e.note.text.includes('school'));
    assert.deepEqual([note.text, note.tags], ['Prevention begins with work.\n\nPrevention begins in school.', ['Children', 'Work', 'prevention']]);
  });

  await step(pages, 'a theme that is known is offered, and a quote is marked', async () => {
    await two.locator('#tag-i-ken').fill('PREV');
    await two.locator('#tag-i-ken').press('ArrowDown');
    await two.locator('#tag-i-ken').press('Enter');
    await two.locator('.entry', { has: two.locator('#note-i-ken') }).getByRole('button', { name: 'Quote' }).click();
    await two.locator('#note-i-ken').fill('“Nobody is for sale.”');
    const { note } = await until('i-ken', (e) => e.note?.text && e.note.quote);
    assert.deepEqual(note.tags, ['prevention']);
    await two.getByRole('button', { name: 'Remove the theme “prevention”' }).first().click();
    assert.equal((await until('i-ken', (e) => !e.note.tags)).note.quote, true);
  });

  await step(pages, 'a correction is refused where it cannot be, then stands in the record, and can be taken back', async () => {
    const before = await entry('i-ken');
    await one.locator('#correct-i-ken').click();
    await one.locator('#correct-who:focus').waitFor();
    await one.locator('input[name=used_ms]').fill('59:00');
    await one.locator('#form-i-ken .primary').click();
    await one.locator('#correct-wrong:focus').waitFor(); // it comes a frame after the line, and would close a list that is open by then
    assert.equal((await entry('i-ken')).corrections, undefined);
    await one.locator('input[name=used_ms]').fill('0:00');
    await one.locator('#correct-who').fill('ougan');
    await one.locator('#correct-who-options .option').first().click();
    await one.getByLabel('Reason for the correction').fill('The delegation of Uganda spoke.');
    await one.keyboard.press('Enter');
    const corrected = await until('i-ken', (e) => e.corrections);
    assert.deepEqual([corrected.participant, corrected.corrections[0].was.participant, corrected.corrections[0].by], ['uga', 'ken', 'rapporteur']);
    assert.equal((await server.state()).state.spoken.ken, undefined);
    await two.getByText('Corrected once').click();
    await two.getByText('The delegation of Uganda spoke.').waitFor();
    await two.getByRole('button', { name: 'Put back as it was' }).click();
    const back = await until('i-ken', (e) => e.corrections.length === 2);
    assert.deepEqual([back.participant, back.used_ms], ['ken', before.used_ms]);
  });

  await step(pages, 'the summary is brought in the language of the page', async () => {
    const language = two.locator('.language-menu select');
    await language.selectOption('fr');
    const [file] = await Promise.all([two.waitForEvent('download'), two.getByRole('link', { name: 'Markdown' }).click()]);
    const summary = readFileSync(await file.path(), 'utf8');
    assert.match(summary, /Philippines/);
    assert.match(summary, /Prevention begins in school/);
    const [word] = await Promise.all([two.waitForEvent('download'), two.getByRole('link', { name: 'DOCX' }).click()]);
    assert.equal(readFileSync(await word.path()).subarray(0, 2).toString(), 'PK');
  });

  await step(pages, 'a language that cannot be had is not the one that the menu shows', async () => {
    const page = await open(browser, server.links.rapporteur, 'laptop', { serviceWorkers: 'block' });
    await page.locator('#note-i-phl').waitFor();
    const shown = await page.evaluate(() => document.documentElement.lang);
    await page.route('**/messages/es/*', (route) => route.fulfill({ status: 503 }));
    await page.locator('.language-menu select').selectOption('es');
    await page.waitForFunction((lang) => document.querySelector('.language-menu select').value === lang, shown);
    await page.context().close();
  });

  await step(pages, 'a written statement is sent for whoever brings it, or told why it is not', async () => {
    await one.locator('details.hand summary').click();
    await one.locator('#statement-file').setInputFiles({ name: 'speech.docx', mimeType: 'application/octet-stream', buffer: Buffer.from('PK') });
    await one.getByText('Only a text (.txt) or a PDF can be added.').waitFor();
    await one.locator('#statement-file').setInputFiles({ name: 'Statement of Kenya.pdf', mimeType: '', buffer: Buffer.from('%PDF-1.7') });
    await one.locator('.hand .primary').click();
    await one.getByText('Choose the participant whose statement it is.').waitFor();
    await one.locator('#statement-who').fill('ken');
    await one.locator('#statement-who-options .option').first().click();
    await one.locator('.hand .primary').click();
    await one.waitForFunction(() => document.querySelector('#statement-file')?.value === '');
    const link = one.getByRole('link', { name: /Statement of Kenya\.pdf/ });
    const [file] = await Promise.all([one.waitForEvent('download'), link.click()]);
    assert.equal(file.suggestedFilename(), 'Statement of Kenya.pdf');
    assert.equal(readFileSync(await file.path(), 'latin1'), '%PDF-1.7');
    await two.getByText('Statement of Kenya.pdf').waitFor(); // both rapporteurs see it
  });

  await step(pages, 'what is made ready while a statement is on its way is not thrown away', async () => {
    const page = await open(browser, server.links.rapporteur, 'laptop', { serviceWorkers: 'block' });
    let go;
    const held = new Promise((r) => (go = r));
    await page.route('**/statements?*', async (route) => {
      await held;
      await route.continue();
    });
    await page.locator('details.hand summary').click();
    /** Chooses a file and whose it is. */
    const ready = async (name, who) => {
      await page.locator('#statement-file').setInputFiles({ name, mimeType: '', buffer: Buffer.from('words') });
      await page.locator('#statement-who').fill(who);
      await page.locator('#statement-who-options .option').first().click();
    };
    await ready('first.txt', 'ken');
    await page.locator('.hand .primary').click();
    await page.locator('.hand progress').waitFor();
    await ready('second.txt', 'phil');
    go();
    await page.getByRole('link', { name: 'first.txt' }).waitFor();
    await page.locator('.hand progress').waitFor({ state: 'detached' });
    assert.equal(await page.locator('#statement-who').inputValue(), 'Philippines');
    assert.match(await page.locator('#statement-file').inputValue(), /second\.txt$/);
    await page.locator('.hand .primary').click();
    await page.getByRole('link', { name: 'second.txt' }).waitFor();
    await page.context().close();
  });
  for (const page of [one, two]) assert.deepEqual(page.faults.filter((f) => !/409/.test(f)), []);

  await step(pages, 'everybody can use all of it', async () => {
    for (const [locale, device, more] of [['en', 'laptop'], ['ar', 'phone', { viewport: { width: 320, height: 568 } }]]) {
      const page = await open(browser, server.links.rapporteur, device, { locale, reducedMotion: 'reduce', ...more });
      await page.locator('#correct-i-phl').click();
      await page.locator('details.corrections summary').click();
      await page.locator('details.hand summary').click();
      await page.locator('#tag-i-ken').click();
      await page.locator('#tag-i-ken-options .option').first().waitFor();
      await check(page, `the record, ${locale}`);
      await page.context().close();
    }
  });
});
