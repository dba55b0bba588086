import type { Definition } from '../api/types';
import { readShare } from './share';

/** What a flag does, in a few words for a line of the list. */
export function summary(definition: Definition): string {
  if (definition.state === 'DISABLED') return 'out of service';
  const parts: string[] = [];
  const share = readShare(definition);
  const asks = JSON.stringify(definition.targeting ?? null).includes('"var"');
  if (asks) parts.push('rules');
  if (definition.ramp) parts.push(`ramp ${definition.ramp.from}–${definition.ramp.to} % ${definition.ramp.variant}`);
  else if (share && share.percent > 0 && share.percent < 100) parts.push(`${share.percent} % ${share.variant}`);
  else if (share) parts.push(share.percent === 100 ? share.variant : share.other);
  else if (!asks) parts.push(definition.defaultVariant ?? 'program’s default');
  if (definition.activateAt) parts.push('timed');
  if (definition.prerequisites?.length) parts.push('needs others');
  return parts.join(' · ');
}
