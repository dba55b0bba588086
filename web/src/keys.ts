/** A key and what it does; the help lists this table, so that it cannot say anything else. */
export interface Binding { keys: string[]; what: string; run: (key: string) => void }

/** Whether single keys do anything: a person who speaks to the machine may not want that. */
export const shortcuts = {
  get on(): boolean {
    return localStorage.getItem('keys') !== 'off';
  },
  set on(value: boolean) {
    localStorage.setItem('keys', value ? 'on' : 'off');
  },
};

export function listenForKeys(bindings: () => Binding[]): () => void {
  const heard = (event: KeyboardEvent) => {
    if (!shortcuts.on || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    const binding = bindings().find((one) => one.keys.includes(event.key));
    if (!binding) return;
    event.preventDefault();
    binding.run(event.key);
  };
  addEventListener('keydown', heard);
  return () => removeEventListener('keydown', heard);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) && !(target instanceof HTMLInputElement && /checkbox|button/.test(target.type));
}
