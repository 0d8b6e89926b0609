import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/ipvsadm/command.js';
import { IpvsadmError } from '../../src/ipvsadm/error.js';
import { parseArguments, parseCommand } from '../../src/ipvsadm/parse.js';
import { restoreAllRules, restoreRules } from '../../src/ipvsadm/restore.js';
import { administration } from './golden.js';

const TRY = "Try `/usr/sbin/ipvsadm -h' or '/usr/sbin/ipvsadm --help' for more information.";

function refusalOf(line: string): IpvsadmError {
  try {
    parseCommand(line);
  } catch (error) {
    if (error instanceof IpvsadmError) return error;
    throw error;
  }
  throw new Error(`${line} was not refused`);
}

function refusalIfAny(line: string, lineNumber: number): IpvsadmError | undefined {
  try {
    parseCommand(line, lineNumber);
    return undefined;
  } catch (error) {
    if (error instanceof IpvsadmError) return error;
    throw error;
  }
}

function meaningOf(line: string): unknown {
  return JSON.parse(JSON.stringify(parseCommand(line)));
}

function expectCommandOrRefusal(parse: () => Command): void {
  try {
    expect(parse()).toHaveProperty('command');
  } catch (error) {
    expect(error).toBeInstanceOf(IpvsadmError);
    expect((error as IpvsadmError).message).not.toBe('');
  }
}

function outcomeOf(parse: () => Command): string {
  try {
    return JSON.stringify(parse());
  } catch (error) {
    return String(error);
  }
}

function serverPortOf(line: string): number {
  return (parseCommand(line) as { server: { port: number } }).server.port;
}

/** Pieces of which lines are made that are nearly right. */
const fragments: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '-A',
    '-E',
    '-D',
    '-a',
    '-e',
    '-d',
    '-L',
    '-l',
    '-Z',
    '-C',
    '-S',
    '-R',
    '-h',
    '-v',
  ),
  fc.constantFrom('--set', '--start-daemon', '--stop-daemon', 'master', 'backup', '1', '0', '-1'),
  fc.constantFrom('-t', '-u', '--sctp-service', '-f', '-r', '-6', '10.0.0.1:80', '[::1]:80', '::1'),
  fc.constantFrom('-s', 'sh', 'wlc', '-p', '-p300', '-M', '24', '255.0.255.0', '-o', '--pe', '-b'),
  fc.constantFrom('sh-port', 'flag-3', '-g', '-i', '-m', '-w', '-x', '-y', '-Ln', '-At10.0.0.1:1'),
  fc.constantFrom('--tun-type', 'gue', 'gre', 'ipip', '--tun-port', '--tun-csum', '--tun-remcsum'),
  fc.constantFrom('-n', '-c', '--stats', '--rate', '--exact', '--nosort', '--timeout', '--daemon'),
  fc.constantFrom(
    '--mcast-group',
    '224.0.0.1',
    'ff02::1',
    '--syncid=3',
    '--',
    '-',
    '--=',
    '-t=',
    '',
  ),
  fc.string({ maxLength: 6 }),
);

/** Text of every kind: control characters and NULs, all of Unicode, quotes, halves of characters, long. */
const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary-ascii' }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('"', "'", '`', '\\', '-', '=', ' ', '\t', '\0', '#', 'A') }),
  fc.string({ unit: fc.constantFrom('\uD800', '\uDFFF', '\uFEFF', '\u2028', '-', 't') }),
  fc.string({ minLength: 3000, maxLength: 6000 }),
);

/** Values that are nearly right, and names that every object knows. */
const anyValue: fc.Arbitrary<string> = fc.oneof(
  anyText,
  fc.integer({ min: -2, max: 300 }).map(String),
  fc.integer().map(String),
  fc.bigInt().map(String),
  fc.double().map(String),
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.constantFrom('constructor', '__proto__', 'hasOwnProperty', 'toString', 'valueOf', '-0', '+1'),
);

describe('any text at all', () => {
  it('is a command or is refused with a typed error', () => {
    fc.assert(
      fc.property(anyText, (text) => expectCommandOrRefusal(() => parseCommand(text))),
      { numRuns: 500 },
    );
  });

  it('is so as the value of each option, too', () => {
    const options = '-t -u -f -r -s -p -M -w -x -y -b --pe --tun-port --mcast-group --syncid';
    const spelling = fc.constantFrom(...options.split(' '));
    const commands = [
      '-A -t 10.0.0.1:80',
      '-A -t [::1]:80 -p',
      '-A -f 1 -6 -p',
      '-a -f 1 -r 10.1.0.1 -i',
      '--set 1 2',
      '-L',
      '',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...commands), spelling, anyValue, (command, option, value) => {
        expectCommandOrRefusal(() => parseCommand(`${command} ${option} ${value}`));
        expectCommandOrRefusal(() => parseArguments([...command.split(' '), option, value]));
      }),
      { numRuns: 3000 },
    );
  });

  it('is so as a part of an address, too', () => {
    const places = ['X', 'X:80', '10.0.0.1:X', '[X]:80', '[::1]:X', '[10.0.0.1]:X', '10.X.1:80'];
    fc.assert(
      fc.property(fc.constantFrom(...places), anyValue, (place, value) => {
        const address = place.replace('X', () => value);
        expectCommandOrRefusal(() => parseArguments(['-A', '-t', address]));
        expectCommandOrRefusal(() => parseArguments(['-a', '-f', '1', '-r', address]));
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused with a place within it', () => {
    const line = fc.oneof(
      anyText,
      fc.array(fragments, { maxLength: 8 }).map((words) => words.join('  ')),
    );
    fc.assert(
      fc.property(line, fc.nat(), (text, number) => {
        const refusal = refusalIfAny(text, number);
        if (refusal === undefined) return;
        expect(refusal.line).toBe(number);
        expect([1, 2, 255]).toContain(refusal.exitStatus);
        expect(text.slice(refusal.column - 1)).toContain(refusal.text.split('\n')[0]);
        expect(refusal.column).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('is done by all rules or by none, over many lines', () => {
    const lines = fc.array(fc.oneof(anyText, fc.constantFrom('-A -f 1', '-a -f 1 -r 10.1.0.1')));
    fc.assert(
      fc.property(lines, (rules) => {
        const director = administration();
        try {
          restoreAllRules(rules.join('\n'), director);
        } catch (error) {
          expect(error).toBeInstanceOf(IpvsadmError);
          expect([...director.services]).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is so when it is made of options and values, too', () => {
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 12 }), (words) => {
        expectCommandOrRefusal(() => parseCommand(words.join(' ')));
        expectCommandOrRefusal(() => parseArguments(words));
      }),
      { numRuns: 2000 },
    );
  });

  it('is done or refused by a director, too', () => {
    const director = administration();
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 12 }), (words) => {
        const { output, errors } = restoreRules(words.join(' '), director);
        expect(typeof output).toBe('string');
        expect(errors.length).toBeLessThan(2);
      }),
      { numRuns: 1000 },
    );
  });

  it('means the same as its words', () => {
    const word = fragments.filter((text) => text !== '' && !/[\s#]/.test(text));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
        fc.pre(words[0] !== 'ipvsadm');
        expect(outcomeOf(() => parseCommand(words.join(' ')))).toBe(
          outcomeOf(() => parseArguments(words)),
        );
      }),
    );
  });
});

describe('a line', () => {
  it.each([
    ['-At10.0.0.1:80 -swlc', '-A -t 10.0.0.1:80 -s wlc'],
    ['-A -t=10.0.0.1:80 -s=wlc', '-A -t 10.0.0.1:80 -s wlc'],
    ['--add-service --tcp-service=10.0.0.1:80', '-A -t 10.0.0.1:80'],
    ['--add-service --tcp-service 10.0.0.1:80 --persistent', '-A -t 10.0.0.1:80 -p 360'],
    ['-A -t 10.0.0.1:80 -p -s rr', '-A -t 10.0.0.1:80 -p360 -s rr'],
    ['ipvsadm -A -t 10.0.0.1:80 # the web', '-A -t 10.0.0.1:80'],
    ['-A -s rr -t 10.0.0.1:80', '-At 10.0.0.1:80 -s rr'],
    ['', '-L'],
    ['ipvsadm', '-l'],
    ['-Lnc --sort', '--list --numeric --connection'],
  ])('such as "%s" means "%s"', (line, same) => {
    expect(meaningOf(line)).toEqual(meaningOf(same));
  });
});

describe('faults', () => {
  it.each([
    ['-n -L', TRY, 255],
    ['--nosuch', TRY, 255],
    ['word', TRY, 255],
    ['--start-daemon', TRY, 255],
    ['--start-daemon both', 'illegal start-daemon parameter specified', 2],
    ['--stop-daemon both', 'illegal start_daemon specified', 2],
    ['-L --nosuch', '--nosuch: unknown option', 255],
    ['-L -q', '-q: unknown option', 255],
    ['-A -t', '-t: missing argument', 255],
    ['-A -S', "invalid option `-S'", 2],
    ['-A -f 5 -f 6', "multiple 'service-address' options specified", 2],
    ['-L -n --numeric', "multiple 'numeric' options specified", 2],
    ['-A -6 -f 5', '-6 used before -f', 2],
    ['-Z word', 'unexpected argument word', 2],
    ['--set 1 2 3 4', 'unexpected argument 4', 2],
    ['--set 1 2', '--set option requires 3 timeout values', 2],
    ['--set 1 2 2678401', "invalid timeout value `2678401' specified", 2],
    ['-A -b sh-port -w 1', "incompatible scheduler flag `sh-port'", 2],
    ['-A -b nosuch,sh-port', "invalid scheduler flag `nosuch'", 2],
    [
      '-D -s rr',
      "You need to supply the 'service-address' option for the 'delete-service' command",
      2,
    ],
    ['-D -n', "Illegal 'numeric' option with the 'delete-service' command", 2],
    [
      '-L --timeout -c',
      "The option 'timeout' conflicts with the 'connection' option in the 'list' command",
      2,
    ],
    ['-L -c --rate', 'options conflicts in the list command', 2],
    ['-L --daemon --persistent-conn', 'options conflicts in the list command', 2],
    ['-E -t 1.2.3.4 -o', 'Zero port specified for non-persistent service', 2],
    ['-A --sctp-service 1.2.3.4:1 -o', 'One-Packet Scheduling is only for UDP virtual services', 2],
    [
      '-a -t 1.2.3.4:1 -r ::1 -g',
      'Different address family is allowed only for tunneling servers',
      2,
    ],
    [
      '-a -t 1.2.3.4:1 -r 1.2.3.5 --tun-type ipip',
      'Tunnel options conflict with forward method',
      2,
    ],
    [
      '-a -t 1.2.3.4:1 -r 1.2.3.5 -i --tun-type gre --tun-port 5',
      "Illegal 'tun-port' option with the 'gre' tunnel type",
      2,
    ],
    [
      '-a -t 1.2.3.4:1 -r 1.2.3.5 -i --tun-type gre --tun-csum --tun-nocsum',
      "The option 'tun-csum' conflicts with the 'tun-nocsum' option in the 'gre' tunnel type",
      2,
    ],
    ['--start-daemon master --mcast-group 10.0.0.1', "invalid IPv4 mcast-group `10.0.0.1'", 2],
    ['--start-daemon master --mcast-group fe80::1', "invalid IPv6 mcast-group `fe80::1'", 2],
    ['--start-daemon master --mcast-port 0', 'illegal mcast-port specified', 2],
    ['--start-daemon master --mcast-ttl 256', 'illegal mcast-ttl specified', 2],
    ['--start-daemon master --sync-maxlen 65508', 'illegal sync-maxlen specified', 2],
    ['--stop-daemon master --syncid 256', 'illegal syncid specified', 2],
  ])('of "%s" are answered with "%s"', (line, message, exitStatus) => {
    const error = refusalOf(line);
    expect([error.message, error.exitStatus]).toEqual([message, exitStatus]);
  });

  it('of the order of -f and -6 are told with an empty line', () => {
    expect(refusalOf('-L -6').output).toBe('-6 used before -f\n\n');
  });

  // Each line has every fault from its place in this list on: the earlier one is told.
  it.each([
    ['-q -A -t bad -b bad -w 1', TRY],
    ['-A -t bad word -b bad -w 1', 'illegal virtual server address[:port] specified'],
    ['-A -t 1.1.1.1 word -b bad -w 1 -o', 'unexpected argument word'],
    ['-A -t 1.1.1.1 -b bad -w 1 -o', "invalid scheduler flag `bad'"],
    ['-A -t 1.1.1.1 -w 1 -n -o', "Illegal 'numeric' option with the 'add-service' command"],
    ['-A -t 1.1.1.1 -o', 'Zero port specified for non-persistent service'],
    ['-A -t 1.1.1.1:1 -o', 'One-Packet Scheduling is only for UDP virtual services'],
  ])('are found in order: "%s"', (line, message) => {
    expect(refusalOf(line).message).toBe(message);
  });
});

describe('a real server', () => {
  it.each([
    ['-a -t 1.1.1.1:80 -r 2.2.2.2:8080', 80],
    ['-a -t 1.1.1.1:80 -r 2.2.2.2:8080 -i', 80],
    ['-a -t 1.1.1.1:80 -r 2.2.2.2:8080 -m', 8080],
    ['-a -t 1.1.1.1:80 -r 2.2.2.2:0 -m', 0],
    ['-a -t 1.1.1.1:80 -r 2.2.2.2 -m', 80],
    ['-a -f 1 -r 2.2.2.2:8080', 8080],
    ['-a -f 1 -r 2.2.2.2 -m', 0],
    ['-d -t 1.1.1.1:80 -r 2.2.2.2:8080', 8080],
    ['-d -t 1.1.1.1:80 -r 2.2.2.2', 80],
    ['-d -f 1 -r 2.2.2.2', 0],
  ])('has in "%s" the port %i', (line, port) => {
    expect(serverPortOf(line)).toBe(port);
  });

  it('has the defaults of the language', () => {
    expect(meaningOf('-a -t 1.1.1.1:80 -r 2.2.2.2')).toMatchObject({
      server: {
        weight: 1,
        upperThreshold: 0,
        lowerThreshold: 0,
        forwardingMethod: 'gatewaying',
        tunnel: { type: 'ipip', port: 0, checksum: 'nocsum' },
      },
    });
  });
});

describe('a netmask', () => {
  it.each([
    ['-A -t 1.1.1.1:1 -p -M 24', '0.0.0.24'],
    ['-A -M 255.255.0.0 -t 1.1.1.1:1 -p', '255.255.0.0'],
    ['-A -f 1 -p -M 255.0.255.0', '255.0.255.0'],
    ['-A -t [::1]:1 -p -M 64x', 'ffff:ffff:ffff:ffff::'],
    ['-A -f 1 -6 -p -M 64', 'ffff:ffff:ffff:ffff::'],
    ['-A -M 24 -t [::1]:1 -p', undefined],
    ['-A -f 1 -M 24 -6 -p', undefined],
  ])('is in "%s" %s', (line, netmask) => {
    expect(meaningOf(line)).toMatchObject({ settings: { persistence: { timeoutSeconds: 360 } } });
    const { settings } = meaningOf(line) as { settings: { persistence: { netmask?: string } } };
    expect(settings.persistence.netmask).toBe(netmask);
  });

  it('has no effect without persistence', () => {
    expect(meaningOf('-A -t 1.1.1.1:1 -M 24')).toEqual(meaningOf('-A -t 1.1.1.1:1'));
  });
});
