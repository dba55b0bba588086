/** The fabric's nodes as the page knows them: a list that only grows, and the one that serves now. */
export class Nodes {
  private known: string[];
  private at = 0;
  /** When each was last tried in vain; the page goes to the one that failed longest ago. */
  private failed = new Map<string, number>();

  constructor(first: string) {
    this.known = [first];
  }

  get current(): string {
    return this.known[this.at]!;
  }

  get all(): readonly string[] {
    return this.known;
  }

  /** Takes over what the fabric says of its hosts; an address that is known keeps its place. */
  learn(origins: string[]): void {
    for (const origin of origins) {
      if (!this.known.some((known) => sameOrigin(known, origin))) this.known.push(origin);
    }
  }

  /** Leaves a node that failed, unless another caller has left it already. */
  leave(node: string): void {
    this.failed.set(node, performance.now());
    if (this.current !== node) return;
    let best = this.at;
    for (let step = 1; step <= this.known.length; step++) {
      const index = (this.at + step) % this.known.length;
      if (this.sinceFailure(index) < this.sinceFailure(best)) best = index;
    }
    this.at = best;
  }

  works(node: string): void {
    this.failed.delete(node);
  }

  private sinceFailure(index: number): number {
    return this.failed.get(this.known[index]!) ?? 0;
  }
}

/** On one machine both names are in use for one address. */
export function sameOrigin(one: string, other: string): boolean {
  const plain = (text: string) => text.replace('//localhost', '//127.0.0.1').toLowerCase();
  return plain(one) === plain(other);
}
