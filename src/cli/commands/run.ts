/**
 * `ipvs run`: a director on the interfaces of this machine.
 */
import { controlDirector } from '../../run/control-client.js';
import { describeRun, runDirector, undoRun } from '../../run/launcher.js';
import { RunError } from '../../run/run-error.js';
import type { RunOptions } from '../../run/run-options.js';
import { standardErrorLog } from '../../run/supervisor/log.js';
import { EXIT, InputError, UsageError, type Command } from '../command.js';
import { reloadRules } from '../ctl/reload.js';
import { directorOfRules } from '../director-of-rules.js';
import type { Io } from '../io.js';
import { type Arguments, choiceOption, readArguments, textOption } from '../options.js';
import { readRulesFile, type RulesFile, STANDARD_INPUT } from '../rules-file.js';
import { unitOf, type UnitSettings } from '../run-unit.js';

const LOG_FORMATS = ['json', 'text'] as const;
const NO_CHECKS =
  'checks and sorry servers of keepalived.conf are not used; --check and --sorry are';

/** The `run` command. */
export const run: Command = {
  name: 'run',
  operands: 'RULES',
  description: `
Runs the services in the file RULES (of ipvsadm or keepalived) on this machine, until it is interrupted.
Needs root, and Debian's iproute2 and socat; nftables for direct routing, marks and a namespace.

  ipvs run web.rules --client-if eth0 --server-if eth1
  ipvs run web.rules --client-if eth0 --check tcp:2s --sorry 10.0.0.9:80
  ipvs run web.rules --client-if eth0 --plan
  ipvs run web.rules --client-if eth0 --unit > /etc/systemd/system/ipvs.service
  ipvs run --undo

Without --client-if the director gets a network namespace of its own, linked to this machine: servers need
no route to the clients then, and see the director's address in their place.
'ipvs ctl' speaks with it while it runs. Without a terminal, SIGHUP reads the file again.
At the end everything on this machine is as it was before.`,
  options: {
    'client-if': { value: 'NAME', help: 'the interface toward the clients' },
    'server-if': { value: 'NAME', help: 'the interface toward the servers; default: the same' },
    check: { value: 'KIND', help: 'watch the servers: tcp:2s, http:/path:2s, ping:2s' },
    sorry: { value: 'SERVER', help: 'ADDRESS:PORT of the server for when no other can serve' },
    metrics: { value: 'PORT', help: 'serve Prometheus metrics on [ADDRESS:]PORT' },
    user: {
      value: 'NAME',
      help: 'the user that reads what clients and servers send; default: nobody',
    },
    plain: { help: 'leave packets as they were on the wire, for tunnels that are added later' },
    'no-kernel-path': { help: 'forward every packet in the director, also of busy connections' },
    'no-addresses': { help: 'leave it to others, as VRRP, to add virtual addresses' },
    name: { value: 'NAME', help: "another name than 'director', for several on one machine" },
    log: { value: 'FORMAT', help: 'log lines on standard error: json or text' },
    plan: { help: 'print the commands, and do nothing' },
    unit: { help: 'print a systemd unit with these options, and do nothing' },
    undo: { help: 'take back what a director has left behind that was killed' },
  },
  async run(argv, io) {
    const args = readArguments(argv, this.options);
    const { values, operands } = args;
    try {
      if (values['undo'] === true) return undo(args, io);
      if (operands.length !== 1) {
        throw new UsageError(`expected one file of rules, got ${operands.join(' ') || 'none'}`);
      }
      const options = runOptions(await readRulesFile(operands[0], io), args, io);
      if (values['plan'] === true) {
        io.out.write(describeRun(options));
        return EXIT.ok;
      }
      if (values['unit'] === true) {
        io.out.write(unitOf(unitSettings(argv, args)));
        return EXIT.ok;
      }
      return await runUntilSignal(options, operands[0], io);
    } catch (error) {
      throw error instanceof RunError ? new InputError(error.message) : error;
    }
  },
};

function undo(args: Arguments, io: Io): number {
  if (args.operands.length > 0) throw new UsageError('--undo takes no file of rules');
  const count = undoRun(textOption(args, 'name'));
  io.out.write(count === 0 ? 'nothing to take back\n' : `${count} changes taken back\n`);
  return EXIT.ok;
}

function runOptions(file: RulesFile, args: Arguments, io: Io): RunOptions {
  const { director: rules, warnings, hasChecks } = directorOfRules(file);
  const format = choiceOption(args, 'log', LOG_FORMATS) ?? (io.err.isTerminal ? 'text' : 'json');
  const log = standardErrorLog(format);
  for (const warning of warnings) log('warning', { reason: warning });
  if (hasChecks && textOption(args, 'check') === undefined) log('warning', { reason: NO_CHECKS });
  const texts = {
    name: textOption(args, 'name'),
    clientInterface: textOption(args, 'client-if'),
    serverInterface: textOption(args, 'server-if'),
    check: textOption(args, 'check'),
    sorryServer: textOption(args, 'sorry'),
    metrics: textOption(args, 'metrics'),
    user: textOption(args, 'user'),
  };
  const given = Object.entries(texts).filter(([, value]) => value !== undefined);
  return {
    rules,
    ...Object.fromEntries(given),
    plain: args.values['plain'] === true,
    kernelPath: args.values['no-kernel-path'] !== true,
    addAddresses: args.values['no-addresses'] !== true,
    log: format,
  };
}

function unitSettings(argv: readonly string[], args: Arguments): UnitSettings {
  const [rules] = args.operands;
  if (rules === STANDARD_INPUT) throw new UsageError('a unit needs a file of rules');
  return {
    rules,
    words: argv.filter((word) => word !== '--unit'),
    name: textOption(args, 'name'),
    isApart: textOption(args, 'client-if') === undefined,
    pings: textOption(args, 'check')?.startsWith('ping') === true,
  };
}

async function runUntilSignal(options: RunOptions, rules: string, io: Io): Promise<number> {
  const director = runDirector(options);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void director.stop());
  }
  // A terminal that is closed ends what it has started; to a daemon the signal says that its file has changed.
  const isDaemon = ![process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  process.on('SIGHUP', () => void (isDaemon ? reload(options, rules, io) : director.stop()));
  await director.stopped;
  return EXIT.ok;
}

/** Does what `ipvs ctl reload` does; what is wrong with the file is logged, and the director goes on as it is. */
async function reload({ name, log: format }: RunOptions, rules: string, io: Io): Promise<void> {
  const log = standardErrorLog(format ?? 'json');
  try {
    if (rules === STANDARD_INPUT) throw new InputError('the rules came from standard input');
    const file = await readRulesFile(rules, io);
    const director = await controlDirector(name);
    try {
      const warn = (reason: string): void => log('warning', { reason });
      const { ok, text } = await reloadRules(director, file, false, warn);
      if (!ok) throw new InputError(text);
      log('reloaded', { file: file.name, changes: text.split('\n').length - 1 });
    } finally {
      director.close();
    }
  } catch (error) {
    log('not-reloaded', { reason: error instanceof Error ? error.message : error });
  }
}
