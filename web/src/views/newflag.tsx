import { useState } from 'preact/hooks';
import { create } from '../flag/write';
import { route } from '../route';
import type { Definition, Json } from '../api/types';
import { Choice, Dialog, Field } from '../ui/parts';

const KINDS: Record<string, { [name: string]: Json }> = {
  'on or off': { on: true, off: false },
  'a text': { a: 'a', b: 'b' },
  'a number': { low: 1, high: 2 },
};

/** A flag begins with its standard answer; what else it says is clicked afterwards. */
export function NewFlag({ close }: { close: () => void }) {
  const [key, setKey] = useState('');
  const [kind, setKind] = useState('on or off');
  const [standard, setStandard] = useState('off');
  const variants = KINDS[kind]!;
  const add = async () => {
    const definition: Definition = { state: 'ENABLED', variants, defaultVariant: standard };
    if (await create(key, definition)) {
      close();
      route.go({ view: 'flags', key, tab: 'overview' });
    }
  };
  return (
    <Dialog title="New flag" close={close}>
      <form onSubmit={(event) => { event.preventDefault(); void add(); }}>
        <Field label="Key" hint="At most 63 bytes, as programs ask for it.">
          <input type="text" required maxLength={63} value={key} autoFocus spellcheck={false} onInput={(event) => setKey(event.currentTarget.value.trim())} />
        </Field>
        <Field label="Answers">
          <Choice label="Answers" value={kind} names={Object.keys(KINDS)} change={(name) => { setKind(name!); setStandard(Object.keys(KINDS[name!]!).at(name === 'on or off' ? 1 : 0)!); }} />
        </Field>
        <Field label="Standard answer">
          <Choice label="Standard answer" value={standard} names={Object.keys(variants)} change={(name) => setStandard(name!)} />
        </Field>
        <p class="buttons"><button type="submit" class="main">Create</button><button type="button" onClick={close}>Cancel</button></p>
      </form>
    </Dialog>
  );
}
