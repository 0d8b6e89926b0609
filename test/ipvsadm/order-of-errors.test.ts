/**
 * The order in which errors are found, against a literal statement of it: tables of what each command must and
 * may have, and the steps one after the other, without any of the parser's own tables.
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { IpvsadmError } from '../../src/ipvsadm/error.js';
import { parseCommand } from '../../src/ipvsadm/parse.js';

const SERVICE = 'scheduler persistent netmask ops pe sched-flags';
const SERVER =
  'forwarding-method weight u-threshold l-threshold tun-type tun-port tun-nocsum tun-csum tun-remcsum';
const LIST =
  'numeric connection service-address timeout daemon stats rate thresholds persistent-conn nosort syncid exact tun-info';
const DAEMON = 'mcast-interface syncid mcast-group mcast-port mcast-ttl sync-maxlen';

/** How a command is written, its name, what it must and what it may have. */
const COMMANDS = [
  ['-A', 'add-service', 'service-address', SERVICE],
  ['-E', 'edit-service', 'service-address', SERVICE],
  ['-D', 'delete-service', 'service-address', ''],
  ['-a', 'add-server', 'service-address real-server', SERVER],
  ['-e', 'edit-server', 'service-address real-server', SERVER],
  ['-d', 'delete-server', 'service-address real-server', ''],
  ['-L', 'list', '', LIST],
  ['-l', 'list', '', LIST],
  ['-Z', 'zero', '', 'service-address'],
  ['-C', 'flush', '', ''],
  ['-S', 'save', '', 'numeric'],
  ['-R', 'restore', '', ''],
  ['--set', 'set', '', ''],
  ['--start-daemon master', 'start-daemon', '', DAEMON],
  ['--stop-daemon backup', 'stop-daemon', '', 'syncid'],
] as const;

/** All options in option order, with good values. */
const OPTIONS: readonly (readonly [name: string, spellings: readonly string[]])[] = [
  ['numeric', ['-n', '--numeric']],
  ['connection', ['-c']],
  [
    'service-address',
    ['-t 10.0.0.1:80', '-t 10.0.0.1', '-u 10.0.0.1:53', '--sctp-service=[::1]:9', '-f 7'],
  ],
  ['scheduler', ['-s rr', '-s sh', '--scheduler mh', '-s nosuch']],
  ['persistent', ['-p300', '--persistent=9', '-p 2678400']],
  ['netmask', ['-M 0.0.0.24']],
  ['real-server', ['-r 10.1.0.1', '-r 10.1.0.1:8080', '-r fd00::1']],
  ['forwarding-method', ['-g', '-i', '-m', '--ipip']],
  ['weight', ['-w 5', '-w 0']],
  ['u-threshold', ['-x 9']],
  ['l-threshold', ['-y 5']],
  ['mcast-interface', ['--mcast-interface eth1']],
  ['timeout', ['--timeout']],
  ['daemon', ['--daemon']],
  ['stats', ['--stats']],
  ['rate', ['--rate']],
  ['thresholds', ['--thresholds']],
  ['persistent-conn', ['--persistent-conn']],
  ['nosort', ['--nosort']],
  ['syncid', ['--syncid 255']],
  ['exact', ['--exact']],
  ['ops', ['-o']],
  ['pe', ['--pe sip']],
  ['sched-flags', ['-b flag-1', '-b sh-port', '-b mh-fallback,flag-3', '-b ,,nosuch,mh-port']],
  ['mcast-group', ['--mcast-group 224.0.0.9']],
  ['mcast-port', ['--mcast-port 1']],
  ['mcast-ttl', ['--mcast-ttl 255']],
  ['sync-maxlen', ['--sync-maxlen 65507']],
  ['tun-info', ['--tun-info']],
  ['tun-type', ['--tun-type gue', '--tun-type gre', '--tun-type=ipip']],
  ['tun-port', ['--tun-port 6080']],
  ['tun-nocsum', ['--tun-nocsum']],
  ['tun-csum', ['--tun-csum']],
  ['tun-remcsum', ['--tun-remcsum']],
];

interface Token {
  /** The option's name; of words and other things, none. */
  readonly name?: string;
  readonly text: string;
}

const named: readonly Token[] = OPTIONS.flatMap(([name, spellings]) =>
  spellings.map((text) => ({ name, text })),
);
const others: readonly Token[] = ['-6', 'word', '--sort', '-C', '1'].map((text) => ({ text }));

type Line = readonly [command: (typeof COMMANDS)[number], tokens: readonly Token[]];

/** Lines whose options mostly belong to their command. */
const lines: fc.Arbitrary<Line> = fc.constantFrom(...COMMANDS).chain((command) => {
  const fitting = named.filter(({ name = '' }) => allowed(command).includes(name));
  const any = fc.constantFrom(...named, ...others);
  const token = fitting.length === 0 ? any : fc.oneof({ arbitrary: any, weight: 1 }, fit(fitting));
  const tokens = fc.array(token, { maxLength: 8 });
  const set = fc.constantFrom([], [{ text: '1' }], [{ text: '1' }, { text: '2' }, { text: '3' }]);
  return fc
    .tuple(command[1] === 'set' ? set : fc.constant([]), tokens)
    .map(([values, rest]): Line => [command, [...values, ...rest]]);
});

function fit(fitting: readonly Token[]): { arbitrary: fc.Arbitrary<Token>; weight: number } {
  return { arbitrary: fc.constantFrom(...fitting), weight: 6 };
}

function allowed([, , must, may]: (typeof COMMANDS)[number]): string[] {
  return `${must} ${may}`.split(' ').filter((name) => name !== '');
}

/** What is wrong with a line by the statement; nothing when all is right. */
function fault([command, tokens]: Line): string | undefined {
  return (
    fromLeftToRight(tokens) ??
    words(command[1], tokens) ??
    flags(tokens) ??
    names(command, tokens) ??
    together(command[1], tokens)
  );
}

function fromLeftToRight(tokens: readonly Token[]): string | undefined {
  const seen = new Set<string>();
  let marked = false;
  let wide = false;
  for (const { name, text } of tokens) {
    if (text === '-C') return "invalid option `-C'";
    if (text === '-6' && !marked) return '-6 used before -f';
    if (text === '-6') wide = true;
    if (name === undefined) continue;
    if (seen.has(name)) return `multiple '${name}' options specified`;
    seen.add(name);
    marked ||= text === '-f 7';
    wide ||= name === 'service-address' && text.includes('::');
    // 0.0.0.24 has no leading digits but 0, which is no length of a prefix.
    if (name === 'netmask' && wide) return 'illegal ipv6 netmask specified';
  }
  return undefined;
}

function words(command: string, tokens: readonly Token[]): string | undefined {
  const left = tokens.filter(({ text }) => text === 'word' || /^\d$/.test(text));
  if (command === 'set') {
    const values = left.splice(0, 3);
    if (values.length < 3) return '--set option requires 3 timeout values';
    if (values.some(({ text }) => text === 'word')) return "invalid timeout value `word' specified";
  }
  return left[0] && `unexpected argument ${left[0].text}`;
}

function valueOf(tokens: readonly Token[], name: string): string {
  const text = tokens.find((token) => token.name === name)?.text ?? '';
  return text.replace(/^\S+?[ =]/, '');
}

function flags(tokens: readonly Token[]): string | undefined {
  for (const flag of valueOf(tokens, 'sched-flags').split(',')) {
    if (flag === 'nosuch') return "invalid scheduler flag `nosuch'";
    const owner = /^(sh|mh)-/.exec(flag)?.[1];
    if (owner !== undefined && owner !== valueOf(tokens, 'scheduler'))
      return `incompatible scheduler flag \`${flag}'`;
  }
  return undefined;
}

function names(command: (typeof COMMANDS)[number], tokens: readonly Token[]): string | undefined {
  const [, called, must] = command;
  let subject: string | undefined;
  for (const [name] of OPTIONS) {
    const present = tokens.some((token) => token.name === name);
    if (present && !allowed(command).includes(name))
      return `Illegal '${name}' option with the '${called}' command`;
    if (!present && must.split(' ').includes(name))
      return `You need to supply the '${name}' option for the '${called}' command`;
    const single = ['connection', 'service-address', 'timeout', 'daemon'].includes(name);
    if (called !== 'list' || !present || !single) continue;
    if (subject !== undefined)
      return `The option '${name}' conflicts with the '${subject}' option in the 'list' command`;
    subject = name;
  }
  return undefined;
}

function together(command: string, tokens: readonly Token[]): string | undefined {
  const has = (...options: string[]): boolean =>
    tokens.some(({ name = '' }) => options.includes(name));
  if (command === 'list') {
    const columns = has('stats', 'rate', 'thresholds');
    if (has('connection', 'timeout', 'daemon') && columns)
      return 'options conflicts in the list command';
    if (has('timeout', 'daemon') && has('persistent-conn'))
      return 'options conflicts in the list command';
  }
  const service = tokens.find(({ name }) => name === 'service-address')?.text ?? '';
  if (command === 'add-service' || command === 'edit-service') {
    if (service === '-t 10.0.0.1' && !has('persistent'))
      return 'Zero port specified for non-persistent service';
    if (has('ops') && !/^-[uf]/.test(service))
      return 'One-Packet Scheduling is only for UDP virtual services';
  }
  return command.endsWith('-server') && command !== 'delete-server'
    ? ofServer(tokens, service, has)
    : undefined;
}

function ofServer(
  tokens: readonly Token[],
  service: string,
  has: (...options: string[]) => boolean,
): string | undefined {
  const method = valueOf(tokens, 'forwarding-method');
  const tunneled = method === '-i' || method === '--ipip';
  const wide = service.includes('[::1]') || tokens.some(({ text }) => text === '-6');
  if (wide !== valueOf(tokens, 'real-server').includes('::') && !tunneled)
    return 'Different address family is allowed only for tunneling servers';
  const checksums = ['tun-nocsum', 'tun-csum', 'tun-remcsum'];
  if (!tunneled)
    return has('tun-type', 'tun-port', ...checksums)
      ? 'Tunnel options conflict with forward method'
      : undefined;
  const type = valueOf(tokens, 'tun-type') || 'ipip';
  if (has('tun-port') && type !== 'gue')
    return `Illegal 'tun-port' option with the '${type}' tunnel type`;
  if (!has('tun-port') && type === 'gue')
    return "You need to supply the 'tun-port' option for the 'gue' tunnel type";
  const taken = { ipip: [], gue: checksums, gre: ['tun-nocsum', 'tun-csum'] }[type] as string[];
  let first: string | undefined;
  for (const name of checksums.filter((each) => has(each))) {
    if (!taken.includes(name)) return `Illegal '${name}' option with the '${type}' tunnel type`;
    if (first !== undefined)
      return `The option '${name}' conflicts with the '${first}' option in the '${type}' tunnel type`;
    first = name;
  }
  return undefined;
}

function messageOf(line: string): string | undefined {
  try {
    parseCommand(line);
    return undefined;
  } catch (error) {
    if (error instanceof IpvsadmError) return error.message;
    throw error;
  }
}

it('errors of a line are found in the order that is stated', () => {
  fc.assert(
    fc.property(lines, (line) => {
      const [[command], tokens] = line;
      const text = [command, ...tokens.map((token) => token.text)].join(' ');

      expect(`${text}: ${messageOf(text) ?? 'done'}`).toBe(`${text}: ${fault(line) ?? 'done'}`);
    }),
    { numRuns: 5000 },
  );
});
