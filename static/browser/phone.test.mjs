// What only real phones show: a server that has had enough for now, two of them that change places, and a chair who has only a phone, or a tablet that
// stands upright.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { DEBATE, Server, build, drawn, launch, open, step, until } from './harness.mjs';

/** A phone whose delegation has joined. */
async function delegate(browser, server, participant) {
  const { answer } = await server.as(undefined, 'POST', '/join', { participant, code: server.links.join_code });
  const link = new URL(`/${DEBATE}/enter`, server.base);
  link.searchParams.set('token', answer.token);
  return open(browser, link.href, 'phone');
}

/** Whose requests are on the list, in its order. */
const listed = async (server) => Object.values((await server.state()).state.requests).sort((a, b) => (a.rank < b.rank ? -1 : 1)).map((r) => r.participant);

/** Too soon: to be sent again after so many seconds. */
const tooSoon = (route, seconds) =>
  route.fulfill({ status: 429, contentType: 'application/problem+json', headers: { 'Retry-After': String(seconds) }, body: JSON.stringify({ code: 'rate_limited', status: 429, title: 'Too many' }) });

test('phones', async (t) => {
  const server = await new Server(build()).start();
  t.after(() => server.kill());
  await server.send('PUT', '/panel', { panel: 'morning' });
  await server.send('PATCH', '/panels/morning', { status: 'open', list: 'open' });
  const browser = await launch();
  t.after(() => browser.close());

  await t.test('a request that the server was too busy for is sent once more, and stands once on the list', async () => {
    const phone = await delegate(browser, server, 'ken');
    const tries = [];
    let go;
    const seen = new Promise((done) => (go = done));
    await phone.route('**/requests?as=delegate', async (route) => {
      tries.push({ at: performance.now(), id: JSON.parse(route.request().postData() ?? '{}').id });
      if (tries.length === 1) return tooSoon(route, 3);
      await seen;
      return route.continue();
    });
    await step({ phone }, 'it waits as long as the server said', async () => {
      await phone.getByRole('button', { name: 'Ask for the floor' }).click();
      await phone.getByText('Not sent yet').first().waitFor();
      assert.deepEqual(await listed(server), []);
      go();
      await phone.locator('.hero .place').waitFor();
      assert.ok(tries[1].at - tries[0].at >= 3000, `sent again after ${tries[1].at - tries[0].at} ms`);
      assert.deepEqual(tries.map((x) => x.id), [tries[0].id, tries[0].id], 'it is the same request, sent twice');
    });
    await step({ phone }, 'and is not sent again', async () => {
      await phone.reload();
      await phone.locator('.hero .place').waitFor();
      assert.equal(tries.length, 2);
      assert.deepEqual(await listed(server), ['ken']);
    });
    await phone.context().close();
  });

  await t.test('too many codes: the form counts down, and sends the code again by itself', async () => {
    const phone = await open(browser, server.links.join, 'phone');
    const tries = [];
    await phone.route('**/join?as=delegate', (route) => (tries.push(route.request().postData()) === 1 ? tooSoon(route, 4) : route.continue()));
    await phone.locator('#who').fill('Oman');
    await phone.getByRole('option', { name: 'Oman', exact: true }).click();
    await phone.locator('#code').fill(server.links.join_code);
    // Each text that the form says, from the first on. Its seconds go by as the test says: a slow machine would leave some out.
    await phone.locator('#door-problem').evaluate((el) => {
      window.said = [];
      new MutationObserver(() => el.textContent && el.textContent !== window.said.at(-1) && window.said.push(el.textContent)).observe(el, { subtree: true, childList: true, characterData: true });
    });
    await phone.clock.install();
    await phone.clock.pauseAt(Date.now() + 5000);
    await phone.locator('button[type=submit]').evaluate((el) => el.click());
    const seconds = async () => (await phone.evaluate(() => window.said)).map((text) => Number(text.match(/(\d+) second/)?.[1])).filter((n) => !Number.isNaN(n));
    await until('it counts', async () => {
      await phone.clock.runFor(20);
      return (await seconds()).length > 0;
    });
    await phone.clock.runFor(3500);
    assert.deepEqual(await seconds(), [4, 3, 2, 1]);
    assert.equal(tries.length, 1, 'nothing is sent meanwhile');
    await phone.clock.resume();
    await phone.locator('.act-bar .primary').waitFor();
    assert.deepEqual(tries, [tries[0], tries[0]], 'it is the same, sent twice');
    await phone.context().close();
  });

  await t.test('a request that the stopping server refused is kept and sent again, and so is one that a gateway held up', async () => {
    for (const [participant, status, code] of [['fin', 503, 'journal_unavailable'], ['est', 429, undefined]]) {
      const phone = await delegate(browser, server, participant);
      const tries = [];
      await phone.route('**/requests?as=delegate', (route) => {
        tries.push(JSON.parse(route.request().postData() ?? '{}').id);
        return tries.length === 1 ? route.fulfill({ status, contentType: 'application/problem+json', headers: { 'Retry-After': '1' }, body: JSON.stringify({ code, status }) }) : route.continue();
      });
      await phone.getByRole('button', { name: 'Ask for the floor' }).click();
      await phone.getByText('Not sent yet').first().waitFor();
      await phone.locator('.hero .place').waitFor();
      assert.deepEqual(tries, [tries[0], tries[0]], 'it is the same request, sent twice');
      await phone.context().close();
    }
    await server.send('DELETE', `/requests/${Object.entries((await server.state()).state.requests).find(([, r]) => r.participant === 'fin')[0]}`);
    await server.send('DELETE', `/requests/${Object.entries((await server.state()).state.requests).find(([, r]) => r.participant === 'est')[0]}`);
  });

  await t.test('an answer about who was here before does not throw out who has joined since', async () => {
    const phone = await open(browser, 'about:blank', 'phone', { serviceWorkers: 'block' });
    /** The first answers say that nobody has joined; they come late. */
    const late = [];
    let joined = false;
    await phone.route('**/me?*', async (route) => {
      if (joined) return route.continue();
      late.push({ route, response: await route.fetch() });
    });
    await phone.route('**/join?as=delegate', async (route) => {
      const response = await route.fetch();
      joined = true;
      await route.fulfill({ response });
    });
    await phone.goto(`${server.links.join}#code=${server.links.join_code}`);
    await phone.locator('#who').fill('Chile');
    await phone.getByRole('option', { name: 'Chile', exact: true }).click();
    await phone.locator('button[type=submit]').click();
    const ask = phone.getByRole('button', { name: 'Ask for the floor' });
    await ask.waitFor();
    await phone.evaluate(() => {
      window.forms = 0;
      new MutationObserver(() => document.querySelector('#who')?.checkVisibility() && window.forms++).observe(document.body, { subtree: true, childList: true, attributes: true });
    });
    assert.ok(late.length > 0, 'the page asks who it is before somebody joins');
    for (const { route, response } of late) {
      assert.equal(response.status(), 401);
      const answered = phone.waitForResponse((r) => r.request() === route.request());
      await route.fulfill({ response });
      await (await answered).finished();
    }
    await drawn(phone);
    assert.equal(await phone.evaluate(() => window.forms), 0, 'the form stands there again');
    await ask.waitFor();
    await phone.context().close();
  });

  await t.test('a code that is scanned again in the same tab is taken', async () => {
    const phone = await open(browser, `${server.links.join}#code=111111`, 'phone');
    await phone.locator('#who').waitFor();
    assert.equal(await phone.locator('#code').inputValue(), '111111');
    await phone.evaluate((code) => (location.hash = `code=${code}`), server.links.join_code);
    await phone.waitForFunction((code) => document.getElementById('code').value === code, server.links.join_code);
    assert.equal(await phone.evaluate(() => location.hash), '', 'it does not stay in the address');
    await phone.context().close();
  });

  await t.test('Enter that ends the choosing of characters chooses no delegation', async () => {
    const phone = await open(browser, server.links.join, 'phone', { locale: 'zh' });
    await phone.locator('#who').fill('k');
    await phone.locator('.options .option').first().waitFor();
    const enter = (isComposing) => phone.locator('#who').evaluate((el, isComposing) => el.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing, bubbles: true, cancelable: true })), isComposing);
    assert.equal(await enter(true), true, 'it is the input method’s');
    assert.equal(await phone.locator('.chosen').isVisible(), false);
    await enter(false);
    await phone.locator('.chosen').waitFor();
    await phone.context().close();
  });

  await t.test('a tap below the open list of delegations meets what it was for', async () => {
    for (const device of ['phone', 'laptop']) {
      const page = await open(browser, server.links.join, device);
      await page.locator('#who').fill('nor');
      await page.locator('.options .option').first().waitFor();
      const join = page.locator('button[type=submit]');
      await join.scrollIntoViewIfNeeded();
      const box = await join.boundingBox();
      const at = [box.x + box.width / 2, box.y + box.height / 2];
      if (device === 'phone') await page.touchscreen.tap(...at);
      else await page.mouse.click(...at, { delay: 80 });
      await page.locator('#door-missing').waitFor();
      await page.locator('.options').getByRole('option', { name: 'Norway', exact: true }).click();
      await page.locator('.chosen').waitFor();
      await page.context().close();
    }
  });

  await t.test('a page of which a part did not come begins anew, and does what was wished for', async () => {
    const phone = await open(browser, 'about:blank', 'phone', { serviceWorkers: 'block' });
    let lost = true;
    await phone.route('**/js/merge.js', (route) => (lost ? route.abort('connectionreset') : route.continue()));
    await phone.goto(`${server.links.join}#code=${server.links.join_code}`);
    await phone.locator('#who').fill('Malta');
    await phone.getByRole('option', { name: 'Malta', exact: true }).click();
    await phone.locator('button[type=submit]').click();
    await phone.getByText('The server did not answer').waitFor();
    lost = false;
    await phone.locator('.act-bar .primary').waitFor();
    await phone.locator('.page-head').getByText('Malta').waitFor();
    await phone.context().close();
  });

  await t.test('who chooses the same delegation again may still withdraw what it asked for', async () => {
    const phone = await open(browser, server.links.join, 'phone');
    const join = async () => {
      await phone.locator('#who').fill('Peru');
      await phone.getByRole('option', { name: 'Peru', exact: true }).click();
      await phone.locator('#code').fill(server.links.join_code);
      await phone.locator('button[type=submit]').click();
    };
    await join();
    await phone.getByRole('button', { name: 'Ask for the floor' }).click();
    await phone.locator('.hero .place').waitFor();
    await phone.locator('.change').click();
    await join();
    await phone.getByRole('button', { name: 'Withdraw' }).click();
    await phone.locator('.act-bar[data-kind=undo]').waitFor();
    await until('it leaves the list', async () => !(await listed(server)).includes('per'));
    assert.deepEqual(phone.faults.filter((f) => !f.includes('401')), []);
    await phone.context().close();
  });

  await t.test('two phones change places', async () => {
    await server.send('POST', '/requests', { id: 'fra', participant: 'fra' });
    const [kenya, oman] = [await delegate(browser, server, 'ken'), await delegate(browser, server, 'omn')];
    const pages = { kenya, oman };
    // What a session that came by the code asked for itself is its own: Kenya begins anew.
    for (const [id, r] of Object.entries((await server.state()).state.requests)) if (r.participant === 'ken') await server.send('DELETE', `/requests/${id}`);
    await step(pages, 'both ask', async () => {
      for (const phone of [kenya, oman]) {
        await phone.getByRole('button', { name: 'Ask for the floor' }).click();
        await phone.locator('.hero .place').waitFor();
      }
      assert.deepEqual(await listed(server), ['fra', 'ken', 'omn']);
    });
    await step(pages, 'one offers', async () => {
      await oman.locator('.fold summary').last().click();
      await oman.locator('select[name=other]').selectOption({ label: '2 · Kenya' });
      await oman.getByRole('button', { name: 'Offer to change places' }).click();
    });
    await step(pages, 'the other is asked, and agrees', async () => {
      await kenya.getByRole('button', { name: 'Change places', exact: true }).click();
      await kenya.waitForFunction(() => document.querySelector('.hero .place')?.textContent?.includes('3'));
      await oman.waitForFunction(() => document.querySelector('.hero .place')?.textContent?.includes('2'));
      assert.deepEqual(await listed(server), ['fra', 'omn', 'ken']);
    });
    assert.deepEqual([...kenya.faults, ...oman.faults].filter((f) => !f.includes('401')), []);
    for (const phone of [kenya, oman]) await phone.context().close();
  });

  await t.test('a chair who has only a phone sees the floor and two of the list, and adds a third', async () => {
    for (const locale of ['en', 'ar']) {
      const chair = await open(browser, server.links.chair, 'phone', { locale });
      await chair.locator('.entry').nth(1).waitFor();
      const bottom = (what, n = 0) => chair.locator(what).nth(n).evaluate((el) => el.getBoundingClientRect().bottom);
      for (const what of ['.floor-name', '.floor-time', '.main-act']) assert.ok((await bottom(what)) < 360, `${what} reaches to ${await bottom(what)}`);
      const dock = await chair.locator('.dock').evaluate((el) => el.getBoundingClientRect().top);
      assert.ok((await bottom('.entry', 1)) <= dock, `the second of the list reaches to ${await bottom('.entry', 1)}, and ${dock} is where it is covered`);
      assert.equal(await chair.locator('#add-search').isVisible(), false);
      await chair.locator('.adds').click();
      await chair.locator('#add-search:focus').waitFor();
      await chair.keyboard.type('nor');
      await chair.locator('.add .option').first().waitFor();
      assert.deepEqual(chair.faults.filter((f) => !f.includes('404')), []); // a browser may ask for an icon
      await chair.context().close();
    }
  });

  await t.test('on a tablet that stands upright three of the list are seen, and stay where they are while a name is typed', async () => {
    for (const r of Object.keys((await server.state()).state.requests)) await server.send('DELETE', `/requests/${r}`);
    for (const p of 'gbr omn phl nga swe'.split(' ')) await server.send('POST', '/requests', { id: `upright-${p}`, participant: p });
    for (const locale of ['en', 'ar', 'ru']) {
      const chair = await open(browser, server.links.chair, 'tablet', { locale, viewport: { width: 768, height: 1024 }, reducedMotion: 'reduce' });
      await chair.locator('.entry').nth(4).waitFor();
      const rows = () => chair.locator('.entry').evaluateAll((all) => all.slice(0, 3).map((el) => Math.round(el.getBoundingClientRect().bottom)));
      const before = await rows();
      const dock = await chair.locator('.dock').evaluate((el) => el.getBoundingClientRect().top);
      assert.ok(before[2] <= dock, `${locale}: the third of the list reaches to ${before[2]}, and ${dock} is where it is covered`);
      assert.equal(await chair.locator('.answer').nth(1).isVisible(), true);
      await chair.locator('#add-search').fill('nor');
      await chair.locator('.add .option').getByText(/Norw|النرويج|Норвегия/).first().waitFor();
      await chair.locator('.add-row .primary').waitFor();
      await chair.locator('.answers').waitFor({ state: 'hidden' });
      assert.deepEqual(await rows(), before);
      await chair.locator('#add-search').fill('');
      await chair.locator('.answers').waitFor();
      assert.deepEqual(await rows(), before);
      assert.deepEqual(chair.faults.filter((f) => !f.includes('404')), []);
      await chair.context().close();
    }
  });
});
