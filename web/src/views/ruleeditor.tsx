import { fromText, listFromText, listToText, OPS, takesList, toText, type Condition, type Op, type Part, type Result, type Rule } from '../rules/model';
import { useState } from 'preact/hooks';
import { Choice } from '../ui/parts';

/** Facts that every caller has, and some that many give. */
export const FACTS = ['targetingKey', 'email', 'plan', 'country', 'version', 'host.name', 'process.exe', 'process.uid', 'process.comm', 'process.cgroup', '$flagd.timestamp'];

export function RuleEditor({ rule, number, variants, change, remove, up, down }: {
  rule: Rule; number: number; variants: string[]; change: (rule: Rule) => void; remove: () => void; up: (() => void) | null; down: (() => void) | null;
}) {
  const put = (at: number, condition: Condition) => change({ ...rule, conditions: rule.conditions.map((other, index) => (index === at ? condition : other)) });
  const add = () => change({ ...rule, conditions: [...rule.conditions, { fact: 'targetingKey', op: 'is', values: [''] }] });
  return (
    <fieldset>
      <legend>Rule {number}</legend>
      {rule.conditions.length > 1 && (
        <Choice label={`Rule ${number}: how many must hold`} value={rule.match} names={[['all', 'all of these'], ['any', 'any of these']]} change={(match) => change({ ...rule, match: match as Rule['match'] })} />
      )}
      {rule.conditions.map((condition, at) => (
        <ConditionEditor key={at} label={`Rule ${number}, condition ${at + 1}`} condition={condition} change={(to) => put(at, to)}
          remove={rule.conditions.length > 1 ? () => change({ ...rule, conditions: rule.conditions.filter((_, index) => index !== at) }) : null} />
      ))}
      <div class="line">
        <span>then</span>
        <ResultEditor result={rule.result} variants={variants} empty="the standard answer" change={(result) => change({ ...rule, result })} />
      </div>
      <p class="line tools">
        <button type="button" class="quiet" onClick={add}>Add condition</button>
        <button type="button" class="quiet" disabled={!up} aria-label={`Rule ${number} earlier`} onClick={() => up?.()}>↑</button>
        <button type="button" class="quiet" disabled={!down} aria-label={`Rule ${number} later`} onClick={() => down?.()}>↓</button>
        <button type="button" class="quiet danger" aria-label={`Remove rule ${number}`} onClick={remove}>Remove</button>
      </p>
    </fieldset>
  );
}

function ConditionEditor({ label, condition, change, remove }: { label: string; condition: Condition; change: (condition: Condition) => void; remove: (() => void) | null }) {
  const list = takesList(condition.op);
  const said = list ? listToText(condition.values) : toText(condition.values[0] ?? '');
  // What is typed stays as it was typed while it means the same.
  const [typed, setTyped] = useState<string | null>(null);
  const values = (text: string) => (list ? listFromText(text) : [condition.op.startsWith('version') ? text.trim() : fromText(text)]);
  const text = typed !== null && JSON.stringify(values(typed)) === JSON.stringify(condition.values) ? typed : said;
  return (
    <div class="line condition" role="group" aria-label={label}>
      <input type="text" list="facts" aria-label={`${label}: fact`} spellcheck={false} value={condition.fact} onInput={(event) => change({ ...condition, fact: event.currentTarget.value })} />
      <Choice label={`${label}: comparison`} value={condition.op} names={Object.entries(OPS)} change={(op) => change({ ...condition, op: op as Op, values: takesList(op as Op) ? condition.values : condition.values.slice(0, 1) })} />
      <input type="text" aria-label={`${label}: value`} placeholder={list ? 'one, two, three' : 'value'} spellcheck={false} value={text}
        onInput={(event) => { setTyped(event.currentTarget.value); change({ ...condition, values: values(event.currentTarget.value) }); }} />
      {remove && <button type="button" class="quiet" aria-label={`${label}: remove`} onClick={remove}>✕</button>}
    </div>
  );
}

/** What a rule answers: a variant, shares of several, or nothing of its own. */
export function ResultEditor({ result, variants, empty, change }: { result: Result; variants: string[]; empty: string; change: (result: Result) => void }) {
  const value = result.kind === 'default' ? null : result.kind === 'split' ? '%' : `=${result.name}`;
  const names: (readonly [string, string])[] = [...variants.map((name) => [`=${name}`, name] as const), ['%', 'shares…'] as const];
  if (result.kind === 'variant' && !variants.includes(result.name)) names.unshift([`=${result.name}`, `${result.name} (no such variant)`]);
  const choose = (to: string | null) => {
    if (to === null) change({ kind: 'default' });
    else if (to === '%') change({ kind: 'split', parts: variants.map((name, at) => ({ name, weight: Math.floor(100 / variants.length) + (at < 100 % variants.length ? 1 : 0) })) });
    else change({ kind: 'variant', name: to.slice(1) });
  };
  return (
    <>
      <Choice label="Answer" value={value} names={names} empty={empty} change={choose} />
      {result.kind === 'split' && <Shares parts={result.parts} change={(parts) => change({ kind: 'split', parts })} />}
    </>
  );
}

function Shares({ parts, change }: { parts: Part[]; change: (parts: Part[]) => void }) {
  const total = parts.reduce((sum, part) => sum + part.weight, 0);
  return (
    <span class="shares">
      {parts.map((part, at) => (
        <label key={at}>
          {part.name}
          <input type="number" min="0" step="1" aria-label={`Weight of ${part.name}`} value={part.weight}
            onInput={(event) => change(parts.map((other, index) => (index === at ? { ...other, weight: Math.max(0, Math.round(Number(event.currentTarget.value))) } : other)))} />
          <span class="dim num">{total === 0 ? '–' : `${Math.round((part.weight / total) * 1000) / 10} %`}</span>
        </label>
      ))}
    </span>
  );
}
