import { useState } from 'preact/hooks';
import { useUsage } from '../app';
import type { Flag, Json } from '../api/types';
import { SaveBar, useDraft, type Draft } from '../flag/draft';
import { readShare, withShare } from '../flag/share';
import { fromText, toText } from '../rules/model';
import { Choice, Field, Sparkline } from '../ui/parts';

export function Overview({ flag }: { flag: Flag }) {
  const draft = useDraft(flag);
  const names = Object.keys(draft.now.variants);
  return (
    <div class="stack">
      <ShareSlider draft={draft} />
      <Variants draft={draft} />
      <Field label="Standard answer" hint="For whoever no rule and no share decides.">
        <Choice label="Standard answer" value={draft.now.defaultVariant ?? null} names={names} empty="the program’s own default" change={(name) => draft.set({ defaultVariant: name })} />
      </Field>
      <Metadata flag={flag} />
      <SaveBar draft={draft} text="changed" />
    </div>
  );
}

/** The share of callers that get the flag, of those whom no rule decides. */
function ShareSlider({ draft }: { draft: Draft }) {
  const share = readShare(draft.now);
  if (share === null) return <p class="dim">Who gets what is more than one share; Rules, Schedule and JSON show it.</p>;
  const set = (percent: number) => draft.set(withShare(draft.now, { ...share, percent }));
  return (
    <div class="share">
      <label for="share">Share that gets <b>{share.variant}</b>, the rest <b>{share.other}</b></label>
      <input id="share" type="range" min="0" max="100" step="1" value={share.percent} onInput={(event) => set(Number(event.currentTarget.value))} />
      <input type="number" min="0" max="100" step="0.001" aria-label="Share in percent" value={share.percent}
        onInput={(event) => { const percent = Number(event.currentTarget.value); if (percent >= 0 && percent <= 100) set(percent); }} />
      <span>%</span>
    </div>
  );
}

function Variants({ draft }: { draft: Draft }) {
  const { rates } = useUsage();
  const { variants } = draft.now;
  const [added, setAdded] = useState('');
  const put = (name: string, value: Json) => draft.set({ variants: { ...variants, [name]: value } });
  const drop = (name: string) => draft.set({ variants: Object.fromEntries(Object.entries(variants).filter(([other]) => other !== name)) });
  const add = () => { if (added && !Object.hasOwn(variants, added)) { put(added, Object.values(variants)[0] ?? true); setAdded(''); } };
  return (
    <fieldset>
      <legend>Variants</legend>
      <table class="plain">
        <thead><tr><th>name</th><th>value</th><th>live use</th><td /></tr></thead>
        <tbody>
          {Object.entries(variants).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td><ValueInput name={name} value={value} change={(to) => put(name, to)} /></td>
              <td><Sparkline values={rates.get(`${draft.flag.key}/${name}`) ?? []} label={`${name} was answered`} /></td>
              <td><button type="button" class="quiet" aria-label={`Remove variant ${name}`} disabled={Object.keys(variants).length < 2} onClick={() => drop(name)}>✕</button></td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="line">
        <input type="text" aria-label="Name of a new variant" placeholder="new variant" value={added} onInput={(event) => setAdded(event.currentTarget.value.trim())}
          onKeyDown={(event) => { if (event.key === 'Enter') add(); }} />
        <button type="button" disabled={!added} onClick={add}>Add variant</button>
      </p>
    </fieldset>
  );
}

/** A value keeps its kind while it is typed: all values of a flag have one. */
function ValueInput({ name, value, change }: { name: string; value: Json; change: (value: Json) => void }) {
  if (value !== null && typeof value === 'object') return <code>{JSON.stringify(value)}</code>;
  if (typeof value === 'boolean') {
    return <Choice label={`Value of ${name}`} value={String(value)} names={['true', 'false']} change={(text) => change(text === 'true')} />;
  }
  return (
    <input type={typeof value === 'number' ? 'number' : 'text'} step="any" aria-label={`Value of ${name}`} value={typeof value === 'string' ? value : toText(value)}
      onInput={(event) => change(typeof value === 'number' ? (typeof fromText(event.currentTarget.value) === 'number' ? Number(event.currentTarget.value) : value) : event.currentTarget.value)} />
  );
}

function Metadata({ flag }: { flag: Flag }) {
  const entries = Object.entries(flag.definition.metadata ?? {});
  if (entries.length === 0) return null;
  return <dl class="meta">{entries.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{String(value)}</dd></div>)}</dl>;
}
