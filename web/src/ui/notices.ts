import { Refused, type Client } from '../api/client';
import type { Cluster } from '../api/types';

/** What becomes of one write: it is sent, committed, and then on one host after the other. */
export interface Notice {
  id: number;
  text: string;
  stage: 'sending' | 'committed' | 'everywhere' | 'slow' | 'failed';
  revision: number | null;
  have: number;
  all: number;
  /** Where its tables are. */
  where: string;
  behind: string[];
  problem: string | null;
  undo: (() => void) | null;
}

const UNDO = 10_000;
const LINGER = 12_000;
const LOOK = 120;
const LOOKS = 80;
const MOST = 4;

export class Notices {
  list: readonly Notice[] = [];
  private readonly watchers = new Set<() => void>();
  private next = 1;

  constructor(private readonly client: Client) {}

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  dismiss(id: number): void {
    this.set(this.list.filter((notice) => notice.id !== id));
  }

  /** The last write that can still be taken back. */
  undoLast(): void {
    this.list.find((notice) => notice.undo)?.undo?.();
  }

  /** Sends a write, says what becomes of it, and offers for ten seconds to take it back. */
  async write<T extends { revision: number | null }>(text: string, send: () => Promise<T>, undoable = true): Promise<T> {
    const id = this.next++;
    const notice: Notice = { id, text, stage: 'sending', revision: null, have: 0, all: 0, where: 'table', behind: [], problem: null, undo: null };
    this.set([notice, ...this.list].slice(0, MOST));
    try {
      const answer = await send();
      const revision = answer.revision ?? 0;
      this.change(id, { stage: 'committed', revision, undo: undoable ? () => void this.undo(id, text, revision) : null });
      setTimeout(() => this.change(id, { undo: null }), UNDO);
      void this.follow(id, revision);
      return answer;
    } catch (failed) {
      this.change(id, { stage: 'failed', problem: wordsOf(failed) });
      throw failed;
    }
  }

  private async undo(id: number, text: string, revision: number): Promise<void> {
    this.change(id, { undo: null });
    const send = () => this.client.get<{ revision: number }>('/api/v1/rollback', { method: 'POST', body: { changeSet: revision, message: `undo: ${text}`.slice(0, 200) } });
    await this.write(`Undo: ${text}`, send, false).catch(() => undefined);
  }

  /** Asks the fabric which hosts have it in their tables until all have. */
  private async follow(id: number, revision: number): Promise<void> {
    for (let look = 0; look < LOOKS && this.list.some((notice) => notice.id === id); look++) {
      try {
        const { hosts, members } = await this.client.get<Cluster>('/api/v1/cluster');
        const behind = hosts.filter((host) => host.tableRevision < revision).map((host) => host.name);
        const where = members.every((member) => member.tableKind === 'bpf') ? 'kernel' : 'table';
        this.change(id, { have: hosts.length - behind.length, all: hosts.length, behind, where, stage: behind.length === 0 ? 'everywhere' : 'committed' });
        if (behind.length === 0) break;
      } catch {
        // Whoever is asked next may know.
      }
      await new Promise((done) => setTimeout(done, LOOK));
    }
    const found = this.list.find((notice) => notice.id === id);
    if (found?.stage === 'committed') this.change(id, { stage: 'slow' });
    else setTimeout(() => this.dismiss(id), LINGER);
  }

  private change(id: number, part: Partial<Notice>): void {
    this.set(this.list.map((notice) => (notice.id === id ? { ...notice, ...part } : notice)));
  }

  private set(list: readonly Notice[]): void {
    this.list = list;
    for (const watcher of this.watchers) watcher();
  }
}

/** A refusal in words: everything that is wrong, each with its place, and whether it was applied. */
export function wordsOf(failed: unknown): string {
  if (!(failed instanceof Refused)) return (failed as Error).message;
  const errors = failed.body?.errors?.map((error) => (error.path ? `${error.path}: ${error.reason}` : error.reason)).join('; ');
  const words = errors || failed.message;
  return failed.status === 412 ? `Somebody else has changed it meanwhile. ${words}` : failed.body?.applied === 'unknown' ? `${words} Whether it was applied is not known.` : words;
}
