import { failures } from './check.mjs';
import { units } from './units.mjs';
await units();
process.exitCode = failures() === 0 ? 0 : 1;
