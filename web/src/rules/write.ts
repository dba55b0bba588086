import type { Json } from '../api/types';
import type { Condition, Op, Result, Rule, Rules } from './model';

const PLAIN: Partial<Record<Op, string>> = {
  is: '===', isNot: '!==', equals: '==', differs: '!=', less: '<', lessOrEqual: '<=', more: '>', moreOrEqual: '>=', startsWith: 'starts_with', endsWith: 'ends_with',
};

/** Rules as JSONLogic; undefined where there is nothing to ask. */
export function writeRules({ rules, otherwise }: Rules): Json | undefined {
  if (rules.length === 0) return otherwise.kind === 'default' ? undefined : writeResult(otherwise);
  const branches = rules.flatMap((rule) => [writeAsked(rule), writeResult(rule.result)]);
  return { if: otherwise.kind === 'default' ? branches : [...branches, writeResult(otherwise)] };
}

function writeAsked(rule: Rule): Json {
  const conditions = rule.conditions.map(writeCondition);
  if (conditions.length === 1) return conditions[0]!;
  return rule.match === 'all' ? { and: conditions } : { or: conditions };
}

function writeCondition({ fact, op, values }: Condition): Json {
  const caller = { var: fact };
  if (op === 'in') return { in: [caller, values] };
  if (op === 'notIn') return { '!': { in: [caller, values] } };
  const value = values[0] ?? null;
  if (op === 'contains') return { in: [value, caller] };
  if (op.startsWith('version')) return { sem_ver: [caller, op.slice('version'.length), String(value)] };
  return { [PLAIN[op]!]: [caller, value] };
}

function writeResult(result: Result): Json {
  if (result.kind === 'default') return null;
  return result.kind === 'variant' ? result.name : { fractional: result.parts.map(({ name, weight }) => [name, weight]) };
}
