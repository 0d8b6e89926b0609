/**
 * The rules of a configuration, as keepalived loads them when every server is well.
 */
import { ManualTimers } from '../timers.js';
import type { BehaviorName, KeepalivedBehavior } from './behavior.js';
import type { KeepalivedConfiguration } from './configuration.js';
import { type CommandedDirector, directorKernel } from './machine/director-kernel.js';
import { KeepalivedMachine } from './machine/machine.js';
import { refusalLine } from './machine/commands.js';
import { withoutAlpha } from './without-alpha.js';

/**
 * Puts the rules of a configuration on a director, in keepalived's order, all servers up (`alpha` aside).
 *
 * @param configuration - What is in force.
 * @param director - The director.
 * @param behavior - The behavior; default strict.
 * @returns What the director refused, as keepalived logs it.
 * @example
 * {@includeCode ../../docs/examples/keepalived-load.ts}
 */
export function loadConfiguration(
  configuration: KeepalivedConfiguration,
  director: CommandedDirector,
  behavior: BehaviorName | KeepalivedBehavior = 'strict',
): string[] {
  const refused: string[] = [];
  const kernel = directorKernel(director);
  const machine = new KeepalivedMachine({
    configuration: withoutAlpha(configuration),
    timers: new ManualTimers(),
    random: () => 0,
    runCheck: () => () => undefined,
    behavior,
    kernel: (command) => {
      const refusal = command.command.endsWith('-daemon') ? undefined : kernel(command);
      if (refusal !== undefined) refused.push(refusalLine(command, refusal));
      return refusal;
    },
  });
  machine.start();
  return refused;
}
