import { useState } from 'preact/hooks';
import type { Flag, Json } from '../api/types';
import { SaveBar, useDraft, type Draft } from '../flag/draft';
import { type Rule, type Rules } from '../rules/model';
import { readRules } from '../rules/read';
import { writeRules } from '../rules/write';
import { FACTS, ResultEditor, RuleEditor } from './ruleeditor';

/** Rules by clicking, and the same as JSON: whatever is done in one shows in the other. */
export function RulesTab({ flag }: { flag: Flag }) {
  const draft = useDraft(flag);
  const [text, setText] = useState<string | null>(null);
  const rules = readRules(draft.now.targeting);
  const problem = text === null ? unfinished(rules) : problemOf(text);
  const setTargeting = (targeting: Json | undefined) => draft.set({ targeting: targeting as Json });
  return (
    <div class="stack">
      {rules === null
        ? <p class="dim">These rules say more than can be clicked together; they are edited as JSON.</p>
        : <Builder rules={rules} draft={draft} change={(to) => { setText(null); setTargeting(writeRules(to)); }} />}
      <details open={rules === null}>
        <summary>As JSON</summary>
        <textarea aria-label="Rules as JSON" spellcheck={false} rows={12} value={text ?? (draft.now.targeting === undefined ? '' : JSON.stringify(draft.now.targeting, null, 2))}
          onInput={(event) => {
            const typed = event.currentTarget.value;
            setText(typed);
            // What is not JSON yet marks the draft as changed and leaves its rules.
            setTargeting(problemOf(typed) === null ? parse(typed) : draft.now.targeting);
          }} />
      </details>
      <SaveBar draft={{ ...draft, reset: () => { setText(null); draft.reset(); } }} text="rules" problem={problem} />
    </div>
  );
}

function Builder({ rules, draft, change }: { rules: Rules; draft: Draft; change: (rules: Rules) => void }) {
  const variants = Object.keys(draft.now.variants);
  const put = (at: number, rule: Rule) => change({ ...rules, rules: rules.rules.map((other, index) => (index === at ? rule : other)) });
  const move = (at: number, by: number) => {
    const list = [...rules.rules];
    const [moved] = list.splice(at, 1);
    list.splice(at + by, 0, moved!);
    change({ ...rules, rules: list });
  };
  const add = () => {
    const rule: Rule = { match: 'all', conditions: [{ fact: 'targetingKey', op: 'is', values: [''] }], result: { kind: 'variant', name: variants[0] ?? '' } };
    change({ ...rules, rules: [...rules.rules, rule] });
  };
  return (
    <>
      <datalist id="facts">{FACTS.map((fact) => <option key={fact} value={fact} />)}</datalist>
      <ol class="rules" aria-label="Rules">
        {rules.rules.map((rule, at) => (
          <li key={at}>
            <RuleEditor rule={rule} number={at + 1} variants={variants} change={(to) => put(at, to)}
              remove={() => change({ ...rules, rules: rules.rules.filter((_, index) => index !== at) })}
              up={at > 0 ? () => move(at, -1) : null} down={at + 1 < rules.rules.length ? () => move(at, 1) : null} />
          </li>
        ))}
      </ol>
      <p class="line"><button type="button" onClick={add}>Add rule</button></p>
      <div class="line otherwise" role="group" aria-label="Otherwise">
        <span>{rules.rules.length > 0 ? 'otherwise' : 'everybody gets'}</span>
        <ResultEditor result={rules.otherwise} variants={variants} empty={draft.now.ramp ? 'the ramp’s answer' : 'the standard answer'} change={(otherwise) => change({ ...rules, otherwise })} />
      </div>
    </>
  );
}

/** What is clicked together and asks nothing yet. */
function unfinished(rules: Rules | null): string | null {
  const at = rules?.rules.findIndex((rule) => rule.conditions.some((condition) => condition.fact === '')) ?? -1;
  return at < 0 ? null : `Rule ${at + 1} has a condition without a fact.`;
}

function problemOf(text: string): string | null {
  try {
    parse(text);
    return null;
  } catch (failed) {
    return (failed as Error).message;
  }
}

const parse = (text: string): Json | undefined => (text.trim() === '' ? undefined : (JSON.parse(text) as Json));
