/**
 * The configuration of a director that runs, in two copies: what its administrator wants, and what is in force, in
 * which servers that are down have weight 0. The engine has the second one.
 */
import { Director } from '../../director/director.js';
import type { DirectorState } from '../../director/director-state.js';
import { executeCommand } from '../../ipvsadm/execute.js';
import type { Command } from '../../ipvsadm/command.js';
import { saveRules } from '../../ipvsadm/save.js';
import { schedulersByName } from '../../schedulers/create-scheduler.js';

/** Both copies. */
export class Configuration {
  /** What the administrator wants. */
  readonly wanted: Director;
  /** What is in force. */
  readonly inForce: Director;

  /** @param state - Services and servers, without connections. */
  constructor(state: DirectorState) {
    this.wanted = directorOf(state);
    this.inForce = directorOf(state);
  }

  /**
   * Does a command of the administrator.
   *
   * @param command - The command.
   * @throws {IpvsadmError} When it is refused; nothing is changed then.
   */
  execute(command: Command): void {
    executeCommand(command, this.wanted);
    executeCommand(command, this.inForce);
  }

  /**
   * What the administrator wants, as rules.
   *
   * @returns The rules, each line with its end.
   */
  rules(): string {
    return saveRules(this.wanted.services);
  }
}

/**
 * Restores a director that has no traffic.
 *
 * @param state - Its state.
 * @returns The director.
 */
export function directorOf(state: DirectorState): Director {
  return Director.fromJSON(state, { schedulers: schedulersByName });
}
