/**
 * A director without traffic, of a file of rules: what a director that runs is to have.
 */
import { ManualClock } from '../clock.js';
import { Director } from '../director/director.js';
import { seededRandom } from '../random.js';
import { schedulersByName } from '../schedulers/create-scheduler.js';
import type { UnderstoodText } from '../operations/understood-text.js';
import { restoreRulesFile, type RulesFile, understandFile } from './rules-file.js';

/** A director, and what is to be said of its file. */
export interface DirectorOfRules {
  /** The director. */
  readonly director: Director;
  /** Warnings, each with file and line. */
  readonly warnings: readonly string[];
  /** Whether a keepalived.conf has checks or sorry servers, which no rule speaks of. */
  readonly hasChecks: boolean;
}

/**
 * Does all rules of a file on a new director.
 *
 * @param file - The file.
 * @returns The director.
 * @throws {InputError} With file, line and column of the first rule that is refused.
 */
export function directorOfRules(file: RulesFile): DirectorOfRules {
  const director = new Director({
    schedulers: schedulersByName,
    clock: new ManualClock(),
    random: seededRandom(1),
  });
  const text = understandFile(file);
  return {
    director,
    warnings: restoreRulesFile(file, director, text),
    hasChecks: hasChecks(text),
  };
}

function hasChecks({ keepalived }: UnderstoodText): boolean {
  const services = keepalived?.configuration.services ?? [];
  return services.some(
    ({ sorryServer, servers }) =>
      sorryServer !== undefined || servers.some(({ checkers }) => checkers.length > 0),
  );
}
