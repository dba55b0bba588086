import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** A line that shows how something went lately; the number beside it says the same to who cannot see it. */
export function Sparkline({ values, label }: { values: number[]; label: string }) {
  const [width, height] = [96, 20];
  const most = Math.max(...values, 1e-9);
  const points = values.map((value, at) => `${(width * at) / Math.max(values.length - 1, 1)},${height - 1 - (value / most) * (height - 3)}`);
  const now = values[values.length - 1] ?? 0;
  return (
    <span class="spark">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${label}: ${rate(now)} a second now`}>
        {values.length > 1 && <polyline points={points.join(' ')} />}
      </svg>
      <span class="num">{rate(now)}/s</span>
    </span>
  );
}

export const rate = (value: number): string => (value === 0 ? '0' : value < 10 ? value.toFixed(1) : count(Math.round(value)));
export const count = (value: number): string => value.toLocaleString('en-GB');

export function Switch({ on, label, busy, change }: { on: boolean; label: string; busy?: boolean; change: () => void }) {
  return (
    <button type="button" role="switch" class="switch" aria-checked={on} aria-label={label} disabled={busy ?? false} onClick={change}>
      <span class="knob" />
    </button>
  );
}

export function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
  const own = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    own.current?.showModal();
    return () => before?.focus();
  }, []);
  return (
    <dialog ref={own} aria-labelledby={id} onClose={close} onClick={(event) => event.target === own.current && close()}>
      <div class="inside">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

export function Field({ label, hint, children }: { label: string; hint?: string | undefined; children: ComponentChildren }) {
  return (
    <label class="field">
      <span>{label}</span>
      {children}
      {hint && <small>{hint}</small>}
    </label>
  );
}

/** A choice among names. */
export function Choice({ label, value, names, empty, change }: {
  label: string; value: string | null; names: readonly (string | readonly [string, string])[]; empty?: string | undefined; change: (name: string | null) => void;
}) {
  return (
    <select aria-label={label} value={value ?? ''} onChange={(event) => change(event.currentTarget.value || null)}>
      {empty !== undefined && <option value="">{empty}</option>}
      {names.map((name) => (typeof name === 'string' ? <option key={name} value={name}>{name}</option> : <option key={name[0]} value={name[0]}>{name[1]}</option>))}
    </select>
  );
}

export function Ago({ at }: { at: string | null }) {
  if (at === null) return <span class="dim">never</span>;
  return <time dateTime={at} title={new Date(at).toLocaleString()}>{ago(at)}</time>;
}

function ago(at: string): string {
  const seconds = Math.max(0, (Date.now() - Date.parse(at)) / 1000);
  const [amount, unit] = seconds < 60 ? [seconds, 's'] : seconds < 3600 ? [seconds / 60, 'min'] : seconds < 86_400 ? [seconds / 3600, 'h'] : [seconds / 86_400, 'd'];
  return `${Math.floor(amount)} ${unit} ago`;
}

export function State({ kind, children }: { kind: 'good' | 'bad' | 'warn' | 'plain'; children: ComponentChildren }) {
  return <span class={`state ${kind}`}>{children}</span>;
}
