import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdir, readFile } from 'node:fs/promises';
import { check } from './check.mjs';
import { openPage } from './browser.mjs';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PICTURES = new URL('../../docs/images/', import.meta.url).pathname;

const VIEWS = {
  flags: '#/flags', overview: '#/flags/checkout', rules: '#/flags/checkout?tab=rules', schedule: '#/flags/checkout?tab=schedule', json: '#/flags/checkout?tab=json',
  try: '#/flags/checkout?tab=try', history: '#/flags/checkout?tab=history', use: '#/flags/checkout?tab=use',
  fleet: '#/fleet', attachments: '#/attachments', audit: '#/audit', usage: '#/usage', nothing: '#/flags/not-there',
};

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 360, height: 740 } },
};

/** A fabric as it might be, so that every view has something to show. */
export async function furnish(fabric) {
  await fabric.put('payments');
  await fabric.put('checkout', {
    targeting: { if: [{ ends_with: [{ var: 'email' }, '@example.com'] }, 'on', { and: [{ '===': [{ var: 'plan' }, 'pro'] }, { in: [{ var: 'country' }, ['NO', 'SE']] }] }, { fractional: [['on', 50], ['off', 50]] }, { fractional: [['on', 10], ['off', 90]] }] },
    metadata: { owner: 'shop', ticket: 'SHOP-417' },
    prerequisites: [{ flag: 'payments', variant: 'off' }],
    ramp: { variant: 'on', from: 0, to: 50, start: '2026-01-01T00:00:00Z', end: '2031-01-01T00:00:00Z' },
  });
  await fabric.put('banner-text', { variants: { plain: 'Hello', warm: 'Welcome back' }, defaultVariant: 'plain', targeting: { fractional: [['plain', 70], ['warm', 30]] } });
  await fabric.put('dark-mode', { defaultVariant: 'on' });
  await fabric.put('old-search', { state: 'DISABLED' });
  await fabric.call('PUT', '/api/v1/attachments', { exe: '/usr/bin/shop', symbol: 'is_feature_enabled' });
  for (let calls = 0; calls < 40; calls++) await fabric.call('POST', `/ofrep/v1/evaluate/flags/${calls % 3 ? 'checkout' : 'banner-text'}`, { context: { targetingKey: `user-${calls}` } });
  await fabric.call('POST', '/ofrep/v1/evaluate/flags/check-out', { context: {} });
}

export async function access(browser, fabric, screenshots) {
  if (screenshots) await mkdir(PICTURES, { recursive: true });
  const calls = setInterval(() => void fabric.call('POST', '/ofrep/v1/evaluate/flags/checkout', { context: { targetingKey: String(Math.random()) } }).catch(() => undefined), 40);
  try {
    for (const [look, options] of Object.entries(LOOKS)) {
      await check(`nothing-stands-in-anybodys-way-${look}`, () => walk(browser, fabric, look, options, screenshots));
    }
  } finally {
    clearInterval(calls);
  }
}

async function walk(browser, fabric, look, options, screenshots) {
  const page = await openPage(browser, `${fabric.urlOf('a')}/`, options);
  let looked = 0;
  for (const [view, hash] of Object.entries(VIEWS)) {
    await page.evaluate((to) => { location.hash = to; }, hash);
    await settle(page, view);
    await judge(page, `${view}, ${look}`);
    if (screenshots && ((look === 'light' && ['overview', 'rules', 'fleet'].includes(view)) || (look === 'dark' && view === 'use') || (look === 'phone' && view === 'flags'))) {
      await page.screenshot({ path: `${PICTURES}page-${view}-${look}.png` });
    }
    looked++;
  }
  for (const key of ['?', 'n']) {
    await page.keyboard.press(key);
    await page.getByRole('dialog').waitFor();
    await judge(page, `dialog ${key}, ${look}`);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    looked++;
  }
  assert.deepEqual(page.wrong, []);
  await page.context().close();
  return `${looked} views`;
}

/** Waits for what the view is about, so that no empty view is judged. */
async function settle(page, view) {
  const sign = { flags: 'Choose a flag', nothing: 'no such flag now', fleet: '1 more may fail', attachments: '/usr/bin/shop', audit: 'banner-text created', usage: 'Asked for, and no flag', use: 'Who asks', history: 'Diff' }[view];
  if (view === 'flags' && (await page.viewportSize()).width < 500) await page.getByRole('link', { name: /^checkout/ }).waitFor();
  else if (sign) await page.getByText(sign).first().waitFor();
  else await page.getByRole('heading', { name: 'checkout', exact: true }).waitFor();
}

async function judge(page, where) {
  // Evaluated and not added as a tag: the page's policy lets no foreign script in, which is as it should be.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(await source());
  const { violations } = await page.evaluate((tags) => globalThis.axe.run({ runOnly: tags }), TAGS);
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).slice(0, 3).join(' | ')}`), [], where);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${where} is ${overflow} px too wide`);
}

let text;
async function source() {
  return (text ??= await readFile(axe, 'utf8'));
}
