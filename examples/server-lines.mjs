/**
 * What the balancers of this folder take from the command line and from standard input.
 */
/** @import { ServerList } from 'ipvs' */

const LINE = /^\s*(\[?([^[\]]+)\]?:(\d+))(?:=(\d*))?\s*$/;

/**
 * Does what a line says: `10.0.0.1:80=2` adds a server or sets its weight, `10.0.0.1:80=` removes it.
 *
 * @param {ServerList} servers
 * @param {string} line
 * @param {(server: string) => unknown} [leave] - Called before a server is removed; waited for.
 * @returns {Promise<string>} What was done, or why nothing was: a mistyped line must not end a balancer.
 */
export async function change(servers, line, leave) {
  const [, server, address = '', port, weight = '1'] = LINE.exec(line) ?? [];
  if (server === undefined) return `expected ADDRESS:PORT[=WEIGHT], got ${line}`;
  try {
    const present = servers.get(server);
    if (weight !== '' && present) servers.edit(present, { weight: Number(weight) });
    else if (weight !== '') servers.add({ address, port: Number(port), weight: Number(weight) });
    else if (present && (await leave?.(server)) !== false) servers.remove(server);
    return `done: ${line}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The parameters of the program; without them it says how it is called, and ends.
 *
 * @param {string} usage - The parameters in words, such as `PORT SERVER...`.
 * @param {number} numbers - How many of them are numbers, the port first.
 * @returns {{ numbers: number[], servers: string[] }}
 */
export function parameters(usage, numbers = 1) {
  const [, program = '', ...given] = process.argv;
  const first = given.slice(0, numbers).map(Number);
  const good = first.length === numbers && first.every((each) => each > 0 && each < 65536);
  if (good && first.every(Number.isInteger))
    return { numbers: first, servers: given.slice(numbers) };
  console.error(`usage: node ${program} ${usage}\nexample servers: 127.0.0.1:9001 [::1]:9002=3`);
  return process.exit(2);
}

/**
 * Ends the program with a line, not a stack trace, when it cannot listen.
 *
 * @param {NodeJS.ErrnoException} error
 */
export function cannotListen(error) {
  console.error(error.message);
  process.exit(1);
}
