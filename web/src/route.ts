export const VIEWS = ['flags', 'fleet', 'attachments', 'audit', 'usage'] as const;
export type View = (typeof VIEWS)[number];
export const TABS = ['overview', 'rules', 'schedule', 'json', 'try', 'history', 'use'] as const;
export type Tab = (typeof TABS)[number];
export type Show = 'all' | 'on' | 'off' | 'stale';

/** Where a person is; all of it stands in the address, so that it can be kept, sent and gone back from. */
export interface Route { view: View; key: string | null; tab: Tab; search: string; show: Show }

const START: Route = { view: 'flags', key: null, tab: 'overview', search: '', show: 'all' };

export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [view, key] = path.split('/');
  const asked = new URLSearchParams(query);
  return {
    view: VIEWS.find((one) => one === view) ?? START.view,
    key: key ? decode(key) : null,
    tab: TABS.find((one) => one === asked.get('tab')) ?? START.tab,
    search: asked.get('q') ?? '',
    show: (['on', 'off', 'stale'] as const).find((one) => one === asked.get('show')) ?? 'all',
  };
}

export function writeRoute(to: Route): string {
  const query = new URLSearchParams();
  if (to.search) query.set('q', to.search);
  if (to.show !== 'all') query.set('show', to.show);
  if (to.tab !== 'overview') query.set('tab', to.tab);
  const text = query.toString();
  return `#/${to.view}${to.key === null ? '' : '/' + encodeURIComponent(to.key)}${text && '?' + text}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

class Router {
  now: Route = readRoute(location.hash);
  private readonly watchers = new Set<() => void>();

  constructor() {
    addEventListener('hashchange', () => {
      this.now = readRoute(location.hash);
      for (const watcher of this.watchers) watcher();
    });
  }

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Goes there. What is typed into a search does not fill the browser's history. */
  go(part: Partial<Route>, replace = false): void {
    const to = writeRoute({ ...this.now, ...part });
    if (to === location.hash) return;
    if (!replace) location.hash = to;
    else {
      history.replaceState(null, '', to);
      this.now = readRoute(to);
      for (const watcher of this.watchers) watcher();
    }
  }
}

export const route = new Router();
