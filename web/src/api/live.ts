import { Client } from './client';
import { EventParser } from './stream';
import type { ChangeSet, Cluster, Flag } from './types';

export interface LiveState {
  flags: ReadonlyMap<string, Flag>;
  /** Of the last change set that the page has seen. */
  revision: number;
  /** The node that serves; null while none answers. */
  node: string | null;
  /** The flags have been read once. */
  loaded: boolean;
  /** What was changed last, and by this stream. */
  last: ChangeSet | null;
}

const BEAT = 500;
const BEAT_PATIENCE = 1000;
const PAUSE = 250;

/** All flags, kept as they are by one stream of changes, at whichever node answers. */
export class Live {
  state: LiveState = { flags: new Map(), revision: 0, node: null, loaded: false, last: null };
  private readonly watchers = new Set<() => void>();

  constructor(readonly client: Client) {}

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  start(): void {
    void this.run();
  }

  /** Takes over what a write answered, without waiting for its event. */
  took(flag: Flag): void {
    if (flag.revision < (this.state.flags.get(flag.key)?.revision ?? 0)) return;
    this.set({ flags: new Map(this.state.flags).set(flag.key, flag) });
  }

  /** Asks the fabric who belongs to it, so that the page can go elsewhere when its node ends. */
  async learn(): Promise<Cluster> {
    const cluster = await this.client.get<Cluster>('/api/v1/cluster');
    this.client.nodes.learn([...cluster.members.map((member) => member.http), ...cluster.hosts.filter((host) => host.connected).map((host) => host.http)]);
    return cluster;
  }

  private async run(): Promise<never> {
    for (let failures = 0; ; ) {
      const node = this.client.nodes.current;
      try {
        if (!this.state.loaded) await this.load();
        await this.listen(() => (failures = 0));
      } catch (failed) {
        if (failed instanceof Gone) this.state = { ...this.state, loaded: false };
      }
      this.client.nodes.leave(node);
      failures++;
      // One round over all nodes without a word: none answers, and the page says so.
      if (failures >= this.client.nodes.all.length) {
        this.set({ node: null });
        await new Promise((done) => setTimeout(done, PAUSE));
      }
    }
  }

  private async load(): Promise<void> {
    const flags = new Map<string, Flag>();
    let after: string | null = null;
    let from = Number.MAX_SAFE_INTEGER;
    do {
      const page: { body: { flags: Flag[]; next: string | null }; revision: number } = await this.client.send(
        `/api/v1/flags?limit=1000${after === null ? '' : `&after=${encodeURIComponent(after)}`}`);
      for (const flag of page.body.flags) flags.set(flag.key, flag);
      from = Math.min(from, page.revision);
      after = page.body.next;
    } while (after !== null);
    this.set({ flags, revision: from, loaded: true });
  }

  private async listen(works: () => void): Promise<void> {
    const node = this.client.nodes.current;
    const end = new AbortController();
    const opening = setTimeout(() => end.abort(), BEAT_PATIENCE);
    const beat = setInterval(() => void this.beat(node, end), BEAT);
    try {
      const response = await fetch(`${node}/api/v1/events?after=${this.state.revision}`, { signal: end.signal, cache: 'no-store', credentials: 'omit' });
      if (response.status === 410) throw new Gone();
      if (!response.ok || !response.body) return;
      clearTimeout(opening);
      this.client.nodes.works(node);
      works();
      this.set({ node });
      void this.learn().catch(() => undefined);
      await this.follow(response.body.getReader());
    } finally {
      clearTimeout(opening);
      clearInterval(beat);
      end.abort();
    }
  }

  private async follow(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const parser = new EventParser();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        if (event.event === 'cut') return;
        if (event.data) this.apply(JSON.parse(event.data) as ChangeSet);
        else if (event.id) this.state.revision = Math.max(this.state.revision, Number(event.id));
      }
    }
  }

  /** A node that has stopped answering keeps its connections open: silence has to be asked about. */
  private async beat(node: string, end: AbortController): Promise<void> {
    try {
      await fetch(`${node}/healthz`, { signal: AbortSignal.any([end.signal, AbortSignal.timeout(BEAT_PATIENCE)]), cache: 'no-store', credentials: 'omit' });
    } catch {
      end.abort();
    }
  }

  /** A set that the page has seen already, from another node, changes nothing. */
  private apply(set: ChangeSet): void {
    if (set.revision <= this.state.revision) return;
    const flags = new Map(this.state.flags);
    for (const change of set.changes) {
      const known = flags.get(change.key);
      if (known && known.revision > set.revision) continue;
      if (change.definition === null) flags.delete(change.key);
      else flags.set(change.key, known?.revision === set.revision ? known : { key: change.key, revision: set.revision, definition: change.definition });
    }
    this.set({ flags, revision: set.revision, last: set });
  }

  private set(part: Partial<LiveState>): void {
    this.state = { ...this.state, ...part };
    for (const watcher of this.watchers) watcher();
  }
}

/** What follows the page's revision is not kept there any more. */
class Gone extends Error {}
