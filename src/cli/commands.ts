/**
 * The table of sub-commands: adding one is a file in `commands/` and a row here.
 */
import type { Command } from './command.js';
import { admin } from './commands/admin.js';
import { bench } from './commands/bench.js';
import { ctl } from './commands/ctl.js';
import { kernel } from './commands/kernel.js';
import { lab } from './commands/lab.js';
import { lint } from './commands/lint.js';
import { plan } from './commands/plan.js';
import { run } from './commands/run.js';
import { setup } from './commands/setup.js';
import { simulate } from './commands/simulate.js';
import { translate } from './commands/translate.js';
import { twin } from './commands/twin.js';

/** All sub-commands, in the order in which the help lists them. */
export const COMMANDS: readonly Command[] = [
  admin,
  simulate,
  run,
  ctl,
  lab,
  lint,
  plan,
  setup,
  twin,
  translate,
  bench,
  kernel,
];
