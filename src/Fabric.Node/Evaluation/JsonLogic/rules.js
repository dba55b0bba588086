'use strict';

// Gives json-logic-engine flagd's operators and Fabric's facts. It runs after the engine, in a script of its own whose
// last value is the function that the node calls. `murmur(text)` is the node's: murmur3_x86_32 of the text's UTF-8.
(function (jsonLogic, murmur) {
  const MAX_TOTAL = 2147483647
  const MAX_VERSION_BYTES = 256
  const LABELS = 'host.labels.'
  const PROCESS_FACTS = ['exe', 'uid', 'comm', 'cgroup']

  // Nothing is computed ahead, so that `cat` writes null as nothing, as it does everywhere else.
  const engine = new jsonLogic.LogicEngine(undefined, { disableInterpretedOptimization: true })
  // A rule must not reach what every JavaScript object has by inheritance.
  Object.setPrototypeOf(engine.methods, null)

  const isObject = value => value !== null && typeof value === 'object' && !Array.isArray(value)

  // An object is true, an empty one too: a program cannot say of its own what is in them.
  const truthy = engine.truthy
  engine.truthy = value => isObject(value) || truthy.call(engine, value)

  // The operand of ! and !! may stand without brackets, and be a list: that is asked, and not its first element.
  const isTrue = (args, context, above, within) => within.truthy(within.run(Array.isArray(args) ? args[0] : args, context, { above }))
  engine.addMethod('!', { lazy: true, method: (...all) => !isTrue(...all) })
  engine.addMethod('!!', { lazy: true, method: (...all) => Boolean(isTrue(...all)) })

  const asText = (args, compare) =>
    args.length === 2 && typeof args[0] === 'string' && typeof args[1] === 'string' ? compare(args[0], args[1]) : null

  engine.addMethod('starts_with', args => asText(args, (text, part) => text.startsWith(part)))
  engine.addMethod('ends_with', args => asText(args, (text, part) => text.endsWith(part)))

  // What belongs to the answer at work: the engine takes one rule at a time.
  let facts = null
  let seed = ''
  let targetingKey = null

  // ---- var, missing ----

  // A step into an object or a list; nothing else has anything inside, as in the table.
  const inside = (whole, name) =>
    whole !== null && typeof whole === 'object' && Object.hasOwn(whole, name) && !(Array.isArray(whole) && name === 'length') ? whole[name] : null

  // A label's name may have dots, which lead nowhere else.
  const lookUp = (context, name) => context === facts && name.startsWith(LABELS)
    ? inside(facts.host.labels, name.slice(LABELS.length))
    : name.split('.').reduce(inside, context)

  // The whole context, a step outwards and a backslash are the engine's to understand.
  const isPlain = name => typeof name === 'string' && name !== '' && !name.startsWith('../') && !name.includes('\\')

  const variable = engine.methods.var.method
  engine.addMethod('var', (args, context, above, within) => {
    const found = isPlain(args[0]) ? lookUp(context, args[0]) : variable(args, context, above, within)
    // A default stands for a fact that is null, too.
    return found === null && args.length > 1 && args[1] !== undefined ? args[1] : found
  })

  const missing = (names, context) => names.filter(name => lookUp(context, String(name)) === null)
  engine.addMethod('missing', missing)
  engine.addMethod('missing_some', ([needed, names], context) => {
    const absent = missing(names, context)
    return names.length - absent.length >= needed ? [] : absent
  })

  // ---- sem_ver ----

  const NUMBER = '(0|[1-9][0-9]*)'
  const WORD = '(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)'
  const VERSION = new RegExp(
    `^[vV]?${NUMBER}(?:\\.${NUMBER}(?:\\.${NUMBER}(?:-(${WORD}(?:\\.${WORD})*))?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?)?)?$`)

  function parseVersion (value) {
    if (typeof value !== 'string' && typeof value !== 'number') return null
    const text = String(value)
    const found = text.length <= MAX_VERSION_BYTES ? VERSION.exec(text) : null
    if (found === null) return null
    const numbers = [found[1], found[2], found[3]].map(part => Number(part === undefined ? 0 : part))
    return numbers.every(Number.isSafeInteger) ? { numbers, words: found[4] === undefined ? [] : found[4].split('.') } : null
  }

  function compareWords (left, right) {
    const [leftNumber, rightNumber] = [/^[0-9]+$/.test(left), /^[0-9]+$/.test(right)]
    if (leftNumber !== rightNumber) return leftNumber ? -1 : 1
    if (leftNumber && left.length !== right.length) return left.length - right.length
    return left < right ? -1 : left > right ? 1 : 0
  }

  function compareVersions (left, right) {
    for (let i = 0; i < 3; i++) {
      if (left.numbers[i] !== right.numbers[i]) return left.numbers[i] - right.numbers[i]
    }
    // A version without a pre-release comes after those with one.
    if (left.words.length === 0 || right.words.length === 0) return right.words.length - left.words.length
    for (let i = 0; i < left.words.length && i < right.words.length; i++) {
      const order = compareWords(left.words[i], right.words[i])
      if (order !== 0) return order
    }
    return left.words.length - right.words.length
  }

  const versionTests = {
    '=': (left, right) => compareVersions(left, right) === 0,
    '!=': (left, right) => compareVersions(left, right) !== 0,
    '<': (left, right) => compareVersions(left, right) < 0,
    '<=': (left, right) => compareVersions(left, right) <= 0,
    '>': (left, right) => compareVersions(left, right) > 0,
    '>=': (left, right) => compareVersions(left, right) >= 0,
    '^': (left, right) => left.numbers[0] === right.numbers[0],
    '~': (left, right) => left.numbers[0] === right.numbers[0] && left.numbers[1] === right.numbers[1]
  }

  engine.addMethod('sem_ver', args => {
    if (args.length !== 3 || !Object.hasOwn(versionTests, String(args[1]))) return null
    const [left, right] = [parseVersion(args[0]), parseVersion(args[2])]
    return left === null || right === null ? null : versionTests[args[1]](left, right)
  })

  // ---- fractional ----

  const isBucket = part => Array.isArray(part)

  // The text that is hashed, null for none.
  function textOf (value) {
    if (typeof value === 'string') return value
    if (value !== null && value !== undefined) return null
    return targetingKey ? seed + targetingKey : null
  }

  function weightOf (bucket) {
    if (bucket.length < 2 || bucket[1] === null) return 1
    return Number.isInteger(bucket[1]) ? Math.max(0, bucket[1]) : NaN
  }

  function choose (text, buckets) {
    if (text === null || !buckets.every(bucket => isBucket(bucket) && (bucket.length === 1 || bucket.length === 2))) return null
    const weights = buckets.map(weightOf)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    if (!(total > 0 && total <= MAX_TOTAL)) return null
    const place = Number((BigInt(murmur(text)) * BigInt(total)) >> 32n)
    let end = 0
    for (let i = 0; i < buckets.length; i++) {
      end += weights[i]
      if (end > place) return buckets[i][0] === undefined ? null : buckets[i][0]
    }
    return null
  }

  engine.addMethod('fractional', {
    // Lazy, to tell a bucket that is written from a value that happens to be a list.
    lazy: true,
    method: (args, context, above, within) => {
      const run = part => within.run(part, context, { above })
      const parts = Array.isArray(args) ? args : [args]
      if (parts.length === 0) return null
      return isBucket(parts[0]) ? choose(textOf(null), parts.map(run)) : choose(textOf(run(parts[0])), parts.slice(1).map(run))
    }
  })

  // ---- facts ----

  function factsOf (given, own) {
    const all = { ...given, ...own.top }
    all.host = { ...(isObject(given.host) ? given.host : {}), ...own.host }
    if (isObject(given.process)) {
      all.process = { ...given.process }
      for (const name of PROCESS_FACTS) delete all.process[name]
    }
    return all
  }

  /*
   * What a rule gives: a string for a variant's name, null where it decides nothing, undefined for what names no variant.
   * `own` holds the facts that no caller can overwrite.
   */
  return function evaluate (rule, given, own, salt) {
    seed = salt
    targetingKey = own.top.targetingKey
    facts = factsOf(given, own)
    const result = engine.run(rule, facts)
    if (result === null || result === undefined) return null
    if (typeof result === 'string') return result
    return typeof result === 'boolean' ? String(result) : undefined
  }
})
