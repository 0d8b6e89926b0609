/**
 * `ipvs lab`: the tutorial of the Linux Virtual Server on this machine, in network namespaces.
 */
import { createInterface } from 'node:readline/promises';
import { runLab } from '../../run/lab/run-lab.js';
import { RunError } from '../../run/run-error.js';
import { EXIT, InputError, UsageError, type Command } from '../command.js';
import type { Io } from '../io.js';
import { integerOption, readArguments } from '../options.js';

const KINDS = ['nat', 'dr', 'tun'] as const;
const MOST = 50;

/** The `lab` command. */
export const lab: Command = {
  name: 'lab',
  operands: 'nat|dr|tun',
  description: `
Makes a network of namespaces with clients, a director and real servers, goes through the tutorial step by
step (turns, weights, persistence, a server that dies, the ARP problem, a load), and takes everything down.
Needs root, and Debian's iproute2, socat, nftables, curl, apache2-utils and iputils-ping.

  sudo ipvs lab nat
  sudo ipvs lab dr --check`,
  options: {
    clients: { value: 'N', help: 'how many clients; default 1' },
    servers: { value: 'N', help: 'how many real servers; default 2' },
    check: { help: 'do not wait for a key after each step; exit code 1 when a step is wrong' },
  },
  async run(argv, io) {
    const args = readArguments(argv, this.options);
    const kind = KINDS.find((each) => each === args.operands[0]);
    if (kind === undefined || args.operands.length > 1) {
      throw new UsageError(`expected one of ${KINDS.join(', ')}`);
    }
    const clients = integerOption(args, 'clients', 1, 1, MOST);
    const servers = integerOption(args, 'servers', 2, 1, MOST);
    const isChecking = args.values['check'] === true || !io.in.isTerminal;
    try {
      const { steps, wrong } = await runLab(
        { kind, clients, servers, prefix: 'lab' },
        {
          command: process.argv[1] ?? '',
          show: (text) => show(text, io),
          pause: isChecking ? nothing : waitForKey,
        },
      );
      io.out.write(`\n${steps} steps, ${wrong} wrong\n`);
      return wrong === 0 ? EXIT.ok : EXIT.differences;
    } catch (error) {
      throw error instanceof RunError ? new InputError(error.message) : error;
    }
  },
};

function show(text: string, io: Io): void {
  io.out.write(text);
  io.out.flush();
}

async function nothing(): Promise<void> {
  // A check waits for no key.
}

async function waitForKey(): Promise<void> {
  const keys = createInterface({ input: process.stdin, output: process.stderr });
  await keys.question('Enter goes on ');
  keys.close();
}
