import type { Client } from './client';
import type { FlagUsage, Unknown, Usage } from './types';

const EVERY = 2000;
const KEPT = 40;

export interface UsageState {
  flags: ReadonlyMap<string, FlagUsage>;
  unknown: Unknown[];
  stale: ReadonlySet<string>;
  missing: string[];
  /** Calls a second, oldest first; by flag, and by flag and variant as `KEY/VARIANT`. */
  rates: ReadonlyMap<string, number[]>;
  loaded: boolean;
}

/** Live use of the fleet, asked for as long as anything shows it. */
export class UsageWatch {
  state: UsageState = { flags: new Map(), unknown: [], stale: new Set(), missing: [], rates: new Map(), loaded: false };
  private readonly watchers = new Set<() => void>();
  private holders = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private counts = new Map<string, number>();
  private at = 0;

  constructor(private readonly client: Client) {}

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  hold(): () => void {
    if (++this.holders === 1) void this.ask();
    return () => {
      if (--this.holders === 0) clearTimeout(this.timer);
    };
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    try {
      this.take(await this.read());
    } catch {
      // The page says elsewhere that nobody answers; the last figures stay.
    }
    if (this.holders > 0) this.timer = setTimeout(() => void this.ask(), EVERY);
  }

  private async read(): Promise<Usage> {
    const pages: Usage[] = [];
    for (let after: string | null = ''; after !== null; after = pages.at(-1)!.next) {
      pages.push(await this.client.get<Usage>(`/api/v1/usage?scope=fleet&limit=1000${after && `&after=${encodeURIComponent(after)}`}`));
    }
    return { ...pages[0]!, flags: pages.flatMap((page) => page.flags), stale: pages.flatMap((page) => page.stale), next: null };
  }

  private take(body: Usage): void {
    const counts = new Map<string, number>();
    for (const flag of body.flags) {
      counts.set(flag.key, flag.evaluations);
      for (const [name, count] of Object.entries(flag.variants)) counts.set(`${flag.key}/${name}`, count);
    }
    const now = performance.now();
    const seconds = (now - this.at) / 1000;
    const missing = body.hosts.filter((host) => !host.answered).map((host) => host.name);
    // A host that does not answer is not in the sums: what they differ by then is no rate.
    const comparable = this.at > 0 && missing.join() === this.state.missing.join();
    const rates = new Map<string, number[]>();
    for (const [name, count] of counts) {
      const rate = comparable ? Math.max(0, count - (this.counts.get(name) ?? 0)) / seconds : 0;
      rates.set(name, [...(this.state.rates.get(name) ?? []), rate].slice(-KEPT));
    }
    [this.counts, this.at] = [counts, now];
    this.state = {
      flags: new Map(body.flags.map((flag) => [flag.key, flag])),
      unknown: body.unknown,
      stale: new Set(body.stale),
      missing,
      rates,
      loaded: true,
    };
    for (const watcher of this.watchers) watcher();
  }
}
