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
    const commands = ['-E', '-t', '192.0.2.1:80', '-s', 'mh', ';', '-Z; -S'];
    const { out } = await ipvs(['admin', '--', ...commands], { input: web });

    expect(out).toBe(web.replace('-s rr', '-s mh'));
  });

  test('forgets with --exact-save what the tool forgets', async () => {
    const { out } = await ipvs(['admin', '--exact-save', '--', '-S'], { input: web });

    expect(out).toBe(web.replace(' -x 5', ''));
  });

  test('reports a line that is skipped with its place, and goes on', async () => {
    const path = write('twice.rules', `${web}-A -t 192.0.2.1:80\n`);

    expect(await ipvs(['admin', path])).toEqual({
      code: 0,
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
});
