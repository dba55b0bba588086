import { useState } from 'preact/hooks';
import { useLive } from '../app';
import type { Definition, Flag, Prerequisite, Ramp } from '../api/types';
import { SaveBar, useDraft, type Draft } from '../flag/draft';
import { mainVariant } from '../flag/share';
import { Choice, Field } from '../ui/parts';

/** When a flag turns, how it grows, and what it waits for. */
export function Schedule({ flag }: { flag: Flag }) {
  const draft = useDraft(flag);
  return (
    <div class="stack">
      <Activation draft={draft} />
      <RampEditor draft={draft} />
      <Prerequisites draft={draft} />
      <SaveBar draft={draft} text="schedule" problem={problemOf(draft.now)} />
    </div>
  );
}

function Activation({ draft }: { draft: Draft }) {
  const { now, set } = draft;
  return (
    <fieldset>
      <legend>Activation</legend>
      <Field label="Turns on at" hint="Every host has the rule before and turns at the same instant of its clock.">
        <Time label="Turns on at" value={now.activateAt} change={(activateAt) => set({ activateAt })} />
      </Field>
      {(now.activateAt || now.prerequisites?.length) ? (
        <Field label="Until then, and while other flags are not as needed">
          <Choice label="Answer until then" value={now.offVariant ?? null} names={Object.keys(now.variants)} empty="the program’s own default" change={(name) => set({ offVariant: name ?? undefined })} />
        </Field>
      ) : null}
    </fieldset>
  );
}

function RampEditor({ draft: { now, set } }: { draft: Draft }) {
  const { ramp } = now;
  const put = (part: Partial<Ramp>) => set({ ramp: { ...ramp!, ...part } });
  const begin = () => {
    const start = new Date();
    start.setUTCSeconds(0, 0);
    set({ ramp: { variant: mainVariant(now) ?? '', from: 0, to: 100, start: text(start), end: text(new Date(start.getTime() + 86_400_000)) } });
  };
  return (
    <fieldset>
      <legend>Ramp</legend>
      {!ramp ? <button type="button" onClick={begin}>Add a ramp</button> : (
        <>
          <div class="grid">
            <Field label="Variant"><Choice label="Variant that grows" value={ramp.variant} names={Object.keys(now.variants)} change={(name) => put({ variant: name! })} /></Field>
            <Field label="From, %"><input type="number" min="0" max="100" step="0.001" value={ramp.from} onInput={(event) => put({ from: Number(event.currentTarget.value) })} /></Field>
            <Field label="To, %"><input type="number" min="0" max="100" step="0.001" value={ramp.to} onInput={(event) => put({ to: Number(event.currentTarget.value) })} /></Field>
            <Field label="Begins"><Time label="Ramp begins" value={ramp.start} change={(start) => start && put({ start })} /></Field>
            <Field label="Ends"><Time label="Ramp ends" value={ramp.end} change={(end) => end && put({ end })} /></Field>
          </div>
          <p class="dim">Now at {Math.round(shareNow(ramp) * 10) / 10} %.</p>
          <button type="button" class="quiet danger" onClick={() => set({ ramp: undefined })}>Remove the ramp</button>
        </>
      )}
    </fieldset>
  );
}

function Prerequisites({ draft: { flag, now, set } }: { draft: Draft }) {
  const { flags } = useLive();
  const [chosen, setChosen] = useState<string | null>(null);
  const list = now.prerequisites ?? [];
  const put = (prerequisites: Prerequisite[]) => set({ prerequisites: prerequisites.length > 0 ? prerequisites : undefined });
  const needed = flags.get(chosen ?? '');
  const add = () => {
    if (needed) put([...list, { flag: needed.key, variant: mainVariant(needed.definition)! }]);
    setChosen(null);
  };
  const others = [...flags.keys()].filter((key) => key !== flag.key && !list.some((one) => one.flag === key)).sort();
  return (
    <fieldset>
      <legend>Needs other flags</legend>
      {list.map((one, at) => (
        <p class="line" key={one.flag}>
          <b>{one.flag}</b> answers
          <Choice label={`Answer that ${one.flag} must give`} value={one.variant} names={Object.keys(flags.get(one.flag)?.definition.variants ?? { [one.variant]: null })}
            change={(variant) => put(list.map((other, index) => (index === at ? { ...other, variant: variant! } : other)))} />
          <button type="button" class="quiet" aria-label={`No longer needs ${one.flag}`} onClick={() => put(list.filter((_, index) => index !== at))}>✕</button>
        </p>
      ))}
      <p class="line">
        <Choice label="A flag that is needed" value={chosen} names={others} empty="choose a flag…" change={setChosen} />
        <button type="button" disabled={!needed} onClick={add}>Add</button>
      </p>
    </fieldset>
  );
}

/** A time of the person's own clock, kept as UTC. */
function Time({ label, value, change }: { label: string; value: string | undefined; change: (value: string | undefined) => void }) {
  const local = value === undefined ? '' : new Date(Date.parse(value) - new Date(value).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  return (
    <span class="line">
      <input type="datetime-local" step="1" aria-label={label} value={local} onInput={(event) => { const at = event.currentTarget.value; change(at ? text(new Date(at)) : undefined); }} />
      {value && <small class="dim">{value}</small>}
    </span>
  );
}

const text = (at: Date): string => at.toISOString().replace(/\.000Z$/, 'Z');

function shareNow({ from, to, start, end }: Ramp): number {
  const passed = (Date.now() - Date.parse(start)) / (Date.parse(end) - Date.parse(start));
  return from + (to - from) * Math.min(Math.max(passed, 0), 1);
}

function problemOf({ ramp }: Definition): string | null {
  return ramp && Date.parse(ramp.end) <= Date.parse(ramp.start) ? 'The ramp ends before it begins.' : null;
}
