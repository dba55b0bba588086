import { useState } from 'preact/hooks';
import { client, notices, useLive, usePolled } from '../app';
import type { Attachment } from '../api/types';
import { Dialog, Field, State } from '../ui/parts';

const KINDS = { attached: 'good', absent: 'plain', refused: 'bad', pending: 'warn', unreachable: 'warn' } as const;

/** Functions that are answered in the place of their own code. */
export function Attachments() {
  const { node } = useLive();
  const { body, problem, again } = usePolled<{ attachments: Attachment[] }>('/api/v1/attachments', 2000, node);
  const [adds, setAdds] = useState(false);
  const withdraw = (one: Attachment) =>
    notices.write(`${one.exe} ${one.symbol}: withdrawn`, () => client.get<{ revision: number }>(`/api/v1/attachments/${one.id}`, { method: 'DELETE', ifMatch: one.revision }), false)
      .then(again).catch(() => undefined);
  return (
    <div class="stack wide">
      <div class="line"><h2>Attachments</h2><span class="push" /><button type="button" class="main" onClick={() => setAdds(true)}>Attach a function</button></div>
      {problem && <p class="problem">{problem}</p>}
      {body?.attachments.length === 0 && <p class="empty">Nothing is attached. A program that knows nothing of Fabric is answered by attaching to its function: <code>fabric attach --exe PATH --symbol NAME</code>.</p>}
      {body?.attachments.map((one) => (
        <article key={one.id}>
          <div class="line"><h3><code>{one.exe}</code> {one.symbol}</h3><span class="dim">{one.signature}, {one.abi}, revision {one.revision}</span><span class="push" />
            <button type="button" class="quiet danger" aria-label={`Withdraw ${one.symbol} of ${one.exe}`} onClick={() => void withdraw(one)}>Withdraw</button></div>
          <ul class="hosts">
            {one.hosts.map((host) => (
              <li key={host.host}><b>{host.host}</b> <State kind={KINDS[host.state as keyof typeof KINDS] ?? 'plain'}>{host.state}</State> {host.files.length > 0 && <span class="dim">{host.files.length} {host.files.length === 1 ? 'file' : 'files'}</span>} {host.reason}</li>
            ))}
          </ul>
        </article>
      ))}
      {adds && <Attach close={() => setAdds(false)} done={again} />}
    </div>
  );
}

function Attach({ close, done }: { close: () => void; done: () => void }) {
  const [exe, setExe] = useState('');
  const [symbol, setSymbol] = useState('is_feature_enabled');
  const attach = async () => {
    try {
      await notices.write(`${exe} ${symbol}: attached`, () => client.get<{ revision: number }>('/api/v1/attachments', { method: 'PUT', body: { exe, symbol } }), false);
      close();
      done();
    } catch {
      // The notice says why.
    }
  };
  return (
    <Dialog title="Attach a function" close={close}>
      <form onSubmit={(event) => { event.preventDefault(); void attach(); }}>
        <Field label="Program or library" hint="Its absolute path, as its own processes see it."><input type="text" required autoFocus spellcheck={false} value={exe} onInput={(event) => setExe(event.currentTarget.value)} /></Field>
        <Field label="Function"><input type="text" required spellcheck={false} value={symbol} onInput={(event) => setSymbol(event.currentTarget.value)} /></Field>
        <p class="buttons"><button type="submit" class="main">Attach</button><button type="button" onClick={close}>Cancel</button></p>
      </form>
    </Dialog>
  );
}
