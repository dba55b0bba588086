import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { check, eventually } from './check.mjs';
import { openPage } from './browser.mjs';

/** The page while things happen to the fabric. */
export async function live(browser, fabric) {
  await check('a-change-of-somebody-else-shows', async () => {
    await fabric.put('live-one');
    const page = await openPage(browser, `${fabric.urlOf('a')}/#/flags/live-one`);
    await page.getByRole('switch', { name: 'In service', exact: true, checked: true }).waitFor();
    await fabric.put('live-one', { state: 'DISABLED' });
    await page.getByRole('switch', { name: 'In service', exact: true, checked: false }).waitFor();
    await fabric.call('DELETE', '/api/v1/flags/live-one');
    await page.getByText('There is no such flag now').waitFor();
    await page.context().close();
  });

  await check('what-somebody-else-has-changed-is-not-overwritten', async () => {
    await fabric.put('live-two');
    const page = await openPage(browser, `${fabric.urlOf('a')}/#/flags/live-two?tab=json`);
    await page.getByLabel('Definition as JSON').fill('{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}');
    await fabric.put('live-two', { metadata: { owner: 'other' } });
    await page.getByText('Somebody else has changed the flag meanwhile').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Save' }).isDisabled(), true);
    await page.context().close();
  });

  await check('a-page-of-another-site-changes-nothing', async () => {
    await fabric.put('guarded');
    const before = await fabric.flag('guarded');
    const other = createServer((_, response) => response.end('<!doctype html><title>other</title>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${other.address().port}/`);
    const outcome = await page.evaluate(async (url) => {
      const tries = [
        ['PUT', 'application/json'], ['POST', 'text/plain'], ['DELETE', 'application/json'],
      ].map(([method, type]) => fetch(`${url}/api/v1/flags/guarded${method === 'POST' ? '/rollback' : ''}`, { method, headers: { 'Content-Type': type }, body: '{"toRevision":1}' }).then((answer) => answer.status, () => 'refused'));
      const read = fetch(`${url}/api/v1/flags/guarded`).then(() => 'read', () => 'refused');
      const posted = fetch(`${url}/api/v1/flags/guarded/rollback`, { method: 'POST', mode: 'no-cors', body: '{"toRevision":1}' }).then((answer) => answer.type);
      return Promise.all([...tries, read, posted]);
    }, fabric.urlOf('a'));
    assert.deepEqual(outcome, ['refused', 'refused', 'refused', 'refused', 'opaque']);
    assert.equal((await fabric.flag('guarded')).revision, before.revision);
    await page.close();
    other.close();
  });

  await check('it-stays-live-when-its-node-is-killed', async () => {
    await fabric.put('kept');
    const page = await openPage(browser, `${fabric.urlOf('a')}/#/flags`);
    await page.getByRole('searchbox').fill('kept');
    await page.getByRole('link', { name: /^kept/ }).click();
    await eventually('the page knows the others', () => page.evaluate(() => performance.getEntriesByType('resource').some((entry) => entry.name.endsWith('/api/v1/cluster'))));
    const before = page.url();
    const gone = Date.now();
    await fabric.kill('a');
    await page.getByText(new RegExp(`live at (${['b', 'c'].map((name) => new URL(fabric.urlOf(name)).host).join('|')})`)).waitFor();
    const moved = Date.now() - gone;
    assert.equal(page.url(), before);
    assert.equal(await page.getByRole('searchbox').inputValue(), 'kept');
    await page.getByRole('heading', { name: 'kept', exact: true }).waitFor();
    // A leader may have to be found first; the write waits for that under its name.
    await eventually('the others have a leader', async () => (await fetch(`${fabric.urlOf('b')}/readyz`)).ok, 30_000);
    await page.getByRole('switch', { name: 'In service', exact: true }).click();
    await eventually('it is off', async () => (await fabric.flag('kept')).definition.state === 'DISABLED');
    await fabric.put('kept', { state: 'ENABLED', defaultVariant: 'on' });
    await page.getByRole('switch', { name: 'In service', exact: true, checked: true }).waitFor();
    await page.goto(`${fabric.urlOf('b')}/#/fleet`);
    await page.getByText('2 of 3 voters are up: changes are taken, and none may fail, or no change is taken any more.').waitFor();
    await page.context().close();
    return `moved after ${moved} ms`;
  });

  await check('it-reads-well-when-none-answers-and-comes-back', async () => {
    const page = await openPage(browser, `${fabric.urlOf('b')}/#/flags/kept`);
    await fabric.kill('b');
    await fabric.kill('c');
    await page.getByRole('alert').filter({ hasText: 'No node answers' }).waitFor();
    await page.getByRole('heading', { name: 'kept', exact: true }).waitFor();
    for (const name of ['a', 'b', 'c']) fabric.run(name);
    await page.getByText(/live at/).waitFor({ timeout: 40_000 });
    await Promise.all(['a', 'b', 'c'].map((name) => fabric.ready(name)));
    await fabric.put('kept', { state: 'DISABLED' });
    await page.getByRole('switch', { name: 'In service', exact: true, checked: false }).waitFor();
    await page.context().close();
  });
}
