import type { Definition, Json, JsonObject } from '../api/types';

/**
 * A JSON merge patch from one definition to another, so that what a person has not touched stays byte for byte; null where
 * none can say it, as for a field that becomes null.
 */
export function mergePatch(from: Definition, to: Definition): JsonObject | null {
  return diff(clean(from), clean(to));
}

function diff(from: JsonObject, to: JsonObject): JsonObject | null {
  const patch: JsonObject = {};
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) patch[name] = null;
  for (const [name, value] of Object.entries(to)) {
    const before = from[name];
    if (Object.hasOwn(from, name) && JSON.stringify(before) === JSON.stringify(value)) continue;
    if (isObject(before) && isObject(value)) {
      const inner = diff(before, value);
      if (inner === null) return null;
      patch[name] = inner;
    } else {
      if (hasNull(value)) return null;
      patch[name] = value;
    }
  }
  return patch;
}

/** In a patch a null takes away; inside of a list it is a value. */
function hasNull(value: Json): boolean {
  return value === null || (isObject(value) && Object.values(value).some(hasNull));
}

function isObject(json: Json | undefined): json is JsonObject {
  return json !== null && typeof json === 'object' && !Array.isArray(json);
}

/** Fields that are set to undefined are not there. */
function clean(definition: Definition): JsonObject {
  return JSON.parse(JSON.stringify(definition)) as JsonObject;
}
