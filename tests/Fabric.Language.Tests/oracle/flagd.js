// flagd's JavaScript core behind lines of JSON: a question a line in, its answers a line out, in turn.
import { createInterface } from 'node:readline'
import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core'

const silent = { error () {}, warn () {}, info () {}, debug () {} }

// Interpreting and compiling are two evaluators, which do not always agree.
function coreFor (document, interprets) {
  const core = new FlagdCore(undefined, silent, { disableDynamicCodeGeneration: interprets })
  core.setConfigurations(document)
  return core
}

function answer (core, { flag, context, now }) {
  Date.now = () => now
  const found = core.getFlag(flag)
  const type = found === undefined ? 'boolean' : typeof [...found.variants.values()][0]
  const asks = { boolean: 'resolveBooleanEvaluation', string: 'resolveStringEvaluation', number: 'resolveNumberEvaluation', object: 'resolveObjectEvaluation' }
  const { variant, reason, errorCode } = core[asks[type]](flag, undefined, context, silent)
  return [variant ?? null, reason, errorCode ?? null]
}

function evaluate ({ flags, questions }) {
  const document = JSON.stringify({ flags })
  return [true, false].map(interprets => {
    const core = coreFor(document, interprets)
    return questions.map(question => answer(core, question))
  })
}

// Whether flagd's schema takes each of the definitions.
function validate ({ definitions }) {
  return definitions.map(definition => {
    try {
      new MemoryStorage(silent).setConfigurations(`{"flags":{"f":${definition}}}`, true)
      return null
    } catch (error) {
      return String(error.message)
    }
  })
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  process.stdout.write(JSON.stringify(request.definitions ? validate(request) : evaluate(request)) + '\n')
}
