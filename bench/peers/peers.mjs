// What a call of other feature flag libraries costs when they evaluate by themselves, without any network:
// `node peers.mjs ROUNDS`. Prints a line of JSON for each library and case, which Fabric.Bench reads:
// {"name": …, "case": "plain" or "rule", "ns": [nanoseconds per call, one for each round]}.
//
// The libraries take turns within a round, so that what else runs on the machine touches all of them alike. Users are
// made beforehand and statistics are off where that can be chosen, which spares the libraries time.
import { FlagdCore } from "@openfeature/flagd-core";
import { GrowthBookClient } from "@growthbook/growthbook";
import { init } from "@launchdarkly/node-server-sdk";
import { TestData } from "@launchdarkly/node-server-sdk/integrations";
import { InMemStorageProvider, Unleash } from "unleash-client";
import { once } from "node:events";
import { readFileSync } from "node:fs";

const PLAIN = "new-checkout-flow";
const RULE = "faster-search";
const COUNTRY = "de";
const WARM_UP_MS = 1500;
const CALLS = 1024;

// As bench/native/bench.h has them.
const keys = Array.from({ length: CALLS }, (_, i) => `user-${String((i * 7919 + 104729) % 1000000).padStart(6, "0")}`);

const silent = { error() {}, warn() {}, info() {}, debug() {} };

// A batch asks once for each user and counts who is on. Each library has a loop of its own for each case: one that
// they shared would have the engine look up, for each call, what to call.

function flagd() {
  const core = new FlagdCore();
  const flag = { state: "ENABLED", variants: { on: true, off: false } };
  const targeting = { if: [{ "==": [{ var: "country" }, COUNTRY] }, { fractional: [["on", 50], ["off", 50]] }, "off"] };
  core.setConfigurations(JSON.stringify({
    flags: { [PLAIN]: { ...flag, defaultVariant: "on" }, [RULE]: { ...flag, defaultVariant: "off", targeting } },
  }));
  const users = keys.map((targetingKey) => ({ targetingKey, country: COUNTRY }));
  return {
    plain() {
      let on = 0;
      for (let i = 0; i < CALLS; i++) on += core.resolveBooleanEvaluation(PLAIN, false, users[i]).value ? 1 : 0;
      return on;
    },
    rule() {
      let on = 0;
      for (let i = 0; i < CALLS; i++) on += core.resolveBooleanEvaluation(RULE, false, users[i]).value ? 1 : 0;
      return on;
    },
  };
}

function growthbook() {
  const client = new GrowthBookClient().initSync({
    payload: {
      features: {
        [PLAIN]: { defaultValue: true },
        [RULE]: { defaultValue: false, rules: [{ condition: { country: COUNTRY }, force: true, coverage: 0.5, hashAttribute: "id" }] },
      },
    },
  });
  const users = keys.map((id) => ({ attributes: { id, country: COUNTRY } }));
  return {
    plain() {
      let on = 0;
      for (let i = 0; i < CALLS; i++) on += client.isOn(PLAIN, users[i]) ? 1 : 0;
      return on;
    },
    rule() {
      let on = 0;
      for (let i = 0; i < CALLS; i++) on += client.isOn(RULE, users[i]) ? 1 : 0;
      return on;
    },
    end: () => client.destroy(),
  };
}

async function launchDarkly() {
  const data = new TestData();
  const flag = { version: 1, on: true, variations: [true, false], offVariation: 1, salt: "salt", prerequisites: [], targets: [] };
  const half = { variations: [{ variation: 0, weight: 50000 }, { variation: 1, weight: 50000 }] };
  const clause = { contextKind: "user", attribute: "country", op: "in", values: [COUNTRY], negate: false };
  await data.usePreconfiguredFlag({ ...flag, key: PLAIN, rules: [], fallthrough: { variation: 0 } });
  await data.usePreconfiguredFlag({
    ...flag, key: RULE, rules: [{ id: "half", clauses: [clause], rollout: half }], fallthrough: { variation: 1 },
  });
  const client = init("none", { updateProcessor: data.getFactory(), sendEvents: false, diagnosticOptOut: true, logger: silent });
  await client.waitForInitialization({ timeout: 10 });
  const users = keys.map((key) => ({ kind: "user", key, country: COUNTRY }));
  return {
    async plain() {
      let on = 0;
      for (let i = 0; i < CALLS; i++) on += (await client.variation(PLAIN, users[i], false)) ? 1 : 0;
      return on;
    },
    async rule() {
      let on = 0;
      for (let i = 0; i < CALLS; i++) on += (await client.variation(RULE, users[i], false)) ? 1 : 0;
      return on;
    },
    end: () => client.close(),
  };
}

async function unleash() {
  const rollout = {
    name: "flexibleRollout",
    parameters: { rollout: "50", stickiness: "userId", groupId: RULE },
    constraints: [{ contextName: "country", operator: "IN", values: [COUNTRY] }],
  };
  const client = new Unleash({
    appName: "bench",
    url: "http://127.0.0.1:1/", // never asked
    refreshInterval: 0,
    disableMetrics: true,
    storageProvider: new InMemStorageProvider(),
    bootstrap: {
      data: [
        { name: PLAIN, enabled: true, strategies: [] },
        { name: RULE, enabled: true, strategies: [rollout] },
      ],
    },
  });
  await once(client, "ready");
  const users = keys.map((userId) => ({ userId, properties: { country: COUNTRY } }));
  return {
    plain() {
      let on = 0;
      for (let i = 0; i < CALLS; i++) on += client.isEnabled(PLAIN, users[i]) ? 1 : 0;
      return on;
    },
    rule() {
      let on = 0;
      for (let i = 0; i < CALLS; i++) on += client.isEnabled(RULE, users[i]) ? 1 : 0;
      return on;
    },
    end: () => client.destroy(),
  };
}

function check(peer, on) {
  const [least, most] = peer.case === "plain" ? [CALLS, CALLS] : [CALLS * 0.45, CALLS * 0.55];
  if (!(on >= least && on <= most)) throw new Error(`${peer.name}, ${peer.case}: of ${CALLS} answers ${on} are yes`);
}

// Until the engine has compiled everything for speed, with the answers looked at all the while.
async function warmUp(peer) {
  for (const begun = performance.now(); performance.now() - begun < WARM_UP_MS; ) {
    const on = peer.run();
    check(peer, on instanceof Promise ? await on : on);
  }
}

async function measure(peer) {
  const begun = process.hrtime.bigint();
  const on = peer.run();
  const sum = on instanceof Promise ? await on : on;
  peer.ns.push(Number(process.hrtime.bigint() - begun) / CALLS);
  check(peer, sum);
}

const rounds = Number(process.argv[2]);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error("usage: node peers.mjs ROUNDS");
  process.exit(2);
}

// By the versions that are named, not by what happens to be installed under their names.
const versions = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")).dependencies;
const libraries = {
  "@openfeature/flagd-core": flagd(),
  "@growthbook/growthbook": growthbook(),
  "@launchdarkly/node-server-sdk": await launchDarkly(),
  "unleash-client": await unleash(),
};
const peers = Object.entries(libraries).flatMap(([name, library]) =>
  ["plain", "rule"].map((which) => ({ name: `${name} ${versions[name]}`, case: which, run: library[which], ns: [] })));

for (const peer of peers) await warmUp(peer);
for (let i = 0; i < rounds; i++) for (const peer of peers) await measure(peer);
for (const { name, case: which, ns } of peers) console.log(JSON.stringify({ name, case: which, ns: ns.map((one) => Math.round(one * 1000) / 1000) }));
for (const library of Object.values(libraries)) library.end?.();
