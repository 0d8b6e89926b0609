import { describe, expect, test } from 'vitest';
import { lint } from '../../src/lint/index.js';
import { withoutPrompts } from '../../src/operations/prompts.js';
import { readScript } from '../../src/operations/script/read-script.js';
import { TextError } from '../../src/operations/text-error.js';
import { REFUSED, SCRIPTS } from '../operations/texts.js';

function codesOf(text: string): { codes: string[]; notUnderstood: readonly string[] } {
  const { findings, notUnderstood } = lint([{ name: 'pasted', text }]);
  return { codes: findings.map(({ code, place }) => `${code}:${place.line}`), notUnderstood };
}

describe('Pasted text', () => {
  test('with prompts is read as the commands behind them', () => {
    const text = '$ ipvsadm -A -t 192.0.2.1:80 -s nosuch\n$ ipvsadm -L -n\nIP Virtual Server\n';
    expect(codesOf(text)).toEqual({ codes: ['LVS001:1'], notUnderstood: [] });
  });

  test('with rules that a command printed has each of them checked', () => {
    const text = '$ ipvsadm -Sn\n-A -t 192.0.2.1:80 -s nosuch\n$ exit\n';
    expect(codesOf(text)).toEqual({ codes: ['LVS001:2'], notUnderstood: [] });
  });

  test('of a listing whose addresses were lost is refused by its line', () => {
    const text = 'Prot LocalAddress:Port Scheduler Flags\n-> RemoteAddress:Port Forward\nTCP rr\n';
    expect(codesOf(text)).toEqual({ codes: ['LVS001:3'], notUnderstood: [] });
  });

  test('with settings as a playbook has them is understood', () => {
    const text = '  net.ipv4.vs.conn_reuse_mode: 0\n  net.ipv4.vs.expire_nodest_conn: "1"\n';
    expect(codesOf(text)).toEqual({ codes: ['LVS502:1'], notUnderstood: [] });
  });

  test('of all settings of a host has no lines that are refused', () => {
    const host = `vm.swappiness = 10
fs.protected_fifos = 1
user.max_net_namespaces = 96365
-net.ipv4.conf.all.rp_filter
net.ipv4.conf.*.rp_filter = 2
net.ipv4.ip_local_reserved_ports =
`;
    expect(codesOf(host)).toEqual({ codes: [], notUnderstood: [] });
    const setting = '-net.ipv4.vs.conn_reuse_mode=0\n';
    expect(codesOf(host + setting)).toEqual({ codes: ['LVS502:7'], notUnderstood: [] });
  });

  test('of settings in another namespace is refused by its line', () => {
    const text = 'nsenter --net=/run/ns/lb sysctl -w net.ipv4.vs.conn_reuse_mode=0\n';
    expect(codesOf(text)).toEqual({ codes: ['LVS011:1'], notUnderstood: [] });
  });

  test('of notes around commands has no rules but the commands', () => {
    const text = 'sudo ipvsadm -A -t 192.0.2.1:80 -s rr\n  -A add a service\n';
    expect(codesOf(text).codes).not.toContain('LVS001:2');
  });

  test('that saves rules into a file is no wrong rule', () => {
    expect(codesOf('#!/bin/sh\nipvsadm -S > /etc/rules\n').codes).toEqual([]);
  });
});

/** What the reader of rules says of a script; `undefined` when it reads it. */
function refusalOf(script: string): TextError | undefined {
  try {
    readScript(withoutPrompts(script));
    return undefined;
  } catch (error) {
    return error as TextError;
  }
}

describe('A script', () => {
  const refused = REFUSED.filter(
    ({ text }) => /ipvsadm/i.test(text) && refusalOf(text) !== undefined,
  );

  test.each(refused)('with $feature is found with the words of a plan', ({ text }) => {
    const { message, line } = refusalOf(text) as TextError;
    const { findings } = lint([{ name: 'pasted', text }]);
    const found = findings.filter(({ code }) => code === 'LVS011');
    expect(found).toContainEqual(
      expect.objectContaining({ message, place: expect.objectContaining({ line }) as unknown }),
    );
  });

  test.each(SCRIPTS)('with $feature is followed', ({ text }) => {
    const { findings } = lint([{ name: 'pasted', text }]);
    expect(findings.filter(({ code }) => code === 'LVS011')).toEqual([]);
  });

  test('that only shows what is there is understood, and is clean', () => {
    const text = '#!/bin/sh\nN=`ipvsadm -Ln | grep 10.0.0. | wc -l`\n[ $N -ne 3 ] && wall gone\n';
    expect(codesOf(text)).toEqual({ codes: [], notUnderstood: [] });
  });

  test('that says the same of a line in each round has one finding', () => {
    const text =
      'for port in 80 8443; do\nipvsadm -A -t 192.0.2.1:$port -s rr\nipvsadm -a -t 192.0.2.1:$port -r 192.0.2.7:$port -m\ndone\n';
    expect(codesOf(text).codes.filter((code) => code === 'LVS104:3')).toHaveLength(1);
  });

  test('that is none as a whole has the calls that need no shell', () => {
    const text = '#!/bin/sh\nipvsadm -A -t 192.0.2.1:80 -s nosuch\nipvsadm -R <(x)\nif (\n';
    expect(codesOf(text).codes).toEqual(['LVS001:2', 'LVS011:5']);
  });

  test('that is refused in one line is checked in the others', () => {
    const text =
      'read VIP\nipvsadm -A -t $VIP:80\nipvsadm -A -t 192.0.2.1:80 -s rr\nipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1:81 -g\n';
    expect(codesOf(text).codes).toEqual(expect.arrayContaining(['LVS011:2', 'LVS101:4']));
  });

  test('with branches for other arguments than start is read in all but those that undo', () => {
    const text = `#!/bin/sh
case "$1" in
  enable) ip addr add 192.0.2.1/32 dev lo; echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore ;;
  disable) echo 0 > /proc/sys/net/ipv4/conf/all/arp_ignore ;;
  *) echo "Usage: $0 enable|disable" ;;
esac
`;
    const { findings } = lint([{ name: 'server.sh', text }]);
    const messages = findings.map(({ message }) => message).join('\n');
    expect(messages).toContain('arp_announce');
    expect(messages).not.toContain('arp_ignore');
  });
});
