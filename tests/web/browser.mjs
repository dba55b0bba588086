import { chromium } from 'playwright-core';

const PATIENCE = 60_000;

/** Debian's browser. Whatever a page writes to its console as an error is kept, since none is expected. */
export async function openBrowser() {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ timezoneId: 'UTC', locale: 'en-US', viewport: { width: 1280, height: 820 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.wrong = [];
  page.on('pageerror', (error) => page.wrong.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Content-Security-Policy/.test(message.text())) page.wrong.push(message.text());
  });
  await page.goto(url);
  await page.getByText(/live at/).waitFor();
  return page;
}
