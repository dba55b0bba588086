import { useState } from 'preact/hooks';
import { useLive, usePolled } from '../app';
import type { ChangeSet } from '../api/types';
import { Ago } from '../ui/parts';
import { Difference } from './history';

interface Page { changeSets: ChangeSet[]; next: number | null }

/** Every change of the fabric: who, when, what, and from where. */
export function Audit() {
  const { revision } = useLive();
  const [before, setBefore] = useState<number | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const { body, problem } = usePolled<Page>(`/api/v1/history?limit=100${before === null ? '' : `&before=${before}`}`, null, before === null ? revision : 0);
  return (
    <div class="stack wide">
      <h2>Audit</h2>
      {problem && <p class="problem">{problem}</p>}
      {body?.changeSets.length === 0 && <p class="empty">Nothing has been changed yet.</p>}
      <div class="scroll" tabIndex={0} role="region" aria-label="Changes">
        <table>
          <thead><tr><th>revision</th><th>when</th><th>who</th><th>from</th><th>what</th><th>why</th></tr></thead>
          <tbody>
            {body?.changeSets.map((set) => (
              <tr key={set.revision}>
                <td class="num">{set.revision}</td>
                <td><Ago at={set.at} /></td>
                <td>{set.actor ?? <span class="dim">not said</span>}</td>
                <td class="dim">{set.address ?? '–'} by {set.node ?? '–'}</td>
                <td>
                  {set.changes.map((change) => {
                    const id = `${set.revision}/${change.key}`;
                    return (
                      <div key={change.key}>
                        <button type="button" class="quiet" aria-expanded={shown === id} onClick={() => setShown(shown === id ? null : id)}>
                          {change.key} {change.kind === 'delete' ? 'deleted' : change.previousRevision === 0 ? 'created' : 'changed'}
                        </button>
                        {shown === id && <Difference flagKey={change.key} change={{ revision: set.revision, previousRevision: change.previousRevision }} />}
                      </div>
                    );
                  })}
                </td>
                <td>{set.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="line">
        {before !== null && <button type="button" onClick={() => setBefore(null)}>Newest</button>}
        {body?.next != null && <button type="button" onClick={() => setBefore(body.next)}>Older</button>}
      </p>
    </div>
  );
}
