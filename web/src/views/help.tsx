import { useState } from 'preact/hooks';
import { client, setActor } from '../app';
import { shortcuts, type Binding } from '../keys';
import { Dialog, Field, Switch } from '../ui/parts';

export function Help({ bindings, close }: { bindings: Binding[]; close: () => void }) {
  const [on, setOn] = useState(shortcuts.on);
  return (
    <Dialog title="Keys and settings" close={close}>
      <dl class="keys">
        {bindings.map((binding) => (
          <div key={binding.what}>
            <dt>{binding.keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{binding.what}</dd>
          </div>
        ))}
      </dl>
      <p class="line"><Switch on={on} label="Single keys do something" change={() => { shortcuts.on = !on; setOn(!on); }} /> Single keys do something</p>
      <Field label="Your name, as the history shows it" hint="Nothing proves it.">
        <input type="text" maxLength={80} value={client.actor} onInput={(event) => setActor(event.currentTarget.value)} />
      </Field>
      <p class="buttons"><button type="button" onClick={close}>Close</button></p>
    </Dialog>
  );
}
