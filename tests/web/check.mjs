/** Runs checks one after the other and prints what became of each; a check that throws or outlasts its time has failed. */
const PATIENCE = 240_000;
let failed = 0;

export async function check(name, run) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`not done after ${PATIENCE / 1000} s`)), PATIENCE); });
  try {
    const said = await Promise.race([Promise.resolve().then(run), late]);
    console.log(`RESULT ok ${name}${said ? ` ${said}` : ''}`);
  } catch (problem) {
    failed++;
    console.log(`RESULT fail ${name} ${String(problem.message).split('\n')[0]}`);
    console.log(String(problem.stack).replaceAll(/^/gm, '    '));
  } finally {
    clearTimeout(timer);
  }
}

export const failures = () => failed;

/** What `look` gives, once it gives something true. */
export async function eventually(what, look, patience = 60_000) {
  const until = Date.now() + patience;
  let last;
  do {
    try {
      last = await look();
      if (last) return last;
    } catch (problem) {
      last = problem.message;
    }
    await new Promise((done) => setTimeout(done, 50));
  } while (Date.now() < until);
  throw new Error(`${what} did not come about; last seen: ${JSON.stringify(last)}`);
}
