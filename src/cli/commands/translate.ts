/**
 * `ipvs translate`: runs a capture through a director with given rules, and writes what leaves it.
 */
import { CaptureReader } from '../../captures/capture-reader.js';
import type { HostOptions, HostInterfaceOptions, TunableName } from '../../director/index.js';
import type { Side } from '../../forwarding/index.js';
import { IpAddress } from '../../ip-address.js';
import { EXIT, UsageError, type Command } from '../command.js';
import {
  KERNEL_OPTION,
  kernelOption,
  OWN_ADDRESS_OPTION,
  ownAddressOption,
} from '../director-options.js';
import type { Io } from '../io.js';
import {
  choiceOption,
  integerOption,
  readArguments,
  textOption,
  type Arguments,
} from '../options.js';
import { exampleNames } from '../package-files.js';
import { readRulesFile, type RulesFile } from '../rules-file.js';
import { CaptureSource } from '../translate/capture-source.js';
import { explainLine, type PacketOutcome } from '../translate/outcome.js';
import { PacketFilter } from '../translate/packet-filter.js';
import { Run } from '../translate/run.js';
import { Translation } from '../translate/translation.js';
import { sumText } from '../translate/translation-sum.js';
import { untilInterrupted } from '../translate/until-interrupted.js';

/** The `translate` command. */
export const translate: Command = {
  name: 'translate',
  operands: 'IN OUT',
  get description(): string {
    return `
Reads a capture (pcap or pcapng, also packed by gzip; '-' for standard input), takes every packet to a director
with the rules of a file, and writes what leaves to another capture of the same format ('-' for standard
output): forwarded packets rewritten, ICMP errors of the director's own. The director's time is that of the
capture. Frames without IP go through untouched.
A packet to a virtual address comes from a client, one from a real server from the servers' side, one that the
director itself sent is left out, and anything else comes from a client, unless --side says otherwise. A packet
to a real server on the director's own host is delivered to it, and leaves nothing to write.
Exits with 0, or with 2 on wrong usage, a rule that is refused, a file that cannot be read or written, or one
that ends within a packet; what is whole of that is translated and summed up all the same.
Example rules: ${exampleNames().join(', ')}.`;
  },
  options: {
    rules: {
      value: 'FILE',
      help: "the rules, as ipvsadm -R takes them; '-' for standard input, or an example",
    },
    explain: { help: 'print a line per packet saying what became of it, and why' },
    json: { help: 'print JSON: the sum, with --explain after one line per packet' },
    comments: { help: 'write the explanation of each packet as its comment; writes pcapng' },
    format: { value: 'FORMAT', help: "what is written: 'pcap' or 'pcapng'; default that of IN" },
    follow: { help: 'go on while IN grows, until interrupted' },
    client: { value: 'A[/LEN]', help: 'write and explain the packets of these clients alone' },
    service: {
      value: '[PROTO:]A[:PORT]',
      help: 'write and explain the packets of this service alone',
    },
    offload: {
      value: 'HOW',
      help: "packets the network card would finish: 'finish' (default), 'keep', or 'none': as on a wire",
    },
    'before-lvs': {
      help: 'the capture is of plain servers: their answers are those of real servers',
    },
    side: { value: 'SIDE', help: "take all packets to come from 'client' or 'server'" },
    mark: { value: 'N', help: 'firewall mark of packets of clients; default none' },
    'client-address': { value: 'A[,A]', help: "the director's addresses towards the clients" },
    'server-address': { value: 'A[,A]', help: "the director's addresses towards the servers" },
    'client-mtu': { value: 'BYTES', help: 'MTU towards the clients; default 1500' },
    'server-mtu': { value: 'BYTES', help: 'MTU towards the servers; default 1500' },
    ...OWN_ADDRESS_OPTION,
    ...KERNEL_OPTION,
    tunables: { value: 'NAME=N[,…]', help: 'tunables, such as sloppy_tcp=1' },
    seed: { value: 'N', help: 'what decides all random choices; default 1' },
  },
  async run(argv, io) {
    const args = readArguments(argv, this.options);
    const [from, to, ...more] = args.operands;
    if (from === undefined || to === undefined || more.length > 0) {
      const got = more.length > 0 ? `; one word too many: '${more[0]}'` : '';
      throw new UsageError(`expected two files: IN OUT${got}`);
    }
    refuseClashes(args, from);
    // A capture on standard output leaves no room for words there.
    const words = to === '-' ? io.err : io.out;
    const isJson = args.values['json'] === true;
    const explain = args.values['explain'] === true ? explainTo(words, isJson) : undefined;
    const translation = await translationOf(args, io, explain);
    const following = args.values['follow'] === true ? untilInterrupted() : undefined;
    const source = new CaptureSource(from, following);
    const run = new Run(source, new CaptureReader({ bufferBytes: 1 << 20 }), translation);
    const damage = await run.through(to, formatOption(args), io, explain === undefined);
    const sum = translation.sum(damage === undefined);
    words.write(isJson ? `${JSON.stringify(sum)}\n` : sumText(sum));
    if (damage === undefined) return EXIT.ok;
    io.err.write(`ipvs translate: ${source.name}: ${damage}\n`);
    return EXIT.refused;
  },
};

function refuseClashes({ values }: Arguments, from: string): void {
  if (from === '-' && values['rules'] === '-') {
    throw new UsageError('--rules and IN cannot both be standard input');
  }
  if (values['comments'] === true && values['format'] === 'pcap') {
    throw new UsageError('--comments: pcap files have no comments; expected --format pcapng');
  }
  if (values['side'] !== undefined && values['before-lvs'] === true) {
    throw new UsageError('--side and --before-lvs exclude each other');
  }
}

function explainTo(words: Io['out'], isJson: boolean) {
  return (outcome: PacketOutcome, sender: string): void => {
    words.write(isJson ? `${JSON.stringify(outcome)}\n` : explainLine(outcome, sender));
  };
}

function formatOption(args: Arguments): 'pcap' | 'pcapng' | undefined {
  const format = choiceOption(args, 'format', ['pcap', 'pcapng']);
  return format ?? (args.values['comments'] === true ? 'pcapng' : undefined);
}

async function translationOf(
  args: Arguments,
  io: Io,
  explain: ReturnType<typeof explainTo> | undefined,
): Promise<Translation> {
  const side = choiceOption(args, 'side', ['client', 'server']);
  const filter = new PacketFilter(textOption(args, 'client'), textOption(args, 'service'));
  const offload = choiceOption(args, 'offload', ['finish', 'keep', 'none']) ?? 'finish';
  try {
    const options = {
      rules: await rulesOption(args, io),
      side,
      mark: integerOption(args, 'mark', 0, 0, 4294967295),
      seed: integerOption(args, 'seed', 1, -2147483648, 4294967295),
      tunables: tunablesOption(args),
      host: hostOption(args),
      ...kernelOption(args),
      offload,
      beforeLvs: args.values['before-lvs'] === true,
      filter,
      comments: args.values['comments'] === true,
    };
    const translation = new Translation(options, explain);
    for (const warning of translation.warnings) io.err.write(`ipvs translate: ${warning}\n`);
    return translation;
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}

function rulesOption({ values }: Arguments, io: Io): Promise<RulesFile> {
  const name = values['rules'];
  if (typeof name !== 'string') {
    throw new UsageError(
      '--rules is missing; expected a file, an example, or - for standard input',
    );
  }
  return readRulesFile(name, io);
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
  return {
    client: interfaceOption(args, 'client'),
    server: interfaceOption(args, 'server'),
    addresses: ownAddressOption(args),
  };
}

function interfaceOption(args: Arguments, side: Side): HostInterfaceOptions {
  const mtu = integerOption(args, `${side}-mtu`, 1500, 68, 65535);
  const text = args.values[`${side}-address`];
  if (typeof text !== 'string') return { mtu };
  const addresses = text.split(',').map((each) => IpAddress.parse(each));
  const ipv4 = addresses.find(({ family }) => family === 4);
  const ipv6 = addresses.find(({ family }) => family === 6);
  return { mtu, ...(ipv4 !== undefined && { ipv4 }), ...(ipv6 !== undefined && { ipv6 }) };
}
