/**
 * A copy of a director at work, on which packets are tried without disturbing the run: rules, connections,
 * templates and what the scheduler remembers are those of the moment.
 */
import { ManualClock, seededRandom } from 'ipvs';
import { Director } from 'ipvs/director';
import { linkOf } from './link.js';
import type { Service, Setup } from './setup.js';

/**
 * Copies a director; the copy works on Ethernet frames.
 *
 * @param setup - The director with its clock and host.
 * @returns The copy and its service; no service when a command has deleted it.
 */
export function copyDirector({ director, host, service: original }: Setup): {
  readonly director: Director;
  readonly service: Service | undefined;
} {
  const copy: Director = Director.fromJSON(director.toJSON(), {
    clock: new ManualClock(),
    random: seededRandom(1),
    host: { ...host, link: linkOf(() => copy.findService(original)?.servers ?? []) },
  });
  return { director: copy, service: copy.findService(original) };
}
