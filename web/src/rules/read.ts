import type { Json, JsonObject } from '../api/types';
import { NO_RULES, type Condition, type Op, type Part, type Result, type Rule, type Rules, type Scalar } from './model';

const PLAIN: Record<string, Op> = {
  '===': 'is', '!==': 'isNot', '==': 'equals', '!=': 'differs', '<': 'less', '<=': 'lessOrEqual', '>': 'more', '>=': 'moreOrEqual',
  starts_with: 'startsWith', ends_with: 'endsWith',
};
const VERSIONS = ['=', '!=', '<', '<=', '>', '>=', '^', '~'];

/** Rules from JSONLogic; null where they say what cannot be clicked together, so that nothing is ever lost by looking. */
export function readRules(targeting: Json | undefined): Rules | null {
  if (targeting === undefined || (isObject(targeting) && Object.keys(targeting).length === 0)) return NO_RULES;
  const branches = operands(targeting, 'if');
  if (branches === null) {
    const otherwise = readResult(targeting);
    return otherwise && { rules: [], otherwise };
  }
  const rules: Rule[] = [];
  let at = 0;
  for (; at + 1 < branches.length; at += 2) {
    const [asked, result] = [readAsked(branches[at]!), readResult(branches[at + 1]!)];
    if (asked === null || result === null) return null;
    rules.push({ ...asked, result });
  }
  if (at === branches.length) return { rules, otherwise: { kind: 'default' } };
  // What else may be an `if` again: its rules follow.
  const rest = branches[at] === null ? NO_RULES : readRules(branches[at]);
  return rest && { rules: [...rules, ...rest.rules], otherwise: rest.otherwise };
}

function readAsked(json: Json): Omit<Rule, 'result'> | null {
  for (const [name, match] of [['and', 'all'], ['or', 'any']] as const) {
    const parts = operands(json, name);
    if (parts === null) continue;
    const conditions = parts.map(readCondition);
    return conditions.length > 0 && conditions.every((one) => one !== null) ? { match, conditions } : null;
  }
  const only = readCondition(json);
  return only && { match: 'all', conditions: [only] };
}

function readCondition(json: Json): Condition | null {
  if (!isObject(json)) return null;
  const [name, ...more] = Object.keys(json);
  if (name === undefined || more.length > 0) return null;
  if (name === '!') {
    const inner = Array.isArray(json[name]) ? (json[name].length === 1 ? json[name][0]! : null) : json[name]!;
    const found = inner === null ? null : readCondition(inner);
    return found?.op === 'in' ? { ...found, op: 'notIn' } : null;
  }
  const args = json[name];
  if (!Array.isArray(args)) return null;
  if (name === 'in') return readIn(args);
  const fact = factOf(args[0]);
  if (fact === null) return null;
  if (name === 'sem_ver') {
    return args.length === 3 && VERSIONS.includes(String(args[1])) && typeof args[2] === 'string' ? { fact, op: `version${String(args[1])}` as Op, values: [args[2]] } : null;
  }
  const op = PLAIN[name];
  return op !== undefined && Object.hasOwn(PLAIN, name) && args.length === 2 && isScalar(args[1]) ? { fact, op, values: [args[1]] } : null;
}

function readIn(args: Json[]): Condition | null {
  if (args.length !== 2) return null;
  const [left, right] = args as [Json, Json];
  const looked = factOf(left);
  if (looked !== null) return Array.isArray(right) && right.every(isScalar) ? { fact: looked, op: 'in', values: right } : null;
  const fact = factOf(right);
  return fact !== null && isScalar(left) ? { fact, op: 'contains', values: [left] } : null;
}

function readResult(json: Json): Result | null {
  if (json === null) return { kind: 'default' };
  if (typeof json === 'string') return { kind: 'variant', name: json };
  const buckets = operands(json, 'fractional');
  if (buckets === null || buckets.length === 0) return null;
  const parts = buckets.map(readPart);
  return parts.every((part) => part !== null) ? { kind: 'split', parts } : null;
}

function readPart(json: Json): Part | null {
  if (!Array.isArray(json) || typeof json[0] !== 'string' || json.length > 2) return null;
  const weight = json.length === 1 ? 1 : json[1];
  return typeof weight === 'number' && Number.isInteger(weight) && weight >= 0 ? { name: json[0], weight } : null;
}

/** The arguments of an object that is this one operator and nothing else. */
function operands(json: Json, name: string): Json[] | null {
  if (!isObject(json) || Object.keys(json).length !== 1) return null;
  const args = json[name];
  return Array.isArray(args) ? args : null;
}

function factOf(json: Json | undefined): string | null {
  if (json === undefined || !isObject(json) || Object.keys(json).length !== 1) return null;
  const name = Array.isArray(json.var) && json.var.length === 1 ? json.var[0] : json.var;
  return typeof name === 'string' ? name : null;
}

function isObject(json: Json): json is JsonObject {
  return json !== null && typeof json === 'object' && !Array.isArray(json);
}

function isScalar(json: Json | undefined): json is Scalar {
  return json === null || typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean';
}
