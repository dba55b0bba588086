import { Nodes } from './nodes';
import type { ProblemBody } from './types';

/** A refusal as the API words it. */
export class Refused extends Error {
  constructor(readonly status: number, readonly body: ProblemBody | null) {
    super(body?.detail ?? `answered with status ${status}`);
  }
}

/** No node has answered. */
export class Nobody extends Error {
  constructor() {
    super('no node answers');
  }
}

const READ_PATIENCE = 3000;
const WRITE_PATIENCE = 8000;

export interface Request { method?: string; body?: unknown; ifMatch?: number; ifNoneMatch?: boolean; patience?: number; signal?: AbortSignal }
export interface Answer<T> { body: T; revision: number }

/** Asks whichever node serves; one that does not answer is left for the next, and the question is asked again. */
export class Client {
  readonly nodes: Nodes;
  actor = '';

  constructor(first: string) {
    this.nodes = new Nodes(first);
  }

  async get<T>(path: string, request: Request = {}): Promise<T> {
    return (await this.send<T>(path, request)).body;
  }

  /** A question that has to be posted, and changes nothing. */
  async ask<T>(path: string, body: unknown): Promise<T> {
    return (await this.send<T>(path, { method: 'POST', body })).body;
  }

  async send<T>(path: string, request: Request = {}): Promise<Answer<T>> {
    // A write that is sent again under its name never applies twice.
    const operation = request.method ? newOperation() : null;
    for (let tries = this.nodes.all.length; tries > 0; tries--) {
      const node = this.nodes.current;
      const response = await this.attempt(node, path, request, operation);
      if (response === null) {
        this.nodes.leave(node);
        continue;
      }
      // A node that stops, or has no leader yet, says that nothing was applied: another may know more.
      if (response.status === 503 && tries > 1) {
        this.nodes.leave(node);
        continue;
      }
      this.nodes.works(node);
      return read<T>(response);
    }
    throw new Nobody();
  }

  /** Null where the node cannot be reached. */
  private async attempt(node: string, path: string, request: Request, operation: string | null): Promise<Response | null> {
    const headers: Record<string, string> = {};
    if (operation) headers['Idempotency-Key'] = operation;
    if (operation && this.actor) headers['X-Fabric-Actor'] = this.actor;
    if (request.body !== undefined) headers['Content-Type'] = 'application/json';
    if (request.ifMatch !== undefined) headers['If-Match'] = `"${request.ifMatch}"`;
    if (request.ifNoneMatch) headers['If-None-Match'] = '*';
    const patience = AbortSignal.timeout(request.patience ?? (operation ? WRITE_PATIENCE : READ_PATIENCE));
    const signal = request.signal ? AbortSignal.any([request.signal, patience]) : patience;
    try {
      return await fetch(node + path, {
        method: request.method ?? 'GET',
        headers,
        body: request.body === undefined ? null : JSON.stringify(request.body),
        signal,
        cache: 'no-store',
        credentials: 'omit',
      });
    } catch (failed) {
      if (request.signal?.aborted) throw failed;
      return null;
    }
  }
}

async function read<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  let body: unknown = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    // Whatever stands between the page and the node has answered in its place.
    throw new Refused(response.status, null);
  }
  if (!response.ok) throw new Refused(response.status, body as ProblemBody);
  return { body: body as T, revision: Number(response.headers.get('Fabric-Revision') ?? 0) };
}

/** A version 4 UUID; the browser's own maker of them is missing on pages that are neither HTTPS nor loopback. */
export function newOperation(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
