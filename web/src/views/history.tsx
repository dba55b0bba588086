import { useState } from 'preact/hooks';
import { usePolled } from '../app';
import type { Flag, FlagChange } from '../api/types';
import { rollBack } from '../flag/write';
import { Ago } from '../ui/parts';

interface Page { changes: FlagChange[]; next: number | null }
interface Diff { text: string }

/** Who changed the flag and what, with the way back. */
export function HistoryTab({ flag }: { flag: Flag }) {
  const path = `/api/v1/flags/${encodeURIComponent(flag.key)}/history?limit=50`;
  const { body, problem } = usePolled<Page>(path, null, flag.revision);
  const [shown, setShown] = useState<number | null>(null);
  if (problem && !body) return <p class="problem">{problem}</p>;
  return (
    <ol class="history" aria-label="Changes">
      {body?.changes.map((change) => (
        <li key={change.revision}>
          <div class="line">
            <b class="num">{change.revision}</b>
            <Ago at={change.at} />
            <span>{change.actor ?? 'somebody'}</span>
            <span class="dim">{change.kind === 'delete' ? 'deleted' : change.previousRevision === 0 ? 'created' : 'changed'}{change.message ? `: ${change.message}` : ''}</span>
            <span class="push" />
            <button type="button" class="quiet" aria-expanded={shown === change.revision} onClick={() => setShown(shown === change.revision ? null : change.revision)}>Diff</button>
            {change.revision !== flag.revision && change.kind === 'put' && <button type="button" onClick={() => void rollBack(flag, change.revision)}>Back to this</button>}
          </div>
          {shown === change.revision && <Difference flagKey={flag.key} change={change} />}
        </li>
      ))}
    </ol>
  );
}

/** What a change changed, line by line. */
export function Difference({ flagKey, change }: { flagKey: string; change: { revision: number; previousRevision: number } }) {
  const { body, problem } = usePolled<Diff>(`/api/v1/flags/${encodeURIComponent(flagKey)}/diff?from=${change.previousRevision}&to=${change.revision}`, null);
  if (problem) return <p class="problem">{problem}</p>;
  const lines = (body?.text ?? '').split('\n').filter((line) => !/^(---|\+\+\+)/.test(line));
  return (
    <pre class="diff" tabIndex={0} aria-label={`What ${change.revision} changed`}>
      {lines.map((line, at) => <span key={at} class={line.startsWith('+') ? 'plus' : line.startsWith('-') ? 'minus' : ''}>{line}{'\n'}</span>)}
    </pre>
  );
}
