/**
 * In which network a director has changed something: what takes it back has to run there.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { RunError } from './run-error.js';
import { type RunFiles, writeRunFile } from './run-files.js';

const NAMED_FOLDER = '/run/netns';

/**
 * Records the network of this process.
 *
 * @param files - The director's files.
 * @throws {RunError} When it cannot be written.
 */
export function recordNetwork({ network }: RunFiles): void {
  writeRunFile(network, ownNetwork());
}

/**
 * Whether what a director left behind is in the network of this process.
 *
 * @param files - The director's files.
 * @returns `false` when it was in a network that is gone, and everything with it.
 * @throws {RunError} When it is in another network, which still is there.
 */
export function isInThisNetwork({ network }: RunFiles): boolean {
  const recorded = existsSync(network) ? readFileSync(network, 'utf8') : ownNetwork();
  if (recorded === ownNetwork()) return true;
  const name = nameOf(recorded);
  if (name === undefined && !isInUse(recorded)) return false;
  const there = name === undefined ? 'there' : `by 'ip netns exec ${name} ipvs run --undo'`;
  throw new RunError(`it was started in another network namespace; take it back ${there}`);
}

/** For example `net:[4026531840]`. */
function ownNetwork(): string {
  return readlinkSync('/proc/self/ns/net');
}

/** The name of a network namespace among those of `ip netns`. */
function nameOf(network: string): string | undefined {
  const names = existsSync(NAMED_FOLDER) ? readdirSync(NAMED_FOLDER) : [];
  return names.find((name) => network === `net:[${statSync(`${NAMED_FOLDER}/${name}`).ino}]`);
}

/** Whether a process works in a network namespace. */
function isInUse(network: string): boolean {
  return readdirSync('/proc').some((entry) => {
    try {
      return readlinkSync(`/proc/${entry}/ns/net`) === network;
    } catch {
      return false; // no process, or none any more
    }
  });
}
