import { useLive, useUsage } from '../app';
import { writeRoute } from '../route';
import { Ago, count, Sparkline } from '../ui/parts';
import { Callers } from './use';

const MOST = 200;

/** What is asked for in the fleet, by whom; what nobody asks for, and what nobody has. */
export function UsageView() {
  const { flags, unknown, stale, rates, missing, loaded } = useUsage();
  const { flags: live } = useLive();
  if (!loaded) return <p class="empty">reading…</p>;
  const busiest = [...flags.values()].filter((flag) => flag.evaluations > 0).sort((one, other) => other.evaluations - one.evaluations);
  return (
    <div class="stack wide">
      <h2>Use</h2>
      {missing.length > 0 && <p class="problem">Not in the sums: {missing.join(', ')}, which did not answer.</p>}
      {busiest.length === 0 && <p class="empty">No program has asked for a flag yet.</p>}
      {busiest.slice(0, MOST).map((flag) => (
        <details key={flag.key}>
          <summary><b>{flag.key}</b> <span class="num">{count(flag.evaluations)}</span> <span class="dim">calls, last <Ago at={flag.last} /></span> <Sparkline values={rates.get(flag.key) ?? []} label={`calls of ${flag.key}`} /></summary>
          <Callers callers={flag.callers} />
        </details>
      ))}
      <h3>Nobody asks for</h3>
      <ul class="names" aria-label="Nobody asks for">{[...stale].filter((key) => live.has(key)).map((key) => <li key={key}><a href={writeRoute({ view: 'flags', key, tab: 'use', search: '', show: 'all' })}>{key}</a></li>)}</ul>
      {stale.size === 0 && <p class="dim">Every flag was asked for in the last 30 days.</p>}
      <h3>Asked for, and no flag</h3>
      {unknown.length === 0 ? <p class="dim">Every name that was asked for is a flag.</p> : (
        <ul class="names">{unknown.map((one) => <li key={one.name}><b>{one.name || 'others'}</b> <span class="num">{count(one.evaluations)}</span> <span class="dim">{one.callers.map((caller) => caller.exe ?? 'HTTP').slice(0, 3).join(', ')}</span></li>)}</ul>
      )}
    </div>
  );
}
