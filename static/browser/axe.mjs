// The rules of accessibility that a program can check, on a page as it stands.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails where a page breaks a rule of WCAG 2.2 AA, or is wider than its screen. */
export async function check(page, what) {
  await page.waitForFunction(() => !document.querySelector('#app')?.matches(':empty'));
  // Colours are looked at when they have come to rest.
  await page.waitForFunction(() => ![...document.querySelectorAll('[data-countdown]')].some((e) => !e.textContent));
  await page.evaluate(() =>
    Promise.all(document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity).map((a) => a.finished.catch(() => undefined))),
  );
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    // @ts-ignore axe is there by now
    const found = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'], // of all else it does not write down where it is, which takes longest
    });
    return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  });
  assert.deepEqual(violations, [], what);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(sideways <= 0, `${what} is ${sideways} px too wide`);
}
