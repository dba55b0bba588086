import { useState } from 'preact/hooks';
import { client } from '../app';
import type { Explanation, Flag, JsonObject } from '../api/types';
import { wordsOf } from '../ui/notices';
import { Field, State } from '../ui/parts';

/** What a caller would be answered, and why, without a program that asks. */
export function TryTab({ flag }: { flag: Flag }) {
  const [key, setKey] = useState('user-1');
  const [more, setMore] = useState('{}');
  const [found, setFound] = useState<{ answer: Explanation | null; problem: string | null }>({ answer: null, problem: null });
  const ask = async () => {
    try {
      const context = { ...(JSON.parse(more || '{}') as JsonObject), targetingKey: key };
      const answer = await client.ask<Explanation>(`/api/v1/flags/${encodeURIComponent(flag.key)}/explain`, { context });
      setFound({ answer, problem: null });
    } catch (failed) {
      setFound({ answer: null, problem: wordsOf(failed) });
    }
  };
  return (
    <div class="stack">
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void ask(); }}>
        <Field label="Targeting key"><input type="text" value={key} spellcheck={false} onInput={(event) => setKey(event.currentTarget.value)} /></Field>
        <Field label="What else is known of the caller, as JSON"><textarea rows={4} spellcheck={false} value={more} onInput={(event) => setMore(event.currentTarget.value)} /></Field>
        <p class="buttons"><button type="submit" class="main">Try</button></p>
      </form>
      <div role="status">
        {found.problem && <p class="problem">{found.problem}</p>}
        {found.answer && <Answer answer={found.answer} />}
      </div>
    </div>
  );
}

function Answer({ answer }: { answer: Explanation }) {
  return (
    <div class="answer">
      <p>
        <State kind={answer.reason === 'ERROR' ? 'bad' : 'good'}>{answer.variant ?? 'the program’s own default'}</State>{' '}
        {answer.value !== undefined && answer.variant !== undefined && <code>{JSON.stringify(answer.value)}</code>} because of {answer.reason}, decided at <code>{answer.rule || 'the whole definition'}</code>
      </p>
      {answer.evaluableInReason && <p class="dim">{answer.evaluableInReason}</p>}
      {answer.bucket && <p class="dim">falls on point {answer.bucket.point} of {answer.bucket.total}</p>}
      {answer.steps.length > 0 && (
        <table>
          <thead><tr><th>asked</th><th>found</th><th>at</th></tr></thead>
          <tbody>{answer.steps.map((step, at) => <tr key={at}><td><code>{step.asked}</code></td><td>{step.found}</td><td class="dim"><code>{step.at}</code></td></tr>)}</tbody>
        </table>
      )}
    </div>
  );
}
