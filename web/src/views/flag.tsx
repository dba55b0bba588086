import { useState } from 'preact/hooks';
import { useLive, usePolled, useRoute } from '../app';
import type { Flag } from '../api/types';
import { remove, toggle } from '../flag/write';
import { route, TABS, type Tab } from '../route';
import { Dialog, State, Switch } from '../ui/parts';
import { HistoryTab } from './history';
import { JsonTab } from './json';
import { Overview } from './overview';
import { RulesTab } from './rules';
import { Schedule } from './schedule';
import { TryTab } from './try';
import { UseTab } from './use';

const NAMES: Record<Tab, string> = { overview: 'Overview', rules: 'Rules', schedule: 'Schedule', json: 'JSON', try: 'Try', history: 'History', use: 'Use' };

export function FlagView({ flagKey }: { flagKey: string }) {
  const flag = useLive().flags.get(flagKey);
  const { loaded } = useLive();
  if (!flag) return <Missing flagKey={flagKey} loaded={loaded} />;
  return <Shown flag={flag} />;
}

function Missing({ flagKey, loaded }: { flagKey: string; loaded: boolean }) {
  return (
    <>
      <header class="flag"><h2>{flagKey}</h2></header>
      <p class="empty">{loaded ? 'There is no such flag now. Its past, if it had one:' : 'reading…'}</p>
      {loaded && <HistoryTab flag={{ key: flagKey, revision: 0, definition: { state: 'DISABLED', variants: {} } }} />}
    </>
  );
}

function Shown({ flag }: { flag: Flag }) {
  const { tab } = useRoute();
  const [asks, setAsks] = useState(false);
  return (
    <>
      <header class="flag">
        <button type="button" class="quiet back" aria-label="Back to the list" onClick={() => route.go({ key: null })}>←</button>
        <h2>{flag.key}</h2>
        <Switch on={flag.definition.state === 'ENABLED'} label="In service" change={() => void toggle(flag)} />
        <span class="dim">revision <span class="num">{flag.revision}</span></span>
        <Doors flag={flag} />
        <button type="button" class="quiet danger" onClick={() => setAsks(true)}>Delete</button>
      </header>
      <div role="tablist" aria-label="Parts of the flag" class="tabs" onKeyDown={step}>
        {TABS.map((name) => (
          <button key={name} id={`tab-${name}`} role="tab" type="button" aria-selected={tab === name} aria-controls="part" tabIndex={tab === name ? 0 : -1} onClick={() => route.go({ tab: name }, true)}>
            {NAMES[name]}
          </button>
        ))}
      </div>
      <div id="part" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === 'overview' && <Overview flag={flag} />}
        {tab === 'rules' && <RulesTab flag={flag} />}
        {tab === 'schedule' && <Schedule flag={flag} />}
        {tab === 'json' && <JsonTab flag={flag} />}
        {tab === 'try' && <TryTab flag={flag} />}
        {tab === 'history' && <HistoryTab flag={flag} />}
        {tab === 'use' && <UseTab flag={flag} />}
      </div>
      {asks && (
        <Dialog title={`Delete ${flag.key}?`} close={() => setAsks(false)}>
          <p>Programs that ask for it run their own default. It can be taken back.</p>
          <p class="buttons">
            <button type="button" class="danger" onClick={() => { setAsks(false); void remove(flag); }}>Delete</button>
            <button type="button" onClick={() => setAsks(false)}>Keep</button>
          </p>
        </Dialog>
      )}
    </>
  );
}

/** Where it can be evaluated, where that is not everywhere. */
function Doors({ flag }: { flag: Flag }) {
  const { body } = usePolled<Flag>(`/api/v1/flags/${encodeURIComponent(flag.key)}?consistency=local&minRevision=${flag.revision}`, null, flag.revision);
  return body?.evaluableInReason ? <State kind="warn">over HTTP only: {body.evaluableInReason}</State> : null;
}

/** Arrows move between the parts, as in any list of tabs. */
function step(event: KeyboardEvent) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by === undefined) return;
  const next = TABS[(TABS.indexOf(route.now.tab) + by + TABS.length) % TABS.length]!;
  event.preventDefault();
  route.go({ tab: next }, true);
  document.getElementById(`tab-${next}`)?.focus();
}
