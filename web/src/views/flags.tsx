import { live, usage, useLive, useRoute, useUsage } from '../app';
import type { Flag } from '../api/types';
import { summary } from '../flag/summary';
import { toggle } from '../flag/write';
import { route, writeRoute, type Route, type Show } from '../route';
import { Sparkline, Switch } from '../ui/parts';
import { FlagView } from './flag';

const SHOWS: Record<Show, string> = { all: 'all', on: 'on', off: 'off', stale: 'nobody asks' };

export function Flags({ add }: { add: () => void }) {
  const here = useRoute();
  const { flags, loaded } = useLive();
  const used = useUsage();
  const shown = shownOf(flags, here, used.stale);
  return (
    <div class={`split ${here.key === null ? '' : 'open'}`}>
      <section class="list" aria-label="Flags">
        <div class="filters">
          <input id="search" type="search" placeholder="Search flags" aria-label="Search flags" value={here.search}
            onInput={(event) => route.go({ search: event.currentTarget.value }, true)}
            onKeyDown={(event) => { if (event.key === 'Enter' && shown[0]) route.go({ key: shown[0].key }); }} />
          <button type="button" class="main" onClick={add}>New flag</button>
          <div class="chips" role="group" aria-label="Show">
            {Object.entries(SHOWS).map(([show, words]) => (
              <button key={show} type="button" aria-pressed={here.show === show} onClick={() => route.go({ show: show as Show })}>{words}</button>
            ))}
          </div>
        </div>
        <p class="dim count" role="status">{loaded ? `${shown.length} of ${flags.size}` : 'reading…'}</p>
        {loaded && flags.size === 0 && <p class="empty">There is no flag yet. <kbd>n</kbd> makes one, and so does <code>fabric flag set KEY --default on</code>.</p>}
        {flags.size > 0 && shown.length === 0 && <p class="empty">No flag is like that.</p>}
        <ul>{shown.map((flag) => <Line key={flag.key} flag={flag} here={here} rates={used.rates.get(flag.key) ?? []} />)}</ul>
      </section>
      <section class="detail" aria-label="Flag">
        {here.key === null ? <p class="empty">Choose a flag, or press <kbd>j</kbd>.</p> : <FlagView key={here.key} flagKey={here.key} />}
      </section>
    </div>
  );
}

function Line({ flag, here, rates }: { flag: Flag; here: Route; rates: number[] }) {
  const on = flag.definition.state === 'ENABLED';
  return (
    <li class={here.key === flag.key ? 'selected' : ''}>
      <Switch on={on} label={`${flag.key} in service`} change={() => void toggle(flag)} />
      <a href={writeRoute({ ...here, key: flag.key })} aria-current={here.key === flag.key ? 'true' : undefined}>
        <b>{flag.key}</b>
        <span class="dim">{summary(flag.definition)}</span>
      </a>
      <Sparkline values={rates} label={`calls of ${flag.key}`} />
    </li>
  );
}

function shownOf(flags: ReadonlyMap<string, Flag>, { search, show }: Route, stale: ReadonlySet<string>): Flag[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return [...flags.values()]
    .filter((flag) => words.every((word) => flag.key.toLowerCase().includes(word)))
    .filter((flag) => show === 'all' || (show === 'stale' ? stale.has(flag.key) : (flag.definition.state === 'ENABLED') === (show === 'on')))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** The key of the flag that comes so many lines after the selected one. */
export function neighbour(step: number): string | null {
  const shown = shownOf(live.state.flags, route.now, usage.state.stale);
  const at = shown.findIndex((flag) => flag.key === route.now.key);
  return shown[at < 0 ? (step > 0 ? 0 : shown.length - 1) : Math.min(Math.max(at + step, 0), shown.length - 1)]?.key ?? null;
}
