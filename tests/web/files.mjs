import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { get } from 'node:http';
import { check } from './check.mjs';

const MOST = 60 * 1024;

/** What is sent, byte for byte: a browser's own `fetch` unpacks it. */
function fetchRaw(url, headers = {}) {
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
    }).on('error', reject);
  });
}

/** The page's files, as a node sends them. */
export async function files(fabric) {
  const url = fabric.urlOf('a');
  await check('first-load-is-at-most-60-KiB', async () => {
    const start = await fetchRaw(`${url}/`, { 'Accept-Encoding': 'gzip' });
    const names = [...start.headers['content-encoding'] === 'gzip' ? (await (await fetch(`${url}/`)).text()).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g) : []].map((match) => match[1]);
    assert.ok(names.length >= 3, 'a script, a style and an icon');
    let sum = start.body.length;
    for (const name of names) {
      const file = await fetchRaw(url + name, { 'Accept-Encoding': 'gzip' });
      assert.equal(file.status, 200);
      assert.equal(file.headers['content-encoding'], 'gzip');
      sum += file.body.length;
      // What is loaded later would not be in this sum; nothing is.
      if (name.endsWith('.js')) assert.doesNotMatch((await (await fetch(url + name)).text()), /\bimport\(/);
    }
    assert.ok(sum <= MOST, `${sum} bytes`);
    return `${sum} bytes in ${names.length + 1} files`;
  });
  await check('files-are-kept-and-the-page-is-asked-for-again', async () => {
    const page = await fetchRaw(`${url}/`);
    const script = page.body.toString().match(/src="(\/assets\/[^"]+)"/)[1];
    assert.equal(page.headers['cache-control'], 'no-cache');
    assert.equal((await fetchRaw(`${url}/`, { 'If-None-Match': page.headers.etag })).status, 304);
    const plain = await fetchRaw(url + script);
    const brotli = await fetchRaw(url + script, { 'Accept-Encoding': 'gzip, br' });
    assert.match(plain.headers['cache-control'], /immutable/);
    assert.equal(brotli.headers['content-encoding'], 'br');
    assert.ok(brotli.body.length < gzipSync(plain.body).length);
    assert.equal((await fetchRaw(`${url}/assets/nothing.js`)).status, 404);
  });
  await check('the-page-says-what-may-run-in-it', async () => {
    const policy = (await fetchRaw(`${url}/`)).headers['content-security-policy'];
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    for (const { http } of fabric.members) assert.ok(policy.includes(http));
  });
}
