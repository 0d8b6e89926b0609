/**
 * Recipes beyond plain rules, as they should be and with each fault that tutorials warn of: keepalived.conf,
 * persistence, marks, sysctls, firewalls. Those of scripts are in `recipes.test.ts`.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { lint, type LintInput } from '../../src/lint/index.js';

const example = (path: string): LintInput => ({
  name: path,
  text: readFileSync(`${root}examples/${path}`, 'utf8'),
});

const NAT_RULES = example('rules/nat-rr.rules');
const DIRECT_RULES = example('rules/direct-routing.rules');

/** One fault: the text that it takes the place of, and the code under which it is found. */
type Fault = readonly [title: string, before: string, after: string, code: string];

/** Inputs without a finding, and what can be wrong in them. */
interface Recipe {
  readonly inputs: readonly LintInput[];
  readonly faults: readonly Fault[];
}

const MARKING = `*mangle
-A PREROUTING -d 192.168.50.1/32 -p tcp -m multiport --dports 80,443 -j MARK --set-mark 1
COMMIT
`;

const RECIPES: Readonly<Record<string, Recipe>> = {
  'keepalived.conf': {
    inputs: [example('setups/direct-routing/keepalived.conf')],
    faults: [
      ['no protocol, which means UDP', '    protocol TCP\n', '', 'LVS801'],
      ['a time with a unit', 'delay_loop 5', 'delay_loop 5s', 'LVS802'],
      [
        'a prefix length for the mask of persistence',
        'protocol TCP',
        'protocol TCP\n    persistence_timeout 300\n    persistence_granularity 24',
        'LVS803',
      ],
      ['off, which switches on', 'protocol TCP', 'protocol TCP\n    alpha off', 'LVS804'],
      [
        'the service a second time',
        '# The direct',
        'virtual_server 192.168.50.1 80 {\n  protocol TCP\n  lb_kind DR\n  real_server 192.168.50.137 80 {\n  }\n}\n# The direct',
        'LVS805',
      ],
      [
        'a group that is not there',
        'virtual_server 192.168.50.1 80',
        'virtual_server group web',
        'LVS806',
      ],
      ['a file that is not there', '# The direct', 'include missing.conf\n# The direct', 'LVS807'],
      ['a sorry server that never goes', '        weight ', '        weight 0 #', 'LVS808'],
      ['a quorum out of reach', 'protocol TCP', 'protocol TCP\n    quorum 5', 'LVS809'],
      [
        'a comment whose end is read as configuration',
        'in one file.',
        `in one file.${' '.repeat(1100)}`,
        'LVS812',
      ],
      [
        'single quotes',
        'protocol TCP',
        "protocol TCP\n    quorum_down '/usr/bin/alert down'",
        'LVS813',
      ],
      ['HTTP asked of datagrams', 'protocol TCP', 'protocol UDP', 'LVS814'],
      ['one try only', '            retry 3\n', '', 'LVS815'],
      [
        'direct routing with another port',
        'real_server 192.168.50.136 80',
        'real_server 192.168.50.136 8080',
        'LVS101',
      ],
      ['NAT in the network of the clients', 'lb_kind DR', 'lb_kind NAT', 'LVS104'],
      ['weights that rr ignores', 'lb_algo wrr', 'lb_algo rr', 'LVS301'],
    ],
  },
  persistence: {
    inputs: [example('rules/persistence-per-client.rules')],
    faults: [
      ['port 0 without persistence', 'wrr -p', 'wrr', 'LVS008'],
      ['a prefix length for the mask', '-p\n', '-p 300 -M 24\n', 'LVS403'],
      ['a mask without persistence', ':0 -s wrr -p', ':80 -s wrr -M 255.255.255.0', 'LVS404'],
      ['a drained server that clients come back to', '-w 3', '-w 0', 'LVS401'],
      ['thresholds that known clients pass', '-w 3', '-w 3 -x 100', 'LVS402'],
      ['days of persistence', '-p\n', '-p 259200\n', 'LVS405'],
    ],
  },
  marks: {
    inputs: [
      example('rules/persistence-firewall-mark.rules'),
      { name: 'mangle.rules', text: MARKING },
    ],
    faults: [
      ['another mark', '--set-mark 1', '--set-mark 2', 'LVS407'],
      ['a mark that is set after the choice', 'PREROUTING', 'POSTROUTING', 'LVS409'],
      [
        'a mark without a service',
        'COMMIT',
        '-A PREROUTING -d 192.168.50.9/32 -p tcp --dport 25 -j MARK --set-mark 5\nCOMMIT',
        'LVS408',
      ],
    ],
  },
  'a firewall in front of NAT': {
    inputs: [
      NAT_RULES,
      { name: 'sysctl.conf', text: 'net.ipv4.ip_forward = 1\nnet.ipv4.vs.conntrack = 1\n' },
      {
        name: 'filter.rules',
        text: '*filter\n-A FORWARD -m conntrack --ctstate INVALID -j DROP\nCOMMIT\n',
      },
    ],
    faults: [
      ['answers that are invalid', 'conntrack = 1', 'conntrack = 0', 'LVS601'],
      ['no forwarding', 'ip_forward = 1', 'ip_forward = 0', 'LVS105'],
      [
        'connections that stay with a server that is gone',
        'conntrack = 1',
        'conntrack = 1\nnet.ipv4.vs.expire_nodest_conn = 1',
        'LVS503',
      ],
    ],
  },
  'a firewall in front of direct routing': {
    inputs: [
      DIRECT_RULES,
      { name: 'sysctl.conf', text: 'net.ipv4.vs.conntrack = 0\n' },
      {
        name: 'filter.rules',
        text: '*filter\n-A INPUT -m conntrack --ctstate INVALID -j DROP\nCOMMIT\n',
      },
    ],
    faults: [
      ['clients that are invalid', 'conntrack = 0', 'conntrack = 1', 'LVS602'],
      ['a name that no kernel has', 'vs.conntrack', 'vs.contrack', 'LVS501'],
      ['the sorry server behind NAT', '127.0.0.1:80 -g', '127.0.0.1:80 -m', 'LVS106'],
    ],
  },
};

const codesOf = (inputs: readonly LintInput[]): string[] =>
  lint(inputs).findings.map(({ code }) => code);

describe.each(Object.entries(RECIPES))('%s', (_, { inputs, faults }) => {
  it('has no finding as it should be', () => {
    expect(codesOf(inputs)).toEqual([]);
  });

  it.each(faults)('with %s is found', (_title, before, after, code) => {
    const mutated = inputs.map(({ name, text }) => ({
      name,
      text: text.replaceAll(before, after),
    }));
    expect(mutated).not.toEqual(inputs);
    expect(codesOf(mutated)).toContain(code);
  });
});
