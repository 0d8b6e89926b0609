import { describe, expect, test } from 'vitest';
import { applyRules } from '../../src/operations/apply-rules.js';
import type { ServiceForecast } from '../../src/operations/plan-forecast.js';
import { understand } from '../../src/operations/understand.js';
import { Director } from '../../src/director/director.js';
import { saveRules } from '../../src/ipvsadm/save.js';
import { ipvs, temporaryFolder } from './support.js';

const write = temporaryFolder();
const old = `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1
-A -t [2001:db8::1]:443 -s wlc
`;
const wanted = `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 0
-a -t 192.0.2.1:80 -r 10.0.0.3:80 -m -w 2 -x 100
-A -u 192.0.2.1:53 -s rr -o
`;
const files = [write('old.rules', old), write('new.rules', wanted)] as const;

function saved(rules: string): string {
  const director = new Director();
  applyRules(understand(rules), director);
  return saveRules(director.services);
}

describe('ipvs plan', () => {
  test('prints the commands, additions first and deletions last', async () => {
    expect(await ipvs(['plan', ...files])).toEqual({
      code: 0,
      err: '',
      out: `# 5 commands, for 2 services afterwards
ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.3:80 -m -w 2 -x 100
ipvsadm -e -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 0
ipvsadm -d -t 192.0.2.1:80 -r 10.0.0.1:80
ipvsadm -A -u 192.0.2.1:53 -s rr -o
ipvsadm -D -t '[2001:db8::1]:443'
`,
    });
  });

  test('has nothing to do between a file and its own listing', async () => {
    const listing = (await ipvs(['admin', files[0]])).out;
    const { out, code } = await ipvs(['plan', '-', files[0], '--exit-code'], { input: listing });
    expect([out, code]).toEqual(['# nothing to do\n', 0]);
  });

  test.each([
    [[], 'none'],
    [['a'], 'a'],
    [['a', 'b', 'c'], 'a b c'],
  ])('of %j names what it got instead of two files', async (operands, got) => {
    const { err, code } = await ipvs(['plan', ...operands]);
    expect([err.split('\n')[0], code]).toEqual([
      `ipvs plan: expected two files, OLD and NEW, got ${got}`,
      2,
    ]);
  });

  test('warns when the new file has no services, as a keepalived.conf with VRRP alone', async () => {
    const vrrp = write('vrrp.conf', 'vrrp_instance V {\n  state MASTER\n  interface eth0\n}\n');
    const { code, out, err } = await ipvs(['plan', files[0], vrrp]);
    expect(code).toBe(0);
    expect(out).toContain('for 0 services afterwards');
    expect(err).toBe(`ipvs plan: ${vrrp} has no services, so all 2 services will be deleted\n`);
    expect((await ipvs(['plan', vrrp, files[0]])).err).toBe('');
  });

  test('exits with 1 for differences when asked to', async () => {
    expect((await ipvs(['plan', ...files, '--exit-code'])).code).toBe(1);
  });

  test('prints a script that makes the change and takes it back', async () => {
    const { out } = await ipvs(['plan', ...files, '--script']);
    const done = understand(out, { parameters: ['start'] });
    const undone = understand(out, { parameters: ['--undo'] });
    const director = new Director();
    applyRules(understand(old), director);
    applyRules(done, director);
    expect(saveRules(director.services)).toBe(saved(wanted));
    applyRules(undone, director);
    expect(saveRules(director.services)).toBe(saved(old));
  });

  test('sets sysctls that the new file speaks of, and names those that cannot be set back', async () => {
    const before = write('old.sysctl', 'net.ipv4.vs.conntrack = 0\nnet.ipv4.ip_forward = 1\n');
    const after = write(
      'new.sysctl',
      'net.ipv4.vs.conntrack = 1\nnet/ipv4/conf/eth0.5/rp_filter = 2\n',
    );
    expect(await ipvs(['plan', before, after])).toEqual({
      code: 0,
      err: 'ipvs plan: the present value is not known, so undoing leaves net.ipv4.conf.eth0/5.rp_filter\n',
      out: '# 2 commands\nsysctl -w net.ipv4.vs.conntrack=1\nsysctl -w net.ipv4.conf.eth0/5.rp_filter=2\n',
    });
    const back = await ipvs(['plan', before, after, '--undo']);
    expect(back.out).toContain('\nsysctl -w net.ipv4.vs.conntrack=0\n');
  });

  test('leaves the services alone when the new file has settings only', async () => {
    const before = write(
      'rules.sh',
      `ipvsadm -A -t 192.0.2.1:80 -s rr\nsysctl -w net.ipv4.vs.conntrack=0\n`,
    );
    const after = write('only.sysctl', 'net.ipv4.vs.conntrack = 1\n');
    const title = '# 1 command, for 1 service afterwards\n';
    expect((await ipvs(['plan', before, after])).out).toBe(
      `${title}sysctl -w net.ipv4.vs.conntrack=1\n`,
    );
    expect((await ipvs(['plan', before, after, '--undo'])).out).toBe(
      `${title}sysctl -w net.ipv4.vs.conntrack=0\n`,
    );
  });

  test.each([
    [
      'a script of settings',
      'sysctl -w net.ipv4.vs.conntrack=1\n',
      'sysctl -w net.ipv4.vs.conntrack=1',
    ],
    [
      'a listing of timeouts',
      'Timeout (tcp tcpfin udp): 800 120 300\n',
      'ipvsadm --set 800 120 300',
    ],
  ])('leaves the services alone when the new file is %s', async (_, text, command) => {
    const before = write('one.rules', '-A -t 192.0.2.1:80 -s rr\n');
    const { out } = await ipvs(['plan', before, write('alone.txt', text)]);
    expect(out).toBe(`# 1 command, for 1 service afterwards\n${command}\n`);
  });

  test.each([
    ['a listing without services', 'Prot LocalAddress:Port Scheduler Flags\n'],
    ['a script that clears', 'sudo ipvsadm -C\n'],
  ])('deletes the services when the new file is %s', async (_, text) => {
    const before = write('one.rules', '-A -t 192.0.2.1:80 -s rr\n');
    const { out } = await ipvs(['plan', before, write('none.txt', text)]);
    expect(out).toBe('# 1 command, for 0 services afterwards\nipvsadm -D -t 192.0.2.1:80\n');
  });

  test('says what a listing takes away because it does not show it', async () => {
    const service = '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -i';
    const before = write('full.rules', `${service} -x 9 --tun-type gre\n`);
    const row = 'TCP  192.0.2.1:80 rr\n  -> 10.0.0.1:80      Tunnel  1      0          0\n';
    const listing = write('plain.txt', row);
    const said = (await ipvs(['plan', before, listing])).err;
    expect(said).toContain('plain.txt does not show thresholds, so they get their defaults; add');
    expect(said).toContain('ipvsadm -Ln --thresholds\n');
    expect(said).toContain('ipvsadm -Ln --tun-info\n');
    expect((await ipvs(['plan', listing, before])).err).toBe('');
    expect((await ipvs(['plan', listing, before, '--undo'])).err).toBe(said);
    const plain = write('plain.rules', `${service}\n`);
    expect((await ipvs(['plan', plain, listing])).err).toBe('');
  });

  test('shows the way back with --undo', async () => {
    const { out } = await ipvs(['plan', ...files, '--undo']);
    expect(out).toBe((await ipvs(['plan', files[1], files[0]])).out);
  });

  test('plans towards a keepalived.conf', async () => {
    const conf = write(
      'keepalived.conf',
      `virtual_server 192.0.2.1 80 {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 10.0.0.1 80 { weight 5 }
  real_server 10.0.0.2 80 { weight 1 }
}
`,
    );
    const { out } = await ipvs(['plan', files[0], conf]);
    expect(out).toContain('ipvsadm -e -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 5\n');
    expect(out).not.toContain('10.0.0.2');
  });

  test('changes timeouts and daemons only when the new file speaks of them', async () => {
    const timed = write('timed.rules', `${old}--set 60 0 0\n--start-daemon master --syncid 5\n`);
    const there = await ipvs(['plan', files[0], timed]);
    expect(there.out).toContain('ipvsadm --set 60 120 300\nipvsadm --start-daemon master ');
    expect((await ipvs(['plan', timed, files[0]])).out).toBe('# nothing to do\n');
  });

  test('answers in JSON, with the way back', async () => {
    const { out } = await ipvs(['plan', ...files, '--json']);
    const document = JSON.parse(out) as { steps: unknown[]; undo: unknown[] };
    expect(document).toMatchObject({ format: 'ipvs-plan/1' });
    expect(document.steps[0]).toEqual({
      action: 'add-server',
      rule: '-a -t 192.0.2.1:80 -r 10.0.0.3:80 -m -w 2 -x 100',
      service: 'TCP 192.0.2.1:80',
      server: '10.0.0.3:80',
    });
    expect(document.undo).toHaveLength(5);
  });

  test('forecasts what the change does to a load: what breaks, who moves, and the loads', async () => {
    const load = ['--connections', '2000', '--clients', '300', '--json', '--forecast'];
    const forecastOf = async (...words: string[]): Promise<ServiceForecast[]> => {
      const { out } = await ipvs(['plan', ...words, ...load]);
      return (JSON.parse(out) as { forecast: ServiceForecast[] }).forecast;
    };
    const forecasts = await forecastOf(...files);
    const [web, other] = forecasts;
    expect(web?.service).toBe('TCP 192.0.2.1:80');
    const gone = web?.servers.find(({ server }) => server === '10.0.0.1:80');
    const drained = web?.servers.find(({ server }) => server === '10.0.0.2:80');
    const added = web?.servers.find(({ server }) => server === '10.0.0.3:80');
    expect(gone).toMatchObject({ removed: true });
    expect(web?.broken).toBe(gone?.before);
    expect(gone?.before).toBeGreaterThan(0);
    expect(drained?.after).toBeLessThan(drained?.before ?? 0);
    expect(added).toMatchObject({ before: 0, removed: false });
    expect(added?.during).toBeGreaterThan(0);
    expect(web?.inUse).toBe((gone?.before ?? 0) + (drained?.before ?? 0));
    expect(other?.servers).toEqual([]);
    const fresh = forecasts.at(-1);
    expect(fresh).toMatchObject({ service: 'UDP 192.0.2.1:53', added: true, inUse: 0 });
    expect(fresh?.arrived).toBeGreaterThan(0);
    expect(fresh?.refused).toBe(fresh?.arrived);
    const turned = await forecastOf(files[1], files[0]);
    expect(turned.map(({ service, added: isNew }) => [service, isNew])).toEqual([
      ['TCP 192.0.2.1:80', false],
      ['UDP 192.0.2.1:53', false],
      ['TCP [2001:db8::1]:443', true],
    ]);
    const [same] = await forecastOf(files[0], files[0]);
    expect(same).toMatchObject({ broken: 0 });
  });

  test('shows what a reload of keepalived does, and what it leaves out', async () => {
    const conf = (server: string, threshold: number): string => `virtual_server 192.0.2.1 80 {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  alpha
  real_server ${server} 80 { TCP_CHECK { } }
  real_server 10.0.0.2 80 {
    uthreshold ${threshold}
  }
}
`;
    const before = write('before.conf', conf('10.0.0.1', 5));
    const after = write('after.conf', conf('10.0.0.3', 6));
    const { out } = await ipvs(['plan', before, after, '--reload']);
    expect(out).toBe(`# 3 commands, for 1 service afterwards
ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.3:80 -m -w 1
ipvsadm -e -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1 -x 6
ipvsadm -d -t 192.0.2.1:80 -r 10.0.0.1:80
#
# a reload of keepalived sends 2 commands, all servers being well:
#   ipvsadm -d -t 192.0.2.1:80 -r 10.0.0.1:80
# at the earliest 1 s later, when checks have passed:
#   ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.3:80 -m -w 1
# it leaves out:
#   ipvsadm -e -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 1 -x 6
`);
    const answer = await ipvs([
      'plan',
      before,
      after,
      '--reload',
      '--json',
      '--forecast',
      '--connections',
      '200',
    ]);
    const { reload } = JSON.parse(answer.out) as { reload: { steps: []; left: []; forecast: [] } };
    const { steps, left, forecast } = reload;
    expect([steps.length, left.length, forecast.length]).toEqual([2, 1, 1]);
    const back = await ipvs(['plan', before, after, '--reload', '--undo']);
    expect(back.out).toContain('#   ipvsadm -d -t 192.0.2.1:80 -r 10.0.0.3:80\n');
  });

  test('says of which file a reload cannot be shown', async () => {
    const conf = write(
      'short.conf',
      'virtual_server 192.0.2.1 80 {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\nreal_server 10.0.0.1 80 {\n}\n}\n',
    );
    const { code, err } = await ipvs(['plan', conf, files[1], '--reload']);
    expect(code).toBe(2);
    expect(err).toBe(
      `ipvs plan: ${files[1]}: expected a keepalived.conf, which --reload is about\n`,
    );
  });

  test('writes a forecast as comments below the commands', async () => {
    const { out } = await ipvs(['plan', ...files, '--forecast', '--connections', '200']);
    expect(out).toMatch(/^# TCP 192\.0\.2\.1:80: of \d+ connections in use \d+ break$/m);
    expect(out).toMatch(/^# {3}10\.0\.0\.1:80 +\d+ +\d+ +removed$/m);
    const commands = out.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(commands).toHaveLength(5);
  });

  test('forecasts that mh moves fewer clients than sh when a server comes', async () => {
    const rules = (scheduler: string, count: number): string =>
      [
        `-A -t 192.0.2.1:80 -s ${scheduler}`,
        ...Array.from({ length: count }, (_, i) => `-a -t 192.0.2.1:80 -r 10.0.0.${i + 1}:80 -m`),
      ].join('\n');
    const moved = async (scheduler: string): Promise<number> => {
      const before = write(`${scheduler}-4.rules`, rules(scheduler, 4));
      const after = write(`${scheduler}-5.rules`, rules(scheduler, 5));
      const { out } = await ipvs([
        'plan',
        before,
        after,
        '--forecast',
        '--json',
        '--connections',
        '3000',
      ]);
      const { forecast } = JSON.parse(out) as { forecast: ServiceForecast[] };
      const [only] = forecast;
      expect(only?.movedAnyway).toBe(0);
      return (only?.moved ?? 0) / (only?.clients ?? 1);
    };
    const [mh, sh] = [await moved('mh'), await moved('sh')];
    expect(mh).toBeLessThan(0.35);
    expect(sh).toBeGreaterThan(mh);
  });

  test('names file and line of what is refused', async () => {
    const bad = write('bad.rules', `${old}-A -t 192.0.2.1:80\n`);
    const { code, err } = await ipvs(['plan', files[0], bad]);
    expect([code, err]).toEqual([
      2,
      `ipvs plan: ${bad}:5:1: Service already exists, at '-A -t 192.0.2.1:80'\n`,
    ]);
  });
});

test('leaves the synchronization daemons to keepalived, which starts and stops them', async () => {
  const rules = write('daemon.rules', '--start-daemon master --mcast-interface eth0 --syncid 3\n');
  const conf = write('daemon.conf', 'global_defs {\n  lvs_sync_daemon eth0 id 3\n}\n');
  const { code, out } = await ipvs(['plan', rules, conf]);
  expect({ code, out }).toEqual({ code: 0, out: '# nothing to do\n' });
});
