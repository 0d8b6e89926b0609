/**
 * The table of sub-commands: adding one is a file in `commands/` and a row here.
 */
import type { Command } from './command.js';
import { admin } from './commands/admin.js';
import { bench } from './commands/bench.js';
import { kernel } from './commands/kernel.js';
import { lint } from './commands/lint.js';
import { simulate } from './commands/simulate.js';
import { translate } from './commands/translate.js';

/** All sub-commands, in the order in which the help lists them. */
export const COMMANDS: readonly Command[] = [admin, simulate, lint, translate, bench, kernel];
