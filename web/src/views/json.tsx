import { useState } from 'preact/hooks';
import type { Definition, Flag } from '../api/types';
import { change } from '../flag/write';

/** The whole definition, as it is stored. */
export function JsonTab({ flag }: { flag: Flag }) {
  const [edited, setEdited] = useState<{ from: Flag; text: string } | null>(null);
  const text = edited?.text ?? JSON.stringify(flag.definition, null, 2);
  const problem = problemOf(text);
  const overtaken = edited !== null && edited.from.revision !== flag.revision;
  const save = async () => {
    if (edited && (await change(edited.from, JSON.parse(edited.text) as Definition, 'definition'))) setEdited(null);
  };
  return (
    <div class="stack">
      <textarea aria-label="Definition as JSON" spellcheck={false} rows={22} value={text} onInput={(event) => setEdited({ from: edited?.from ?? flag, text: event.currentTarget.value })} />
      {edited && (
        <div class="save" role="group" aria-label="Unsaved changes">
          {overtaken && <p class="problem">Somebody else has changed the flag meanwhile. Discard, look, and change it again.</p>}
          {problem && <p class="problem" role="alert">{problem}</p>}
          <button type="button" class="main" disabled={problem !== null || overtaken} onClick={() => void save()}>Save</button>
          <button type="button" onClick={() => setEdited(null)}>Discard</button>
        </div>
      )}
    </div>
  );
}

function problemOf(text: string): string | null {
  try {
    const json = JSON.parse(text) as unknown;
    return json !== null && typeof json === 'object' && !Array.isArray(json) ? null : 'A definition is an object.';
  } catch (failed) {
    return (failed as Error).message;
  }
}
