import assert from 'node:assert/strict';
import { eventually } from './check.mjs';

/** What people do with the page: each is done by clicks and once more by keys alone, and judged by what the fabric says. */
export const tasks = {
  async 'make-a-flag'({ fabric, person, key }) {
    await person.add();
    await person.type('textbox', /^Key/, key);
    await person.press('button', 'Create');
    const flag = await eventually('the flag', () => fabric.flag(key));
    assert.deepEqual(flag.definition, { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' });
  },

  async 'find-a-flag-and-keep-it-in-the-address'({ fabric, person, page, key }) {
    await fabric.put(key);
    await fabric.put(`${key}-other`);
    await person.type('searchbox', 'Search flags', `${key}-ot`);
    await eventually('one line', async () => (await page.getByRole('region', { name: 'Flags' }).getByRole('listitem').count()) === 1);
    await person.press('link', new RegExp(`^${key}-other`));
    await page.getByRole('heading', { name: `${key}-other`, exact: true }).waitFor();
    assert.match(page.url(), new RegExp(`#/flags/${key}-other\\?q=${key}-ot`));
    await page.reload();
    await page.getByRole('heading', { name: `${key}-other`, exact: true }).waitFor();
    assert.equal(await page.getByRole('searchbox').inputValue(), `${key}-ot`);
  },

  async 'switch-it-off'({ fabric, person, page, key }) {
    await fabric.put(key);
    await person.open(key);
    await person.press('switch', 'In service');
    await eventually('it is off', async () => (await fabric.flag(key)).definition.state === 'DISABLED');
    await page.locator('.notice.everywhere').first().waitFor();
    const words = await page.locator('.notice').first().textContent();
    assert.match(words, /committed \d+.*3\/3.*in every table/);
  },

  async 'give-it-to-a-quarter'({ fabric, person, key }) {
    await fabric.put(key);
    await person.open(key);
    await person.slide(25);
    const near = await person.find('spinbutton', 'Share in percent').inputValue();
    assert.ok(Math.abs(Number(near) - 25) <= 1, near);
    await person.press('button', 'Save');
    const weights = await eventually('the share', async () => (await fabric.flag(key)).definition.targeting?.fractional);
    assert.deepEqual(weights, [['on', Number(near)], ['off', 100 - Number(near)]]);
  },

  async 'add-a-variant'({ fabric, person, key }) {
    await fabric.put(key, { variants: { a: 'red', b: 'blue' }, defaultVariant: 'a' });
    await person.open(key);
    await person.type('textbox', 'Name of a new variant', 'c');
    await person.press('button', 'Add variant');
    await person.type('textbox', 'Value of c', 'green');
    await person.choose('Standard answer', 'c');
    await person.press('button', 'Save');
    const { definition } = await eventually('the variant', async () => { const flag = await fabric.flag(key); return flag.definition.variants.c && flag; });
    assert.deepEqual([definition.variants, definition.defaultVariant], [{ a: 'red', b: 'blue', c: 'green' }, 'c']);
  },

  async 'make-a-rule-by-clicking'({ fabric, person, key }) {
    await fabric.put(key);
    await person.open(key);
    await person.tab('Rules');
    await person.press('button', 'Add rule');
    await person.type('combobox', 'Rule 1, condition 1: fact', 'email');
    await person.choose('Rule 1, condition 1: comparison', 'ends with');
    await person.type('textbox', 'Rule 1, condition 1: value', '@example.com');
    await person.press('button', 'Save');
    const targeting = await eventually('the rule', async () => (await fabric.flag(key)).definition.targeting);
    assert.deepEqual(targeting, { if: [{ ends_with: [{ var: 'email' }, '@example.com'] }, 'on'] });
  },

  async 'write-a-rule-as-json'({ fabric, person, page, key }) {
    await fabric.put(key);
    await person.open(key);
    await person.tab('Rules');
    await page.locator('summary').focus();
    await page.keyboard.press('Enter');
    await person.type('textbox', 'Rules as JSON', '{"if":[{"===":[{"var":"plan"},"pro"]},"on"]}');
    await eventually('the builder shows it', async () => (await person.find('textbox', 'Rule 1, condition 1: value').inputValue()) === 'pro');
    await person.press('button', 'Save');
    const targeting = await eventually('the rule', async () => (await fabric.flag(key)).definition.targeting);
    assert.deepEqual(targeting, { if: [{ '===': [{ var: 'plan' }, 'pro'] }, 'on'] });
  },

  async 'set-times-a-ramp-and-what-it-needs'({ fabric, person, key }) {
    await fabric.put(`${key}-first`);
    await fabric.put(key);
    await person.open(key);
    await person.tab('Schedule');
    await person.type('textbox', 'Turns on at', '2031-05-06T07:08:09');
    await person.press('button', 'Add a ramp');
    await person.type('spinbutton', 'To, %', '40');
    await person.choose('A flag that is needed', `${key}-first`);
    await person.press('button', 'Add');
    await person.press('button', 'Save');
    const { definition } = await eventually('the schedule', async () => { const flag = await fabric.flag(key); return flag.definition.ramp && flag; });
    assert.equal(definition.activateAt, '2031-05-06T07:08:09Z');
    assert.deepEqual([definition.ramp.variant, definition.ramp.from, definition.ramp.to], ['on', 0, 40]);
    assert.deepEqual(definition.prerequisites, [{ flag: `${key}-first`, variant: 'on' }]);
  },

  async 'edit-the-whole-definition'({ fabric, person, page, key }) {
    await fabric.put(key);
    await person.open(key);
    await person.tab('JSON');
    await person.type('textbox', 'Definition as JSON', '{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"nowhere"}');
    await person.press('button', 'Save');
    await page.getByText(/not done: .*defaultVariant/).first().waitFor();
    await person.type('textbox', 'Definition as JSON', '{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","metadata":{"owner":"shop"}}');
    await person.press('button', 'Save');
    await eventually('it is as typed', async () => (await fabric.flag(key)).definition.metadata?.owner === 'shop');
  },

  async 'try-it-for-a-caller'({ fabric, person, page, key }) {
    await fabric.put(key, { targeting: { if: [{ '===': [{ var: 'plan' }, 'pro'] }, 'on'] } });
    await person.open(key);
    await person.tab('Try');
    await person.type('textbox', /What else is known/, '{"plan":"pro"}');
    await person.press('button', 'Try');
    await page.getByText('because of TARGETING_MATCH').waitFor();
    assert.match(await page.locator('.answer').textContent(), /plan/);
    assert.equal(await page.locator('.answer .state').textContent(), 'on');
  },

  async 'see-what-was-changed-and-go-back'({ fabric, person, page, key }) {
    const first = await fabric.put(key);
    await fabric.put(key, { defaultVariant: 'on' });
    await person.open(key);
    await person.tab('History');
    await person.press('button', 'Diff');
    await page.locator('.diff .plus', { hasText: '"defaultVariant": "on"' }).waitFor();
    await person.press('button', 'Back to this');
    await eventually('it is as it was', async () => (await fabric.flag(key)).definition.defaultVariant === 'off');
    assert.ok((await fabric.flag(key)).revision > first.revision);
  },

  async 'take-a-change-back'({ fabric, person, page, key }) {
    await fabric.put(key);
    await person.open(key);
    await person.press('switch', 'In service');
    await eventually('it is off', async () => (await fabric.flag(key)).definition.state === 'DISABLED');
    await page.getByRole('button', { name: 'Undo' }).first().waitFor();
    await person.undo();
    await eventually('it is on again', async () => (await fabric.flag(key)).definition.state === 'ENABLED');
  },

  async 'delete-it-and-have-it-back'({ fabric, person, page, key }) {
    await fabric.put(key);
    await person.open(key);
    await person.press('button', 'Delete');
    await page.getByRole('dialog').waitFor();
    await person.within(page.getByRole('dialog')).press('button', 'Delete');
    await eventually('it is gone', async () => (await fabric.flag(key)) === null);
    await page.getByRole('button', { name: 'Undo' }).first().waitFor();
    await person.undo();
    await eventually('it is back', async () => (await fabric.flag(key))?.definition.defaultVariant === 'off');
  },

  async 'see-how-the-fleet-is'({ person, page }) {
    await person.view('Fleet');
    await page.getByText('3 of 3 voters are up: changes are taken, and 1 more may fail.').waitFor();
    await eventually('equal tables', async () => (await page.getByRole('row').filter({ hasText: /equal|the leader’s/ }).count()) === 3);
    const words = await page.getByRole('table').textContent();
    assert.match(words, /leader/);
    assert.match(words, /follower/);
    await eventually('the doors', async () => /shared, remote/.test(await page.getByRole('table').textContent()));
  },

  async 'attach-a-function-and-withdraw-it'({ fabric, person, page, key }) {
    const exe = `/nowhere/${key}`;
    await person.view('Attachments');
    await person.press('button', 'Attach a function');
    await person.type('textbox', /^Program or library/, exe);
    await person.press('button', 'Attach');
    await eventually('the attachment', async () => (await fabric.call('GET', '/api/v1/attachments')).attachments.some((one) => one.exe === exe));
    await page.getByRole('heading', { name: new RegExp(exe) }).waitFor();
    await person.press('button', `Withdraw is_feature_enabled of ${exe}`);
    await eventually('it is withdrawn', async () => !(await fabric.call('GET', '/api/v1/attachments')).attachments.some((one) => one.exe === exe));
  },

  async 'see-who-did-what'({ fabric, person, page, key }) {
    await fabric.call('PUT', `/api/v1/flags/${key}?message=because`, { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' }, { headers: { 'X-Fabric-Actor': 'anna' } });
    await person.view('Audit');
    const row = page.getByRole('row').filter({ hasText: key });
    await row.waitFor();
    assert.match(await row.textContent(), /anna.*created.*because/);
    await person.press('button', `${key} created`);
    await page.locator('.diff .plus').first().waitFor();
  },

  async 'see-live-use-and-who-asks'({ fabric, person, page, key }) {
    await fabric.put(key);
    await fabric.put(`${key}-idle`);
    const ask = setInterval(() => void fabric.call('POST', `/ofrep/v1/evaluate/flags/${key}`, { context: { targetingKey: 'x' } }).catch(() => undefined), 50);
    try {
      await person.open(key);
      await person.tab('Use');
      await page.getByRole('rowheader', { name: 'over HTTP' }).waitFor();
      await eventually('a rate', async () => /off: [1-9]/.test((await page.getByRole('img', { name: /^off/ }).getAttribute('aria-label')) ?? ''));
      await person.press('button', 'nobody asks');
      await person.type('searchbox', 'Search flags', key);
      await eventually('only the idle one', async () => (await page.getByRole('region', { name: 'Flags' }).getByRole('listitem').allTextContents()).join().startsWith(`${key}-idle`));
    } finally {
      clearInterval(ask);
    }
  },
};
