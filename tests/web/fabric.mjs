import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './check.mjs';

const program = new URL('../../dist/fabric', import.meta.url).pathname;
const NAMES = ['a', 'b', 'c'];

/** Three nodes of this machine with their tables in files, on ports that were free. */
export class Fabric {
  static async start() {
    const fabric = new Fabric();
    fabric.folder = await mkdtemp(join(tmpdir(), 'fabric-web-'));
    const ports = await freePorts(NAMES.length * 2);
    fabric.members = NAMES.map((name, at) => ({ name, http: `http://127.0.0.1:${ports[at]}`, raft: `127.0.0.1:${ports[NAMES.length + at]}` }));
    fabric.processes = new Map();
    for (const { name } of fabric.members) fabric.run(name);
    try {
      await Promise.all(NAMES.map((name) => fabric.ready(name)));
      return fabric;
    } catch (problem) {
      await fabric.stop();
      throw problem;
    }
  }

  run(name) {
    const own = this.members.find((member) => member.name === name);
    const peers = this.members.filter((member) => member !== own).flatMap((peer) => ['--peer', `name=${peer.name},raft=${peer.raft},http=${peer.http}`]);
    const folder = join(this.folder, name);
    const node = spawn(program, ['node', '--name', name, '--data', folder, '--http', new URL(own.http).host, '--raft', own.raft, '--table', join(folder, 'table'), ...peers],
      { stdio: ['ignore', 'ignore', 'pipe'] });
    node.stderr.pipe(createWriteStream(join(this.folder, `${name}.log`), { flags: 'a' }));
    this.processes.set(name, node);
  }

  urlOf(name) {
    return this.members.find((member) => member.name === name).http;
  }

  async ready(name) {
    await eventually(`node ${name} is ready`, async () => (await fetch(`${this.urlOf(name)}/readyz`)).ok, 180_000);
  }

  async kill(name) {
    const node = this.processes.get(name);
    this.processes.delete(name);
    node.kill('SIGKILL');
    if (node.exitCode === null && node.signalCode === null) await once(node, 'exit');
  }

  async stop() {
    await Promise.all([...this.processes.keys()].map((name) => this.kill(name)));
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A call of any node's API, as a program makes it. */
  async call(method, path, body, { node = 'b', headers = {} } = {}) {
    const response = await fetch(this.urlOf(node) + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok && response.status !== 404) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return response.status === 404 ? null : JSON.parse(text);
  }

  flag(key, at) {
    return this.call('GET', `/api/v1/flags/${key}`, undefined, at);
  }

  /** A flag as a task finds it, whatever was there before. */
  put(key, definition = {}) {
    return this.call('PUT', `/api/v1/flags/${key}?wait=fleet`, { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', ...definition });
  }
}

async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
