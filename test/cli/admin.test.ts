import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();

const golden = (name: string): string => {
  const file = new URL(`../golden/ipvsadm/${encodeURIComponent(name)}.gz`, import.meta.url);
  return gunzipSync(readFileSync(file)).toString('utf8');
};
const web = '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1 -x 5\n';
const listing = [
  'IP Virtual Server version 1.2.1 (size=4096)',
  'Prot LocalAddress:Port Scheduler Flags',
  '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn',
  'TCP  192.0.2.1:80 rr',
  '  -> 10.0.0.1:80                  Route   1      0          0         ',
  '',
].join('\n');

describe('ipvs admin', () => {
  test('lists the rules of a file', async () => {
    expect(await ipvs(['admin', write('web.rules', web)])).toEqual({
      code: 0,
      out: listing,
      err: '',
    });
  });

  test('reads standard input without a file, and for -', async () => {
    expect((await ipvs(['admin'], { input: web })).out).toBe(listing);
    expect((await ipvs(['admin', '-', '--', '-Ln'], { input: web })).out).toBe(listing);
  });

  test.each([
    ['-Ln --stats', 'idle-Ln_--stats'],
    ['ipvsadm -L -n --thresholds', 'idle-Ln_--thresholds'],
    ['-Ln --tun-info', 'idle-Ln_--tun-info'],
    ['--exact-save -S -n', 'idle-S_-n'],
  ])('prints %s as recorded', async (command, name) => {
    const [first, ...rest] = command.split(' ');
    const [own, words] = first === '--exact-save' ? [[first], rest] : [[], [first ?? '', ...rest]];
    const { out, code } = await ipvs(['admin', ...own, '--', ...words], {
      input: golden('1-rich.rules'),
    });

    expect(out).toBe(golden(`1-rich.${name}.txt`));
    expect(code).toBe(0);
  });

  test('does several commands, in words or in one text', async () => {
    const commands = ['-E', '-t', '192.0.2.1:80', '-s', 'mh', ';', '-Z; -S -n'];
    const { out } = await ipvs(['admin', '--', ...commands], { input: web });

    expect(out).toBe(web.replace('-s rr', '-s mh'));
  });

  test('forgets with --exact-save what the tool forgets', async () => {
    const { out } = await ipvs(['admin', '--exact-save', '--', '-S -n'], { input: web });

    expect(out).toBe(web.replace(' -x 5', ''));
  });

  test('reports a line that is skipped with its place, and goes on', async () => {
    const path = write('twice.rules', `${web}-A -t 192.0.2.1:80\n`);

    expect(await ipvs(['admin', path])).toEqual({
      code: 255,
      out: listing,
      err: `ipvs admin: ${path}:3:1: Service already exists, at '-A -t 192.0.2.1:80'\n`,
    });
  });

  test('ends with the status of the line that ends the restore', async () => {
    const input = `${web}-a -t 192.0.2.1:80 -r 10.0.0.2 -w heavy\n-A -t 192.0.2.2:80\n`;

    expect(await ipvs(['admin'], { input })).toEqual({
      code: 2,
      out: '',
      err: "ipvs admin: standard input:3:35: illegal weight specified, at 'heavy'\n",
    });
  });

  test('restores nothing with --all-or-nothing when a line is refused', async () => {
    const input = `${web}-d -t 192.0.2.1:80 -r 10.0.0.9\n`;
    const { code, err, out } = await ipvs(['admin', '--all-or-nothing', '--json'], { input });

    expect({ code, err }).toEqual({ code: 255, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      exitStatus: 255,
      services: [],
      answers: [{ command: null, errors: [{ line: 3, message: 'No such destination' }] }],
    });
  });

  test('ends with the status of the first command that is refused', async () => {
    const { code, out, err } = await ipvs(['admin', '--', '-Ln; -Lq; -S'], { input: web });

    expect({ code, out, err }).toEqual({
      code: 255,
      out: listing,
      err: 'ipvs admin: -Lq: column 1: -Lq: unknown option\n',
    });
  });

  test('gives answers and services as JSON', async () => {
    const input = `${web}-A -f 7 -s sh -b sh-port -p 60 -M 255.255.0.0\n-a -f 7 -r 10.0.0.2 -i\n`;
    const { out } = await ipvs(['admin', '--json', '--', '-S'], { input });
    const document = JSON.parse(out) as { services: object[]; answers: object[] };

    expect(document.answers).toMatchObject([{ command: null }, { command: '-S', exitStatus: 0 }]);
    expect(document.services).toMatchObject([
      {
        protocol: 'tcp',
        address: '192.0.2.1',
        port: 80,
        scheduler: 'rr',
        persistence: null,
        servers: [{ address: '10.0.0.1', upperThreshold: 5, tunnel: null, active: 0 }],
      },
      {
        fwmark: 7,
        family: 4,
        schedulerFlags: 2,
        persistence: { timeoutSeconds: 60, netmask: '255.255.0.0' },
        servers: [{ forwardingMethod: 'tunneling', tunnel: { type: 'ipip' } }],
      },
    ]);
  });

  test('refuses a second file and an unknown option as wrong usage', async () => {
    const second = await ipvs(['admin', 'a', '-Ln']);
    const two = await ipvs(['admin', 'a', 'b']);

    expect(second.err).toContain("unknown option '-L'");
    expect(two.err).toContain('expected one file of rules, got a b; commands follow --');
    expect([second.code, two.code]).toEqual([2, 2]);
  });

  test('says which file cannot be read', async () => {
    const { code, err } = await ipvs(['admin', '/nowhere.rules']);

    expect(err).toContain('ipvs admin: /nowhere.rules: cannot be read: no such file or directory');
    expect(code).toBe(2);
  });

  test.each([
    ['the last line is refused', '--set 1 2 3\n-A -t 192.0.2.1:80 -s foo\n', 255],
    ['only blank lines follow it', '-A -t 192.0.2.1:80 -s foo\n\n \t\n', 255],
    ['the only line misses a value', '-A -t 192.0.2.1:80 -w\n', 255],
    ['a good line follows', '-A -t 192.0.2.1:80 -s foo\n-A -t 192.0.2.1:81\n', 0],
    ['no line is refused', '-A -t 192.0.2.1:80\n', 0],
    ['a line ends the restore', '-A -t 192.0.2.1:80 -x a\n-A -t 192.0.2.1:81\n', 2],
  ])('exits as ipvsadm -R does when %s', async (_, input, code) => {
    const text = await ipvs(['admin'], { input });
    const json = await ipvs(['admin', '--json'], { input });

    expect([text.code, json.code]).toEqual([code, code]);
    expect(JSON.parse(json.out)).toMatchObject({ exitStatus: code });
  });

  test('names an unknown scheduler with its column, however it is written', async () => {
    const lines = ['-s foo', '-sfoo', '--scheduler foo', '--scheduler=foo', '-p -s foo'];
    const input = lines.map((end) => `-A -t 192.0.2.1:80 ${end}\n`).join('');
    const { err } = await ipvs(['admin'], { input });

    const reported = err.trim().split('\n');
    expect(reported).toEqual(
      lines.map((end, index) => {
        const column = `-A -t 192.0.2.1:80 ${end}`.indexOf('foo') + 1;
        return `ipvs admin: standard input:${index + 1}:${column}: Scheduler or persistence engine not found, at 'foo'`;
      }),
    );
  });

  test.each([
    ['-A -t director.example.com:https', 7],
    ['-A -t localhost:http', 7],
    ['-A -t localhost -p', 7],
    ['-a -t 192.0.2.1:80 -r web-1 -m', 23],
    ['-A -t [localhost]:80', 7],
  ])('says what to do about the host name in %s', async (line, column) => {
    const { err, code } = await ipvs(['admin'], { input: `${line}\n` });

    expect(code).toBe(2);
    expect(err).toContain(`standard input:1:${column}: illegal `);
    expect(err).toContain('; names are not resolved; save with -n, or use ipvs admin --resolve\n');
  });

  test('says which service name is unknown for the protocol', async () => {
    const { err } = await ipvs(['admin'], { input: '-A -u 192.0.2.1:http\n' });
    expect(err).toContain('; no UDP service is named http\n');
  });

  test('resolves host names with --resolve, in rules and commands', async () => {
    const input = '-A -t web:80\n-a -t web:80 -r one.example.com:8080 -m\n';
    const hosts = { web: '192.0.2.1', 'one.example.com': '10.0.0.1', two: '10.0.0.2' };
    const commands = '-a -t web:80 -r two -m; -S -n';
    const { out, code } = await ipvs(['admin', '--resolve', '--', commands], { input, hosts });

    expect(code).toBe(0);
    expect(out).toBe(
      `-A -t 192.0.2.1:80 -s wlc
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 1
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1
`,
    );
  });

  test('ignores the port behind a host name in brackets, as the tool does', async () => {
    const hosts = { web: '192.0.2.1' };
    const { err } = await ipvs(['admin', '--resolve'], { input: '-A -t [web]:80\n', hosts });
    expect(err).toContain('Zero port specified for non-persistent service');
  });

  test('names the host that has no address', async () => {
    const { err, code } = await ipvs(['admin', '--resolve'], { input: '-A -t nosuch:80\n' });

    expect(code).toBe(2);
    expect(err).toContain('; nosuch has no IPv4 address\n');
  });

  test.each([
    ['a comment line', '# web\n-A -t 192.0.2.1:80\n', 255, ':1:1: expected a command'],
    ['a comment', '-A -t 192.0.2.1:80 # web\n', 2, ':1:20: unexpected argument #'],
    ['a byte order mark', '\uFEFF-A -t 192.0.2.1:80\n', 255, ':1:5: expected a command'],
    ['a blank that is none', '-A -t 192.0.2.1:80\u00A0-s rr\n', 2, 'illegal virtual server'],
  ])('refuses %s with --strict, and without does not', async (_, input, code, message) => {
    const strict = await ipvs(['admin', '--strict'], { input });
    const usual = await ipvs(['admin'], { input });

    expect([strict.code, usual.code]).toEqual([code, 0]);
    expect(strict.err).toContain(message);
    expect(usual.err).toBe('');
  });

  test('takes line ends of other systems with --strict, as the tool does', async () => {
    const { code } = await ipvs(['admin', '--strict'], { input: '-A -t 192.0.2.1:80\r\n\r\n' });
    expect(code).toBe(0);
  });

  test('sends nobody to a path that may not exist', async () => {
    const { err } = await ipvs(['admin'], { input: 'listen 192.0.2.1:80;\n' });
    expect(err).toContain('standard input:1:1: expected a command, such as -A or -a');
    expect(err).not.toContain('/usr/sbin');
  });

  test('lists and saves names of ports without -n, as the tool does', async () => {
    const input = `-A -t 192.0.2.1:6379 -s rr
-a -t 192.0.2.1:6379 -r 198.51.100.1:6443 -m
-A -u [2001:db8::1]:53
-A -f 80
-a -f 80 -r 198.51.100.1:80 -m
`;
    const { out } = await ipvs(['admin', '--', '-L; -S'], { input });

    expect(out).toBe(`IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.0.2.1:redis rr
  -> 198.51.100.1:6443            Masq    1      0          0         
UDP  [2001:db8::1]:domain wlc
FWM  80 wlc
  -> 198.51.100.1:80              Masq    1      0          0         
-A -t 192.0.2.1:redis -s rr
-a -t 192.0.2.1:redis -r 198.51.100.1:6443 -m -w 1
-A -u [2001:db8::1]:domain -s wlc
-A -f 80 -s wlc
-a -f 80 -r 198.51.100.1:80 -m -w 1
`);
  });
});
