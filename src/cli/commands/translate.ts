/**
 * `ipvs translate`: runs a capture through a director with given rules, and writes what leaves it.
 */
import type { HostOptions, HostInterfaceOptions, TunableName } from '../../director/index.js';
import type { Side } from '../../forwarding/index.js';
import { IpAddress } from '../../ip-address.js';
import { EXIT, UsageError, type Command } from '../command.js';
import type { Io } from '../io.js';
import { integerOption, readArguments, type Arguments } from '../options.js';
import { exampleNames } from '../package-files.js';
import { Progress } from '../progress.js';
import { readRulesFile, type RulesFile } from '../rules-file.js';
import { CaptureInput, CaptureOutput } from '../translate/capture.js';
import { explainLine, type PacketOutcome, sumText } from '../translate/outcome.js';
import { Translation } from '../translate/translation.js';

/** The `translate` command. */
export const translate: Command = {
  name: 'translate',
  summary: 'run a capture through a director, and write what leaves it',
  operands: 'IN.pcap OUT.pcap',
  get description(): string {
    return `
Reads classic pcap files (Ethernet or raw IP, micro- or nanoseconds), takes every packet to a director
with the rules of a file, and writes what leaves: forwarded packets rewritten, ICMP errors of the
director's own. The director's time is that of the capture.
A packet to a virtual address comes from a client, one from a real server from the servers' side,
and anything else from a client, unless --side says otherwise.
Exits with 0, or with 2 on wrong usage, a file that cannot be read or written, or a rule that is refused.
Example rules: ${exampleNames().join(', ')}.`;
  },
  options: {
    rules: {
      value: 'FILE',
      help: "the rules, as ipvsadm -R takes them; '-' for standard input, or an example",
    },
    explain: { help: 'print a line per packet saying what became of it, and why' },
    json: { help: 'print JSON: the sum, with --explain after one line per packet' },
    side: { value: 'SIDE', help: "take all packets to come from 'client' or 'server'" },
    mark: { value: 'N', help: 'firewall mark of packets of clients; default none' },
    'client-address': { value: 'A[,A]', help: "the director's addresses towards the clients" },
    'server-address': { value: 'A[,A]', help: "the director's addresses towards the servers" },
    'client-mtu': { value: 'BYTES', help: 'MTU towards the clients; default 1500' },
    'server-mtu': { value: 'BYTES', help: 'MTU towards the servers; default 1500' },
    tunables: { value: 'NAME=N[,…]', help: 'tunables, such as sloppy_tcp=1' },
    seed: { value: 'N', help: 'what decides all chance; default 1' },
  },
  run(argv, io) {
    const args = readArguments(argv, this.options);
    const [from, to, ...more] = args.operands;
    if (from === undefined || to === undefined || more.length > 0) {
      const got = more.length > 0 ? `; one word too many: '${more[0]}'` : '';
      throw new UsageError(`expected two files: IN.pcap OUT.pcap${got}`);
    }
    const input = new CaptureInput(from);
    const translation = translationOf(args, input, io);
    runThrough(translation, input, new CaptureOutput(to, input.linkType), args, io);
    const sum = translation.sum();
    io.out.write(args.values['json'] === true ? `${JSON.stringify(sum)}\n` : sumText(sum));
    return EXIT.ok;
  },
};

function runThrough(
  translation: Translation,
  input: CaptureInput,
  output: CaptureOutput,
  args: Arguments,
  io: Io,
): void {
  const line = args.values['json'] === true ? jsonLine : explainLine;
  const explain = (outcome: PacketOutcome): void => io.out.write(line(outcome));
  const explains = args.values['explain'] === true;
  const progress = new Progress(io, Math.max(1, input.lengthBytes));
  try {
    for (const record of input.records()) {
      const write = (bytes: Uint8Array): void => output.write(bytes, record);
      translation.take(record, write, explains ? explain : undefined);
      if (!explains) progress.update(input.readBytes);
    }
  } finally {
    progress.finish();
    output.close();
  }
}

function jsonLine(outcome: PacketOutcome): string {
  return `${JSON.stringify(outcome)}\n`;
}

function translationOf(args: Arguments, input: CaptureInput, io: Io): Translation {
  const side = sideOption(args);
  try {
    return new Translation({
      rules: rulesOption(args, io),
      linkType: input.linkType,
      ...(side !== undefined && { side }),
      mark: integerOption(args, 'mark', 0, 0, 4294967295),
      seed: integerOption(args, 'seed', 1, -2147483648, 4294967295),
      tunables: tunablesOption(args),
      host: hostOption(args),
    });
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}

function rulesOption({ values }: Arguments, io: Io): RulesFile {
  const name = values['rules'];
  if (typeof name !== 'string') {
    throw new UsageError(
      '--rules is missing; expected a file, an example, or - for standard input',
    );
  }
  return readRulesFile(name, io);
}

function sideOption({ values }: Arguments): Side | undefined {
  const { side } = values;
  if (side === undefined || side === 'client' || side === 'server') return side;
  throw new UsageError(`--side: expected client or server, got '${String(side)}'`);
}

function tunablesOption({ values }: Arguments): Partial<Record<TunableName, string>> {
  const text = values['tunables'];
  if (typeof text !== 'string') return {};
  return Object.fromEntries(
    text.split(',').map((each) => {
      const [name = '', value = ''] = each.split('=', 2);
      if (value !== '') return [name, value];
      throw new UsageError(`--tunables: expected NAME=N, got '${each}'`);
    }),
  );
}

function hostOption(args: Arguments): HostOptions {
  return { client: legOption(args, 'client'), server: legOption(args, 'server') };
}

function legOption(args: Arguments, side: Side): HostInterfaceOptions {
  const mtu = integerOption(args, `${side}-mtu`, 1500, 68, 65535);
  const text = args.values[`${side}-address`];
  if (typeof text !== 'string') return { mtu };
  const addresses = text.split(',').map((each) => IpAddress.parse(each));
  const ipv4 = addresses.find(({ family }) => family === 4);
  const ipv6 = addresses.find(({ family }) => family === 6);
  return { mtu, ...(ipv4 !== undefined && { ipv4 }), ...(ipv6 !== undefined && { ipv6 }) };
}
