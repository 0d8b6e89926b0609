import { describe, expect, it } from 'vitest';
import { ipvs, temporaryFolder } from './support.js';

const file = temporaryFolder();
const bad = file('bad.rules', '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -g\n');
const good = file('good.rules', '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g\n');
file(
  'weights.rules',
  '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 3\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m\n',
);
const note = file(
  'note.rules',
  '-A -t 192.0.2.1:80 -s wlc -p 86400\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g\n',
);

describe('ipvs lint', () => {
  it('names file, line, column, severity and rule, and ends with 1', async () => {
    const { code, out } = await ipvs(['lint', bad]);
    expect(out).toBe(
      `${bad}:2:23: error: port 8080 is ignored, the server gets port 80 [LVS101 ignored-port]\n1 error, 0 warnings, 0 notes\n`,
    );
    expect(code).toBe(1);
  });

  it('ends with 0 when nothing is found', async () => {
    const { code, out } = await ipvs(['lint', good]);
    expect([code, out]).toEqual([0, '0 errors, 0 warnings, 0 notes\n']);
  });

  it.each([
    [note, [], 0],
    [note, ['--fail-on', 'note'], 1],
    [bad, ['--fail-on', 'never'], 0],
    [bad, ['--fail-on', 'error'], 1],
    [bad, ['--ignore', 'LVS101'], 0],
    [bad, ['--ignore', 'no-fallback,ignored-port'], 0],
  ])('%s with %j ends with %i', async (path, options, code) => {
    expect((await ipvs(['lint', path, ...options])).code).toBe(code);
  });

  it('is silenced by a comment on the line, above it, or for the file', async () => {
    const server = '-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -g';
    const rules = [
      `-A -t 192.0.2.1:80 -s rr\n${server} # ipvs-lint: ignore LVS101 -- on purpose\n`,
      `-A -t 192.0.2.1:80 -s rr\n# ipvs-lint: ignore ignored-port\n${server}\n`,
      `-A -t 192.0.2.1:80 -s rr\n${server}\n# ipvs-lint: ignore-file LVS301 LVS101\n`,
    ];
    for (const input of rules) {
      const { code, out } = await ipvs(['lint', '-'], { input });
      expect([code, out]).toEqual([0, '0 errors, 0 warnings, 0 notes, 1 silenced\n']);
    }
    const input = `# ipvs-lint: ignore LVS101\n-A -t 192.0.2.1:80 -s rr\n${server}\n`;
    expect((await ipvs(['lint', '-'], { input })).code).toBe(1);
  });

  it('takes all files as one set-up', async () => {
    const nat = file(
      'nat.rules',
      '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n',
    );
    const sysctl = file('sysctl.conf', '# local\nnet.ipv4.ip_forward=0\n');
    const { out } = await ipvs(['lint', nat, sysctl]);
    expect(out).toContain(`${sysctl}:2:1: error: net.ipv4.ip_forward is 0`);
  });

  it('reads a listing', async () => {
    const { out } = await ipvs(['admin', bad.replace('bad', 'weights')]);
    const listing = file('listing.txt', out);
    expect((await ipvs(['lint', listing])).out).toMatch(/listing\.txt:4:\d+: warning: rr does not/);
  });

  it('knows a topology, in lines and in JSON', async () => {
    const off = file(
      'off.rules',
      '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.7.0.1:80 -g\n',
    );
    const lines = file('network.txt', '# ours\ndirector 192.0.2.2/24 mtu 1500\n');
    const json = file('network.json', '{"director": ["192.0.2.2/24"], "kernel": "6.1.192"}');
    for (const path of [lines, json]) {
      expect((await ipvs(['lint', off, '--topology', path])).out).toContain('LVS102');
    }
    expect((await ipvs(['lint', off])).code).toBe(0);
  });

  it('explains a rule', async () => {
    const { code, out } = await ipvs(['lint', '--explain', 'LVS101']);
    expect(code).toBe(0);
    expect(out).toMatch(/^LVS101 ignored-port \(error\): Direct routing/);
    expect(out).toContain('ipvs admin bad');
  });

  it.each([
    [['lint'], 'expected at least one file'],
    [['lint', '/nowhere/at.all'], 'cannot be read'],
    [['lint', bad, '--ignore', 'LVS999'], 'expected the code or name of a rule'],
    [['lint', bad, '--format', 'xml'], '--format: expected text or json or sarif'],
    [['lint', bad, '--topology', '/nowhere/at.all'], 'cannot be read'],
    [['lint', bad, '--topology', file('t1', 'director\n')], 'line 1: expected an address such as'],
    [
      ['lint', bad, '--topology', file('t2', '{"router": "10.0.0.1"}')],
      "key 'router': expected one of",
    ],
    [['lint', bad, '--topology', file('t3', 'server 10.0.0.1 mtu many')], 'an MTU in bytes'],
    [['lint', file('garbage', 'Dear all,\nsee below.\n')], 'nothing in it is understood'],
    [['lint', file('empty', '\n')], 'nothing in it is understood'],
  ])('%j is refused with 2', async (argv, message) => {
    const { code, err } = await ipvs(argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('writes JSON', async () => {
    const { out } = await ipvs(['lint', bad, '--format', 'json']);
    const document = JSON.parse(out) as { findings: object[]; suppressed: number };
    expect(document).toEqual({
      findings: [
        {
          code: 'LVS101',
          name: 'ignored-port',
          severity: 'error',
          message: 'port 8080 is ignored, the server gets port 80',
          place: { file: bad, line: 2, column: 23 },
        },
      ],
      suppressed: 0,
    });
  });
});
