import type { Definition } from '../api/types';
import { readRules } from '../rules/read';
import { writeRules } from '../rules/write';

/** The share of callers that get one variant, where everybody else gets another. */
export interface Share { variant: string; other: string; percent: number }

/** The variant that a slider is about: the one that is on. */
export function mainVariant(definition: Definition): string | null {
  const names = Object.keys(definition.variants);
  return names.find((name) => definition.variants[name] === true) ?? names.find((name) => name !== definition.defaultVariant) ?? names[0] ?? null;
}

/** Null where the definition divides its callers in another way than a slider shows. */
export function readShare(definition: Definition): Share | null {
  const rules = readRules(definition.targeting);
  const variant = mainVariant(definition);
  const other = variant === null ? undefined : otherThan(variant, definition);
  if (rules === null || variant === null || other === undefined) return null;
  const last = rules.otherwise;
  if (last.kind === 'default') return definition.ramp ? null : { variant, other, percent: definition.defaultVariant === variant ? 100 : 0 };
  if (last.kind === 'variant') return last.name === variant || last.name === other ? { variant, other, percent: last.name === variant ? 100 : 0 } : null;
  const total = last.parts.reduce((sum, part) => sum + part.weight, 0);
  if (total === 0 || last.parts.length !== 2 || last.parts.some((part) => part.name !== variant && part.name !== other)) return null;
  const of = last.parts.filter((part) => part.name === variant).reduce((sum, part) => sum + part.weight, 0);
  return { variant, other, percent: Math.round((of / total) * 100_000) / 1000 };
}

/** The definition with another share; whatever its rules ask first stays. */
export function withShare(definition: Definition, share: Share): Definition {
  const rules = readRules(definition.targeting);
  if (rules === null) return definition;
  let scale = 1;
  // Weights are whole numbers, so decimals make the scale finer.
  while (scale < 1000 && !Number.isInteger(round(share.percent * scale))) scale *= 10;
  const weight = round(share.percent * scale);
  const targeting = writeRules({
    ...rules,
    otherwise: { kind: 'split', parts: [{ name: share.variant, weight: Math.round(weight) }, { name: share.other, weight: Math.round(100 * scale - weight) }] },
  });
  return { ...definition, targeting: targeting! };
}

function otherThan(variant: string, definition: Definition): string | undefined {
  const standard = definition.defaultVariant;
  return standard != null && standard !== variant ? standard : Object.keys(definition.variants).find((name) => name !== variant);
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
