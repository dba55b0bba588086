export interface ServerEvent { id: string | null; event: string; data: string }

/** Takes a stream of server-sent events apart; what comes in pieces is put together again. */
export class EventParser {
  private rest = '';
  private event: ServerEvent = { id: null, event: 'message', data: '' };
  private told = false;

  /** The events that a piece of text completes, those without data among them, as they move the id. */
  push(text: string): ServerEvent[] {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    const done: ServerEvent[] = [];
    for (const line of lines) {
      if (line === '') {
        if (this.told) done.push(this.event);
        this.event = { id: null, event: 'message', data: '' };
        this.told = false;
        continue;
      }
      const colon = line.indexOf(':');
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (name === 'id') this.event.id = value;
      else if (name === 'event') this.event.event = value;
      else if (name === 'data') this.event.data += (this.event.data && '\n') + value;
      else continue;
      this.told = true;
    }
    return done;
  }
}
