import { useEffect, useRef, useState } from 'preact/hooks';
import { live, notices, useLive, useRoute } from '../app';
import { toggle } from '../flag/write';
import { listenForKeys, type Binding } from '../keys';
import { VIEWS, route } from '../route';
import { Alarms } from './alarms';
import { Attachments } from './attachments';
import { Audit } from './audit';
import { Flags, neighbour } from './flags';
import { Fleet } from './fleet';
import { Help } from './help';
import { NewFlag } from './newflag';
import { NoticeList } from './notices';
import { UsageView } from './usage';

const NAMES = { flags: 'Flags', fleet: 'Fleet', attachments: 'Attachments', audit: 'Audit', usage: 'Use' } as const;

export function Page() {
  const { view } = useRoute();
  const [open, setOpen] = useState<'help' | 'new' | null>(null);
  const bindings = useRef<Binding[]>([]);
  bindings.current = bindingsOf(setOpen);
  useEffect(() => listenForKeys(() => bindings.current), []);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>Skip to the content</a>
      <header class="top">
        <h1>Fabric</h1>
        <nav aria-label="Views">
          {VIEWS.map((name) => (
            <a key={name} href={`#/${name}`} aria-current={view === name ? 'page' : undefined}>{NAMES[name]}</a>
          ))}
        </nav>
        <Connection />
        <button type="button" class="quiet" aria-label="Keys and settings" onClick={() => setOpen('help')}>?</button>
      </header>
      <Alarms />
      <main id="main" tabIndex={-1}>
        {view === 'flags' && <Flags add={() => setOpen('new')} />}
        {view === 'fleet' && <Fleet />}
        {view === 'attachments' && <Attachments />}
        {view === 'audit' && <Audit />}
        {view === 'usage' && <UsageView />}
      </main>
      <NoticeList />
      {open === 'help' && <Help bindings={bindings.current} close={() => setOpen(null)} />}
      {open === 'new' && <NewFlag close={() => setOpen(null)} />}
    </>
  );
}

/** Who serves the page's data; in words where nobody does. */
function Connection() {
  const { node, loaded, revision } = useLive();
  if (node === null && loaded) {
    return <p class="connection bad" role="alert">No node answers. What you see is how it was at revision {revision}; programs keep their answers. Trying again…</p>;
  }
  return <p class={`connection ${node ? 'good' : ''}`} role="status">{node ? <>live at <b>{node.replace(/^https?:\/\//, '')}</b> · revision <span class="num">{revision}</span></> : 'connecting…'}</p>;
}

function bindingsOf(open: (what: 'help' | 'new') => void): Binding[] {
  const selected = () => live.state.flags.get(route.now.key ?? '');
  return [
    { keys: ['?'], what: 'these keys', run: () => open('help') },
    { keys: ['/'], what: 'search flags', run: () => { route.go({ view: 'flags' }); setTimeout(() => document.getElementById('search')?.focus()); } },
    { keys: ['j', 'k'], what: 'next flag, previous flag', run: (key) => route.go({ view: 'flags', key: neighbour(key === 'j' ? 1 : -1) }) },
    { keys: ['s'], what: 'switch the flag on or off', run: () => { const flag = selected(); if (flag) void toggle(flag); } },
    { keys: ['n'], what: 'new flag', run: () => open('new') },
    { keys: ['u'], what: 'undo, for ten seconds after a change', run: () => notices.undoLast() },
    { keys: VIEWS.map((_, at) => String(at + 1)), what: 'flags, fleet, attachments, audit, use', run: (key) => route.go({ view: VIEWS[Number(key) - 1]!, key: null }) },
    { keys: ['Escape'], what: 'leave the flag', run: () => route.go({ key: null }) },
  ];
}
