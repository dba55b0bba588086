import { client, live, notices } from '../app';
import type { Definition, Flag } from '../api/types';
import { mergePatch } from './patch';

const pathOf = (key: string, message: string): string =>
  `/api/v1/flags/${encodeURIComponent(key)}${message ? `?message=${encodeURIComponent(message)}` : ''}`;

/** Changes a flag, if it still is as the page showed it. */
export async function change(flag: Flag, to: Definition, text: string, message = ''): Promise<boolean> {
  const patch = mergePatch(flag.definition, to);
  const request = patch === null ? { method: 'PUT', body: to } : { method: 'PATCH', body: patch };
  return write(`${flag.key}: ${text}`, () => client.get<Flag>(pathOf(flag.key, message), { ...request, ifMatch: flag.revision }));
}

export async function create(key: string, definition: Definition): Promise<boolean> {
  return write(`${key}: created`, () => client.get<Flag>(pathOf(key, ''), { method: 'PUT', body: definition, ifNoneMatch: true }));
}

export async function remove(flag: Flag): Promise<boolean> {
  try {
    await notices.write(`${flag.key}: deleted`, () => client.get<{ revision: number }>(pathOf(flag.key, ''), { method: 'DELETE', ifMatch: flag.revision }));
    return true;
  } catch {
    return false;
  }
}

export async function rollBack(flag: Flag, toRevision: number): Promise<boolean> {
  return write(`${flag.key}: back to ${toRevision}`, () =>
    client.get<Flag>(`/api/v1/flags/${encodeURIComponent(flag.key)}/rollback`, { method: 'POST', body: { toRevision }, ifMatch: flag.revision }));
}

export const toggle = (flag: Flag): Promise<boolean> => {
  const on = flag.definition.state !== 'ENABLED';
  return change(flag, { ...flag.definition, state: on ? 'ENABLED' : 'DISABLED' }, on ? 'on' : 'off');
};

/** Whether it was written; why not stands in the notice. */
async function write(text: string, send: () => Promise<Flag>): Promise<boolean> {
  try {
    const flag = await notices.write(text, send);
    if (flag.definition) live.took(flag);
    return true;
  } catch {
    return false;
  }
}
