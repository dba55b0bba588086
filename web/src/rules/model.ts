import type { Json } from '../api/types';

/** Rules as a person clicks them together: each asks something of the caller, the first that holds decides. */
export interface Rules { rules: Rule[]; otherwise: Result }
export interface Rule { match: 'all' | 'any'; conditions: Condition[]; result: Result }
export interface Condition { fact: string; op: Op; values: Scalar[] }
export type Scalar = string | number | boolean | null;
export type Result = { kind: 'default' } | { kind: 'variant'; name: string } | { kind: 'split'; parts: Part[] };
export interface Part { name: string; weight: number }

/** What can be asked, in the words of the page. */
export const OPS = {
  is: 'is', isNot: 'is not', in: 'is one of', notIn: 'is none of', startsWith: 'starts with', endsWith: 'ends with', contains: 'contains',
  less: '<', lessOrEqual: '≤', more: '>', moreOrEqual: '≥', equals: 'equals (loosely)', differs: 'differs (loosely)',
  'version=': 'version =', 'version!=': 'version ≠', 'version<': 'version <', 'version<=': 'version ≤', 'version>': 'version >', 'version>=': 'version ≥',
  'version^': 'same major version as', 'version~': 'same minor version as',
} as const;
export type Op = keyof typeof OPS;

export const takesList = (op: Op): boolean => op === 'in' || op === 'notIn';

export const NO_RULES: Rules = { rules: [], otherwise: { kind: 'default' } };

/** What a person types for a value: text as it is, and in quotes where it would be taken for something else. */
export function toText(value: Scalar): string {
  return typeof value === 'string' && fromText(value) === value ? value : JSON.stringify(value);
}

export function fromText(text: string): Scalar {
  const trimmed = text.trim();
  try {
    const value = JSON.parse(trimmed) as Json;
    // A number that would not be written back as it was typed is a text, such as a version or a very long number.
    if (typeof value === 'number') return String(value) === trimmed ? value : trimmed;
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  } catch {
    // It is no JSON, and so a text.
  }
  return trimmed;
}

/** A list is typed with commas between; a text that has one itself stands in quotes. */
export function listToText(values: Scalar[]): string {
  return values.map((value) => (typeof value === 'string' && value.includes(',') ? JSON.stringify(value) : toText(value))).join(', ');
}

export function listFromText(text: string): Scalar[] {
  const parts = text.match(/\s*"(?:[^"\\]|\\.)*"\s*(?=,|$)|[^,]+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '').map(fromText);
}
