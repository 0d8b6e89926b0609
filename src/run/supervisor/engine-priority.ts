/**
 * The priority of the engine that works: packets wait for it, as they would for the kernel.
 *
 * A process that becomes ready waits for its turn, up to some milliseconds, also with the best nice value; one of a
 * real-time policy gets a processor at once. On a machine with one processor an engine under full load would leave
 * others next to nothing, so there it has its nice value alone.
 */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism, setPriority } from 'node:os';

const NICE = -10;
const REAL_TIME = 1;

/**
 * Lets an engine go before other processes, where that is allowed: a container may not.
 *
 * @param pid - Its process.
 */
export function letGoFirst(pid: number): void {
  try {
    setPriority(pid, NICE);
    // Where the kernel groups processes by session, that counts within the session alone, and this is its group's.
    const group = `/proc/${pid}/autogroup`;
    if (existsSync(group)) writeFileSync(group, String(NICE));
  } catch {
    // It works at the usual priority, too.
  }
  if (availableParallelism() === 1) return;
  // With all of its threads: it waits for those that collect garbage.
  const words = ['--all-tasks', '--rr', '--pid', String(REAL_TIME), String(pid)];
  spawn('chrt', words, { stdio: 'ignore' }).on('error', () => undefined);
}
