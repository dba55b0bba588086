import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { check } from './check.mjs';

const src = new URL('../../web/src/', import.meta.url).pathname;
const PARTS = ['rules/model', 'rules/read', 'rules/write', 'flag/share', 'flag/patch', 'flag/quorum', 'api/stream', 'api/nodes'];

/** The page's own modules, as they are shipped. */
async function load() {
  const folder = await mkdtemp(join(tmpdir(), 'fabric-web-units-'));
  try {
    const outfile = join(folder, 'parts.mjs');
    await build({
      stdin: { contents: PARTS.map((part) => `export * from './${part}';`).join('\n'), resolveDir: src, loader: 'ts' },
      bundle: true, format: 'esm', outfile, logLevel: 'error',
    });
    return await import(outfile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** JSON that the builder shows, and gives back letter by letter. */
const KEPT = [
  'on',
  { fractional: [['on', 25], ['off', 75]] },
  { if: [{ ends_with: [{ var: 'email' }, '@example.com'] }, 'on', { fractional: [['on', 25], ['off', 75]] }] },
  { if: [{ and: [{ '===': [{ var: 'plan' }, 'pro'] }, { '>=': [{ var: 'age' }, 18] }] }, 'on'] },
  { if: [{ or: [{ '!==': [{ var: 'a' }, null] }, { '!': { in: [{ var: 'c' }, ['x', 'y', 3, true]] } }] }, 'off', 'on'] },
  { if: [{ in: ['beta', { var: 'groups' }] }, 'on', { in: [{ var: 'country' }, []] }, null, 'off'] },
  { if: [{ sem_ver: [{ var: 'version' }, '>=', '1.2.0'] }, { fractional: [['a', 1], ['b', 0]] }] },
  { if: [{ '==': [{ var: 'n' }, '5'] }, 'on', { '<': [{ var: 'n' }, -2.5] }, 'off'] },
];

/** JSON that the builder cannot show without loss. */
const LEFT = [
  { var: 'plan' }, true, 5, ['on'], { if: [true, 'on'] }, { if: [{ '===': ['a', 'b'] }, 'on'] }, { if: [{ '>': [{ var: 'a' }, 1, 2] }, 'on'] },
  { fractional: [{ var: 'email' }, ['on', 1]] }, { fractional: [['on', -1]] }, { fractional: [[{ var: 'x' }, 1]] }, { if: [{ '===': [{ var: ['a', 'b'] }, 1] }, 'on'] },
  { if: [{ and: [{ and: [{ '===': [{ var: 'a' }, 1] }] }] }, 'on'] }, { if: [{ '===': [{ var: 'a' }, 1] }, { var: 'b' }] }, { if: ['x'], extra: 1 },
  { if: [{ '!': [{ '===': [{ var: 'a' }, 1] }] }, 'on'] }, { if: [{ toString: [{ var: 'a' }, 1] }, 'on'] }, { and: ['on'] }, { if: [{ and: [] }, 'on'] },
];

export async function units() {
  const page = await load();
  await check('rules-json-both-ways', () => {
    for (const json of KEPT) assert.deepEqual(page.writeRules(page.readRules(json)), json);
    assert.equal(page.writeRules(page.readRules(undefined)), undefined);
    assert.equal(page.writeRules(page.readRules({})), undefined);
    return `${KEPT.length} kept`;
  });
  await check('rules-clicked-together-both-ways', () => {
    const random = sequence(7);
    for (let round = 0; round < 2000; round++) {
      const rules = randomRules(page, random);
      assert.deepEqual(page.readRules(page.writeRules(rules)), rules);
    }
    return '2000 made';
  });
  await check('rules-that-cannot-be-clicked-are-left-alone', () => {
    for (const json of LEFT) assert.equal(page.readRules(json), null, JSON.stringify(json));
    return `${LEFT.length} left`;
  });
  await check('rules-of-an-inner-if-follow', () => {
    const inner = { if: [{ '===': [{ var: 'a' }, 1] }, 'on', { if: [{ '===': [{ var: 'b' }, 2] }, 'off', 'on'] }] };
    assert.deepEqual(page.writeRules(page.readRules(inner)), { if: [{ '===': [{ var: 'a' }, 1] }, 'on', { '===': [{ var: 'b' }, 2] }, 'off', 'on'] });
  });
  await check('values-both-ways', () => {
    const values = ['', 'a', '5', 'true', 'null', '"', 'a, b', ' x ', '1e3', '01', 5, -2.5, true, false, null, '\\', '[1]'];
    for (const value of values) assert.strictEqual(page.fromText(page.toText(value)), value);
    for (let from = 0; from < values.length; from++) {
      const list = values.slice(from).filter((value) => value !== '');
      assert.deepEqual(page.listFromText(page.listToText(list)), list);
    }
    assert.strictEqual(page.fromText('9007199254740993'), '9007199254740993');
  });
  await check('share-both-ways', () => {
    const flag = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
    for (const percent of [0, 0.001, 12.5, 25, 33.333, 99.999, 100]) assert.equal(page.readShare(page.withShare(flag, { variant: 'on', other: 'off', percent })).percent, percent);
    assert.deepEqual(page.withShare(flag, { variant: 'on', other: 'off', percent: 12.5 }).targeting, { fractional: [['on', 125], ['off', 875]] });
    const ruled = { ...flag, targeting: { if: [{ '===': [{ var: 'a' }, 1] }, 'on'] } };
    assert.deepEqual(page.withShare(ruled, { variant: 'on', other: 'off', percent: 25 }).targeting.if.slice(0, 2), ruled.targeting.if);
    assert.equal(page.readShare({ ...flag, targeting: { fractional: [['on', 1], ['off', 1], ['on', 1]] } }), null);
  });
  await check('a-patch-touches-what-was-changed', () => {
    const flag = { state: 'ENABLED', variants: { a: 1, b: 2 }, defaultVariant: 'a', targeting: { if: [1] }, ramp: { variant: 'a' } };
    assert.deepEqual(page.mergePatch(flag, { ...flag, state: 'DISABLED' }), { state: 'DISABLED' });
    assert.deepEqual(page.mergePatch(flag, { ...flag, targeting: { fractional: [['a', null]] } }), { targeting: { if: null, fractional: [['a', null]] } });
    assert.deepEqual(page.mergePatch(flag, { ...flag, ramp: undefined, variants: { a: 1 } }), { ramp: null, variants: { b: null } });
    assert.equal(page.mergePatch(flag, { ...flag, defaultVariant: null }), null);
  });
  await check('events-in-pieces', () => {
    const text = ': hello\nid: 5\n\nid: 6\nevent: change\ndata: {"a":\ndata: 1}\n\n: at 6\r\nid: 7\r\n\r\n';
    const whole = [{ id: '5', event: 'message', data: '' }, { id: '6', event: 'change', data: '{"a":\n1}' }, { id: '7', event: 'message', data: '' }];
    for (let cut = 0; cut <= text.length; cut++) {
      const parser = new page.EventParser();
      assert.deepEqual([...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))], whole, `cut at ${cut}`);
    }
  });
  await check('quorum-in-a-sentence', () => {
    const members = (...up) => ({ leader: 'a', members: up.map((reachable, at) => ({ name: 'abc'[at], reachable, ready: reachable })), hosts: [], diverged: [] });
    assert.match(page.quorumSentence(members(true, true, true)).text, /3 of 3 voters are up: changes are taken, and 1 more may fail/);
    assert.match(page.quorumSentence(members(true, true, false)).text, /none may fail/);
    assert.match(page.quorumSentence(members(true, false, false)).text, /no change is taken/);
    assert.match(page.quorumSentence({ ...members(true, true, true), leader: null }).text, /no leader/);
    assert.equal(page.quorumSentence(members(true)).good, true);
  });
  await check('the-next-node-is-the-one-that-failed-longest-ago', async () => {
    const nodes = new page.Nodes('http://localhost:1');
    nodes.learn(['http://127.0.0.1:1', 'http://127.0.0.1:2', 'http://127.0.0.1:3']);
    assert.equal(nodes.all.length, 3);
    const seen = [];
    for (let round = 0; round < 6; round++) {
      seen.push(nodes.current);
      nodes.leave(nodes.current);
      await new Promise((done) => setTimeout(done, 2));
    }
    assert.deepEqual(seen.slice(0, 3), seen.slice(3));
    assert.equal(new Set(seen).size, 3);
  });
}

/** Numbers that look random and are the same in every run. */
function sequence(seed) {
  return (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}

function randomRules(page, random) {
  const pick = (list) => list[random(list.length)];
  const value = () => pick(['', 'x', 'a,b', '5', 5, -1, 2.5, true, false, null]);
  const condition = () => {
    const op = pick(Object.keys(page.OPS));
    const values = page.takesList(op) ? Array.from({ length: random(4) }, value) : [op.startsWith('version') ? '1.2.3' : value()];
    return { fact: pick(['targetingKey', 'user.plan', '$flagd.timestamp']), op, values };
  };
  const result = () => pick([{ kind: 'default' }, { kind: 'variant', name: pick(['on', 'off']) }, { kind: 'split', parts: [{ name: 'on', weight: random(100) }, { name: 'off', weight: random(100) }] }]);
  const rule = () => {
    const conditions = Array.from({ length: 1 + random(3) }, condition);
    return { match: conditions.length === 1 ? 'all' : pick(['all', 'any']), conditions, result: result() };
  };
  return { rules: Array.from({ length: random(4) }, rule), otherwise: result() };
}
