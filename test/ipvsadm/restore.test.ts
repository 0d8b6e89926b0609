import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Administration } from '../../src/director/administration.js';
import { executeCommand } from '../../src/ipvsadm/execute.js';
import { parseCommand } from '../../src/ipvsadm/parse.js';
import { restoreAllRules, restoreRules } from '../../src/ipvsadm/restore.js';
import { saveRules } from '../../src/ipvsadm/save.js';
import { administration } from './golden.js';

const services = fc.constantFrom(
  '-t 10.0.0.1:80',
  '-u 10.0.0.1:53',
  '--sctp-service 10.0.0.1:1',
  '-t [fd00::1]:80',
  '-f 7',
  '-f 7 -6',
  '-f 2147483648',
  '-f 4294967295 -6',
  '-u 192.168.0.1:0',
  '-t 0.0.0.0:21',
);
const serviceSettings = fc.tuple(
  fc.constantFrom('', '-s rr', '-s sh', '-s mh -b flag-3', '-s sh -b sh-port,flag-3', '-b flag-2'),
  fc.constantFrom('', '-p', '-p 50 -M 64', '-p 90 -M 255.0.255.0'),
  fc.constantFrom('', '-o'),
);
const servers = fc.tuple(
  fc.constantFrom('10.1.0.1', '10.1.0.2:8080', '192.168.1.1', '[fd00::9]:1', 'fd00::8'),
  fc.constantFrom(
    '-g',
    '-m',
    '-i',
    '-i --tun-type gre --tun-csum',
    '-i --tun-type gue --tun-port 9',
  ),
  fc.constantFrom('', '-w 0', '-w 2147483647'),
  fc.constantFrom('', '-x 10', '-x 10 -y 5'),
);
const lines = fc.oneof(
  fc.tuple(services, serviceSettings).map(([name, rest]) => `-A ${name} ${rest.join(' ')}`),
  fc
    .tuple(services, servers)
    .map(([name, [at, ...rest]]) => `-a ${name} -r ${at} ${rest.join(' ')}`),
  fc
    .tuple(services, servers)
    .map(([name, [at, ...rest]]) => `-e ${name} -r ${at} ${rest.join(' ')}`),
  fc.tuple(services, serviceSettings).map(([name, rest]) => `-E ${name} ${rest.join(' ')}`),
);

/** Does each line that can be done. */
function configured(rules: readonly string[]): Administration {
  const director = administration();
  for (const rule of rules) restoreRules(rule, director);
  return director;
}

function show(director: Administration): string {
  const listings = ['-L', '-L --thresholds', '-L --tun-info', '-L --timeout', '-L --daemon'];
  return listings.map((line) => executeCommand(parseCommand(line), director)).join('');
}

describe('saved rules', () => {
  it('give back all that was configured, and are saved again the same', () => {
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 40 }), (rules) => {
        const before = configured(rules);
        const saved = saveRules(before.services);
        const after = administration();
        restoreAllRules(saved, after);
        expect(show(after)).toBe(show(before));
        expect(saveRules(after.services)).toBe(saved);
      }),
      { numRuns: 40 },
    );
  });

  it('keep thresholds, which the exact form does not', () => {
    const director = configured(['-A -t 10.0.0.1:80', '-a -t 10.0.0.1:80 -r 10.1.0.1 -x 9 -y 3']);
    expect(saveRules(director.services)).toContain('-w 1 -x 9 -y 3\n');
    expect(saveRules(director.services, { exactSave: true })).toContain('-w 1\n');
  });

  it('show great marks and nameless flags as the tool does in the exact form', () => {
    const director = configured(['-A -f 4294967295 -s sh -b flag-3']);
    expect(saveRules(director.services)).toBe('-A -f 4294967295 -s sh -b flag-3\n');
    expect(saveRules(director.services, { exactSave: true })).toBe('-A -f -1 -s sh -b \n');
  });
});

describe('a restore as the tool does it', () => {
  it('goes on after a line of exit status 255', () => {
    const director = administration();
    const rules = '-A -t 1.1.1.1:1\n\n# twice\n-A -t 1.1.1.1:1\n-A -q\n-A -t\n-A -t 1.1.1.1:2\n';
    const { exitStatus, errors } = restoreRules(rules, director);
    expect(exitStatus).toBe(0);
    expect(errors.map(({ line, message }) => [line, message])).toEqual([
      [4, 'Service already exists'],
      [5, '-q: unknown option'],
      [6, '-t: missing argument'],
    ]);
    expect(director.services.size).toBe(2);
  });

  it.each([
    ['-A -t bad', 2],
    ['-L -t 9.9.9.9:9', 1],
    ['--nosuch', 255],
    ['-R', 255],
  ])('ends with "%s", and keeps what came before', (line, exitStatus) => {
    const director = administration();
    const result = restoreRules(`-A -t 1.1.1.1:1\n${line}\n-A -t 1.1.1.1:2`, director);
    expect([result.exitStatus, result.errors.length]).toEqual([exitStatus, 1]);
    expect(director.services.size).toBe(1);
  });

  it('gives what its lines list', () => {
    const { output } = restoreRules('--set 1 2 3\n-L --timeout', administration());
    expect(output).toBe('Timeout (tcp tcpfin udp): 1 2 3\n');
  });
});

describe('a restore of all or nothing', () => {
  it('changes nothing when any line would be refused', () => {
    const bad = fc.constantFrom('-A -t bad', '-D -t 9.9.9.9:9', '-R', '-a -f 7 -r 224.0.0.1');
    fc.assert(
      fc.property(fc.array(lines), fc.array(lines), bad, (present, rules, last) => {
        const director = configured(present);
        const before = show(director);
        const all = ['-C', '--set 1 2 3', '--start-daemon master', ...rules, last].join('\n');
        expect(() => restoreAllRules(all, director)).toThrow();
        expect(show(director)).toBe(before);
      }),
      { numRuns: 40 },
    );
  });

  it('tells the line that was refused', () => {
    const rules = '-A -t 1.1.1.1:1\n-a -t 1.1.1.1:2 -r 1.1.1.2';
    expect(() => restoreAllRules(rules, administration())).toThrow(
      expect.objectContaining({
        line: 2,
        message: 'Service not defined',
        code: 'ERR_SERVICE_NOT_FOUND',
        text: '-a -t 1.1.1.1:2 -r 1.1.1.2',
      }),
    );
  });

  it('does what the tool does when nothing is refused', () => {
    const rules = '-A -f 1\n-a -f 1 -r 10.0.0.9\n-L';
    const [all, tool] = [administration(), administration()];
    const output = restoreAllRules(rules, all);
    expect(restoreRules(rules, tool).output).toBe(output);
    expect(show(all)).toBe(show(tool));
  });
});
