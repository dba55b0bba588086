// Asks for a flag and prints the answer whenever it changes.
//
//     node demo.js new-checkout-flow user-17
'use strict';

const { isFeatureEnabled, isFeatureEnabledFor, variant } = require('./out/flagfabric.node');

const [flag = 'new-checkout-flow', user] = process.argv.slice(2);
const interval = Number(process.env.INTERVAL_MS ?? 100);
const onOrOff = (on) => (on ? 'on' : 'off');

function* answers() {
  yield `${flag} ${onOrOff(isFeatureEnabled(flag))}`;
  if (user !== undefined) {
    const name = variant(flag, user, { language: 'node', interval }) ?? '-';
    yield `${flag} for ${user}: ${onOrOff(isFeatureEnabledFor(flag, user))}, variant ${name}`;
  }
}

let last = [];
function ask() {
  const now = [...answers()];
  for (const line of now.filter((line) => !last.includes(line))) console.log(line);
  last = now;
}

process.on('SIGTERM', () => process.exit(0));
ask();
setInterval(ask, interval);
