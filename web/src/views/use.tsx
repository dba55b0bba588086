import { useUsage } from '../app';
import type { Caller, Flag } from '../api/types';
import { Ago, count, Sparkline, State } from '../ui/parts';

/** How often the flag is asked for now, what it answers, and who asks. */
export function UseTab({ flag }: { flag: Flag }) {
  const { flags, rates, stale, missing, loaded } = useUsage();
  const used = flags.get(flag.key);
  if (!loaded) return <p class="dim">reading…</p>;
  return (
    <div class="stack">
      {missing.length > 0 && <p class="problem">Not in the sums: {missing.join(', ')}, which did not answer.</p>}
      {stale.has(flag.key) && <p><State kind="warn">nobody asks</State> No host has seen a call in 30 days.</p>}
      <dl class="meta">
        <div><dt>now</dt><dd><Sparkline values={rates.get(flag.key) ?? []} label="all calls" /></dd></div>
        <div><dt>calls</dt><dd class="num">{count(used?.evaluations ?? 0)}</dd></div>
        <div><dt>last</dt><dd><Ago at={used?.last ?? null} /></dd></div>
        <div><dt>by the library</dt><dd class="num">{count(used?.doors.shared ?? 0)}</dd></div>
        <div><dt>overridden</dt><dd class="num">{count(used?.doors.override ?? 0)}</dd></div>
        <div><dt>over HTTP</dt><dd class="num">{count(used?.doors.remote ?? 0)}</dd></div>
      </dl>
      <table>
        <thead><tr><th>answer</th><th>calls</th><th>now</th></tr></thead>
        <tbody>
          {Object.entries(used?.variants ?? {}).map(([name, calls]) => (
            <tr key={name}><th scope="row">{name}</th><td class="num">{count(calls)}</td><td><Sparkline values={rates.get(`${flag.key}/${name}`) ?? []} label={name} /></td></tr>
          ))}
          <tr><th scope="row">the program’s own default</th><td class="num">{count(used?.defaults ?? 0)}</td><td /></tr>
        </tbody>
      </table>
      <h3>Who asks</h3>
      <Callers callers={used?.callers ?? []} />
    </div>
  );
}

export function Callers({ callers }: { callers: Caller[] }) {
  if (callers.length === 0) return <p class="dim">Nobody has asked yet.</p>;
  return (
    <table>
      <thead><tr><th>program</th><th>calls</th><th>processes</th><th>last</th></tr></thead>
      <tbody>
        {callers.map((caller) => (
          <tr key={caller.exe ?? ''}><th scope="row"><code>{caller.exe ?? 'over HTTP'}</code></th><td class="num">{count(caller.evaluations)}</td><td class="num">{caller.processes}</td><td><Ago at={caller.last} /></td></tr>
        ))}
      </tbody>
    </table>
  );
}
