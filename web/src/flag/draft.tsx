import { useState } from 'preact/hooks';
import type { Definition, Flag } from '../api/types';
import { change } from './write';

export interface Draft { flag: Flag; now: Definition; dirty: boolean; busy: boolean; overtaken: boolean; set: (part: Partial<Definition>) => void; reset: () => void; save: (text: string) => void }

/** What a person is about to write. It follows the flag until something is changed, and from then on stays with what it began from. */
export function useDraft(flag: Flag): Draft {
  const [edited, setEdited] = useState<{ from: Flag; to: Definition } | null>(null);
  const [busy, setBusy] = useState(false);
  const from = edited?.from ?? flag;
  const now = edited?.to ?? flag.definition;
  return {
    flag: from,
    now,
    dirty: edited !== null,
    busy,
    overtaken: edited !== null && edited.from.revision !== flag.revision,
    set: (part) => setEdited((before) => ({ from: before?.from ?? flag, to: { ...(before?.to ?? flag.definition), ...part } })),
    reset: () => setEdited(null),
    save: (text) => {
      setBusy(true);
      void change(from, now, text).then((done) => {
        setBusy(false);
        if (done) setEdited(null);
      });
    },
  };
}

/** Appears with the first change, and says so where somebody else was faster. */
export function SaveBar({ draft, text, problem }: { draft: Draft; text: string; problem?: string | null }) {
  if (!draft.dirty) return null;
  return (
    <div class="save" role="group" aria-label="Unsaved changes">
      {draft.overtaken && <p class="problem">Somebody else has changed the flag meanwhile. Discard, look, and change it again.</p>}
      {problem && <p class="problem" role="alert">{problem}</p>}
      <button type="button" class="main" disabled={draft.busy || draft.overtaken || !!problem} onClick={() => draft.save(text)}>Save</button>
      <button type="button" disabled={draft.busy} onClick={draft.reset}>Discard</button>
    </div>
  );
}
