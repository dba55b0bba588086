// Asks a node for one flag after the other, as a server does, and prints what OpenFeature's SDK makes of the answers.
// usage: node server.js BASE_URL QUESTIONS, where QUESTIONS is a JSON list of {type, key, otherwise, context}.
import { OpenFeature } from '@openfeature/server-sdk'
import { OFREPProvider } from '@openfeature/ofrep-provider'

const [baseUrl, questions] = process.argv.slice(2)
await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl }))
const client = OpenFeature.getClient()

const ask = {
  boolean: question => client.getBooleanDetails(question.key, question.otherwise, question.context),
  string: question => client.getStringDetails(question.key, question.otherwise, question.context),
  number: question => client.getNumberDetails(question.key, question.otherwise, question.context),
  object: question => client.getObjectDetails(question.key, question.otherwise, question.context)
}
const answers = []
for (const question of JSON.parse(questions)) answers.push(await ask[question.type](question))
console.log(JSON.stringify(answers))
await OpenFeature.close()
