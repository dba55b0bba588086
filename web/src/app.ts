import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { Client } from './api/client';
import { Live, type LiveState } from './api/live';
import { UsageWatch, type UsageState } from './api/usage';
import { Notices, type Notice } from './ui/notices';
import { route, type Route } from './route';

/** What the page is put together from, once. */
export const client = new Client(location.origin);
export const live = new Live(client);
export const notices = new Notices(client);
export const usage = new UsageWatch(client);

client.actor = localStorage.getItem('actor') ?? '';

export function setActor(name: string): void {
  client.actor = name.trim();
  localStorage.setItem('actor', client.actor);
}

function useSource<T>(source: { watch(watcher: () => void): () => void }, read: () => T): T {
  const [, again] = useState({});
  useLayoutEffect(() => source.watch(() => again({})), [source]);
  return read();
}

export const useLive = (): LiveState => useSource(live, () => live.state);
export const useNotices = (): readonly Notice[] => useSource(notices, () => notices.list);
export const useRoute = (): Route => useSource(route, () => route.now);
export const useUsage = (): UsageState => {
  useEffect(() => usage.hold(), []);
  return useSource(usage, () => usage.state);
};

/** What a call answers, asked again every so often and whenever one of `needs` changes; the last answer stays while none comes. */
export function usePolled<T>(path: string | null, every: number | null, ...needs: unknown[]): { body: T | null; problem: string | null; again: () => void } {
  const [answer, setAnswer] = useState<{ path: string | null; body: T | null; problem: string | null }>({ path: null, body: null, problem: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const end = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const body = await client.get<T>(path, { signal: end.signal });
        if (!end.signal.aborted) setAnswer({ path, body, problem: null });
      } catch (failed) {
        if (!end.signal.aborted) setAnswer((before) => ({ path, body: before.path === path ? before.body : null, problem: (failed as Error).message }));
      }
      if (every !== null && !end.signal.aborted) timer = setTimeout(() => void ask(), every);
    };
    void ask();
    return () => {
      end.abort();
      clearTimeout(timer);
    };
  }, [path, every, turn, ...needs]);
  return { body: answer.path === path ? answer.body : null, problem: answer.path === path ? answer.problem : null, again: () => setTurn((now) => now + 1) };
}
