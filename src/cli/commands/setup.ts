/**
 * `ipvs setup`: the scripts and files that make a rule file real, for the director and each real server.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Director } from '../../director/director.js';
import { IpAddress } from '../../ip-address.js';
import { parseMark } from '../../setup/marks.js';
import { planSetup, type SetupOptions } from '../../setup/plan.js';
import type { SetupHost } from '../../setup/step.js';
import { networkFiles, type SetupFile, systemdFiles } from '../../setup/write-files.js';
import { writeScript } from '../../setup/write-script.js';
import { EXIT, InputError, UsageError, type Command } from '../command.js';
import { fileErrorReason } from '../file-error.js';
import type { Io } from '../io.js';
import { type Arguments, choiceOption, readArguments, textOption } from '../options.js';
import { OutputError } from '../output.js';
import { readRulesFile, restoreRulesFile, type RulesFile } from '../rules-file.js';

const FORMATS = ['sh', 'systemd', 'files'] as const;

/** The `setup` command. */
export const setup: Command = {
  name: 'setup',
  operands: 'RULES',
  description: `
For the rules in the file RULES: what the director and each real server need of addresses, ARP, forwarding, tunnel
devices, marks and sysctls.

  ipvs setup web.rules  # which hosts there are
  ipvs setup web.rules --host 10.0.0.11 > server.sh  # one of them, as a script
  ipvs setup web.rules --output hosts  # all of them, a folder each

A script takes start, stop and status. It saves what it changes, and stop puts that back; a second start does nothing.`,
  options: {
    host: { value: 'HOST', help: "'director' or the address of a real server; default: list them" },
    output: {
      value: 'FOLDER',
      help: 'write the files of all hosts, or of --host, below this folder',
    },
    format: {
      value: 'FORMAT',
      help: 'sh (default), systemd (script and unit), or files (sysctl.d, networkd, rules)',
    },
    device: { value: 'NAME', help: "the director's device for virtual addresses; default eth0" },
    gateway: {
      value: 'ADDRESSES',
      help: "the director's address among servers behind NAT, one for each family, divided by commas",
    },
    mark: {
      value: 'MARKS',
      help: 'what the firewall marks, such as 1=tcp:192.0.2.1:80,443; several are divided by ;',
    },
    firewall: { value: 'NAME', help: 'what marks: nftables (default) or iptables' },
    sysctl: { value: 'SETTINGS', help: 'more sysctls of the director, NAME=VALUE, divided by ;' },
  },
  async run(argv, io) {
    const args = readArguments(argv, this.options);
    const [name, ...more] = args.operands;
    if (name === undefined || more.length > 0) throw new UsageError('expected one file of rules');
    const rules = await readRulesFile(name, io);
    const hosts = chosen(hostsOf(rules, args), textOption(args, 'host'));
    const format = choiceOption(args, 'format', FORMATS) ?? 'sh';
    const folder = textOption(args, 'output');
    if (folder !== undefined) writeAll(hosts, rules.name, format, folder, io);
    else if (textOption(args, 'host') === undefined) list(hosts, io);
    else for (const host of hosts) print(filesOf(host, rules.name, format), io);
    return EXIT.ok;
  },
};

function hostsOf(rules: RulesFile, args: Arguments): SetupHost[] {
  const director = new Director();
  restoreRulesFile(rules, director);
  if (director.services.size === 0) throw new InputError(`${rules.name}: no service in it`);
  try {
    return planSetup([...director.services], optionsOf(args));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`${error.message}; see --gateway, --mark, --device and --sysctl`);
  }
}

function optionsOf(args: Arguments): SetupOptions {
  const device = textOption(args, 'device');
  const firewall = choiceOption(args, 'firewall', ['nftables', 'iptables'] as const);
  const parts = (name: string, divider: string): string[] =>
    (textOption(args, name) ?? '')
      .split(divider)
      .map((part) => part.trim())
      .filter(Boolean);
  const sysctls = parts('sysctl', ';').map((part) => {
    const [key = '', ...value] = part.split('=');
    return [key.trim(), value.join('=').trim()] as const;
  });
  return {
    ...(device === undefined ? {} : { device }),
    ...(firewall === undefined ? {} : { firewall }),
    gateways: parts('gateway', ',').map((text) => IpAddress.parse(text)),
    marks: parts('mark', ';').map(parseMark),
    sysctls: Object.fromEntries(sysctls),
  };
}

function chosen(hosts: readonly SetupHost[], name: string | undefined): readonly SetupHost[] {
  if (name === undefined) return hosts;
  const host = hosts.find((each) => each.name === name);
  if (host !== undefined) return [host];
  throw new UsageError(
    `--host: expected ${hosts.map((each) => each.name).join(', ')}, got '${name}'`,
  );
}

function list(hosts: readonly SetupHost[], io: Io): void {
  for (const { name, steps } of hosts) {
    io.out.write(`${name}: ${steps.length} step${steps.length === 1 ? '' : 's'}\n`);
  }
}

function filesOf(host: SetupHost, source: string, format: (typeof FORMATS)[number]): SetupFile[] {
  if (format === 'systemd') return systemdFiles(host, source);
  if (format === 'files') return networkFiles(host);
  return [{ path: 'setup.sh', text: writeScript(host, source), isProgram: true }];
}

function print(files: readonly SetupFile[], io: Io): void {
  for (const { path, text } of files) {
    io.out.write(files.length === 1 ? text : `==> ${path} <==\n${text}\n`);
  }
}

function writeAll(
  hosts: readonly SetupHost[],
  source: string,
  format: (typeof FORMATS)[number],
  folder: string,
  io: Io,
): void {
  for (const host of hosts) {
    for (const { path, text, isProgram } of filesOf(host, source, format)) {
      const target = join(folder, host.name.replaceAll(':', '-'), path);
      try {
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, text);
        if (isProgram) chmodSync(target, 0o755);
      } catch (error) {
        throw new OutputError(`${target}: cannot be written: ${fileErrorReason(error)}`);
      }
      io.out.write(`${target}\n`);
    }
  }
}
