import assert from 'node:assert/strict';
import { access, furnish } from './access.mjs';
import { openBrowser, openPage } from './browser.mjs';
import { check, failures } from './check.mjs';
import { Fabric } from './fabric.mjs';
import { files } from './files.mjs';
import { live } from './live.mjs';
import { Clicks, Keys } from './person.mjs';
import { tasks } from './tasks.mjs';
import { units } from './units.mjs';

const options = process.argv.slice(2);
const screenshots = options.includes('--screenshots');
const only = options.find((option) => !option.startsWith('--'));

await units();
const fabric = await Fabric.start();
const browser = await openBrowser();
let stopping;
const stop = () => (stopping ??= Promise.allSettled([browser.close(), fabric.stop()]));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop().then(() => process.exit(130)));
try {
  await furnish(fabric);
  await files(fabric);
  if (!only || only === 'access') await access(browser, fabric, screenshots);
  for (const [way, Person] of [['by-clicks', Clicks], ['by-keys', Keys]]) {
    for (const [task, run] of Object.entries(tasks)) {
      if (only && !`${task}-${way}`.includes(only)) continue;
      await check(`${task}-${way}`, async () => {
        const page = await openPage(browser, `${fabric.urlOf('a')}/`);
        try {
          await run({ fabric, page, person: new Person(page), key: `${way}-${task}`.slice(0, 50) });
          assert.deepEqual(page.wrong, []);
        } finally {
          await page.context().close();
        }
      });
    }
  }
  if (!only || only === 'live') await live(browser, fabric);
} finally {
  await stop();
}
process.exitCode = failures() === 0 ? 0 : 1;
