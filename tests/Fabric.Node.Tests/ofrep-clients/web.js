// Holds all flags of one caller, as a page does, and prints the named one at the start and after every change that the
// node tells of. usage: node web.js BASE_URL KEY. It ends when its standard input does.
import { EventSource } from 'eventsource'
import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk'
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider'

// What a browser has and this runtime has not.
globalThis.EventSource = EventSource

const [baseUrl, key] = process.argv.slice(2)
const print = what => console.log(JSON.stringify({ what, ...OpenFeature.getClient().getStringDetails(key, 'otherwise') }))

await OpenFeature.setContext({ targetingKey: 'ann', roles: ['user', 'admin'] })
await OpenFeature.setProviderAndWait(new OFREPWebProvider({ baseUrl, cacheMode: 'disabled' }))
OpenFeature.addHandler(ProviderEvents.ConfigurationChanged, () => print('changed'))
print('ready')

process.stdin.resume()
process.stdin.on('end', async () => {
  await OpenFeature.close()
  process.exit(0)
})
