/**
 * `ipvs ctl`: speaks with a director that runs.
 */
import { controlDirector, type ControlConnection } from '../../run/control-client.js';
import { RunError } from '../../run/run-error.js';
import { EXIT, InputError, UsageError, type Command } from '../command.js';
import { drainServer } from '../ctl/drain.js';
import { reloadRules } from '../ctl/reload.js';
import { showTop } from '../ctl/top.js';
import type { Io } from '../io.js';
import { type Arguments, integerOption, readArguments, textOption } from '../options.js';
import { readRulesFile } from '../rules-file.js';

const ACTIONS = ['status', 'top', 'drain', 'reload', 'save', 'metrics', 'set', 'replace', 'stop'];

/** The `ctl` command. */
export const ctl: Command = {
  name: 'ctl',
  operands: 'ACTION|-- COMMAND',
  description: `
Does the ipvsadm command behind '--', or an ACTION, on the director that 'ipvs run' has started.

  ipvs ctl -- -L -n --stats          any command of ipvsadm, listings among them
  ipvs ctl --follow -- -L -n         the same again each second
  ipvs ctl top                       a live table with rates and bars
  ipvs ctl drain 10.0.0.1:80         weight 0, then wait for its connections
  ipvs ctl reload web.rules          change what differs; any file of rules
  ipvs ctl reload web.rules --plan   what that would change
  ipvs ctl status                    processes, frames, servers, as JSON
  ipvs ctl metrics                   for Prometheus
  ipvs ctl set expire_nodest_conn 1  a tunable of net.ipv4.vs
  ipvs ctl save                      the rules; connections are written to disk
  ipvs ctl replace                   a new engine process; nothing is lost
  ipvs ctl stop

Exits as ipvsadm does after a command; 2 when no director runs.`,
  options: {
    follow: { help: 'do the command again each second' },
    plan: { help: 'reload: show what would change' },
    timeout: { value: 'SECONDS', help: 'drain: how long to wait; default 3600' },
    name: { value: 'NAME', help: "the director's name; default 'director'" },
  },
  async run(argv, io) {
    const at = argv.indexOf('--');
    const args = readArguments(at < 0 ? argv : argv.slice(0, at), this.options);
    const words = at < 0 ? [] : argv.slice(at + 1);
    const [action, ...rest] = args.operands;
    if ((action === undefined) === (words.length === 0) && !(action === undefined && at >= 0)) {
      throw new UsageError(`expected one of ${ACTIONS.join(', ')}, or -- and a command of ipvsadm`);
    }
    try {
      const director = await controlDirector(textOption(args, 'name'));
      try {
        return action === undefined
          ? await command(words, args, director, io)
          : await act(action, rest, args, director, io);
      } finally {
        director.close();
      }
    } catch (error) {
      throw error instanceof RunError ? new InputError(error.message) : error;
    }
  },
};

async function command(
  words: readonly string[],
  args: Arguments,
  director: ControlConnection,
  io: Io,
): Promise<number> {
  const once = async (): Promise<number> => {
    const { ok, text, exitStatus } = await director.ask({ do: 'command', words });
    if (ok) io.out.write(text);
    else io.err.write(`ipvs ctl: ${text.trimEnd()}\n`);
    return exitStatus;
  };
  if (args.values['follow'] !== true) return once();
  for (;;) {
    if (io.out.isTerminal) io.out.write('\u001B[H\u001B[2J');
    const status = await once();
    io.out.flush();
    if (status !== EXIT.ok) return status;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function act(
  action: string,
  operands: readonly string[],
  args: Arguments,
  director: ControlConnection,
  io: Io,
): Promise<number> {
  const [first, second] = operands;
  switch (action) {
    case 'top':
      return showTop(director, io);
    case 'drain': {
      const seconds = integerOption(args, 'timeout', 3600, 1, 1_000_000);
      return drainServer(director, needed(first, 'a server ADDRESS:PORT'), seconds, io);
    }
    case 'status':
    case 'metrics':
    case 'stop':
      return print(await director.ask({ do: action }), io);
    case 'save':
      return print(await director.ask({ do: 'snapshot' }), io);
    case 'replace':
      return print(await director.ask({ do: 'replace-engine' }), io);
    case 'set': {
      const name = needed(first, 'a tunable and its value');
      const value = needed(second, 'a value');
      return print(await director.ask({ do: 'tunable', name, value }), io);
    }
    case 'reload': {
      const file = await readRulesFile(needed(first, 'a file of rules'), io);
      const dryRun = args.values['plan'] === true;
      const warn = (text: string): void => io.err.write(`ipvs ctl: ${text}\n`);
      return print(await reloadRules(director, file, dryRun, warn), io);
    }
    default:
      throw new UsageError(`unknown action '${action}'; expected one of ${ACTIONS.join(', ')}`);
  }
}

function print(
  { ok, text, exitStatus }: { ok: boolean; text: string; exitStatus: number },
  io: Io,
) {
  if (!ok) throw new InputError(text);
  io.out.write(text === '' || text.endsWith('\n') ? text : `${text}\n`);
  return exitStatus;
}

function needed(word: string | undefined, what: string): string {
  if (word === undefined) throw new UsageError(`expected ${what}`);
  return word;
}
