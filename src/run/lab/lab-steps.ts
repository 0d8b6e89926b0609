/**
 * The steps of the laboratory: the tutorial of the Linux Virtual Server, on a director that is no kernel.
 */
import type { LabNetwork } from './lab-network.js';
import { alternates, countWords, type LabCommand, type LabStep } from './lab-step.js';

/**
 * The steps of a set-up.
 *
 * @param lab - The laboratory, whose director watches its servers each second.
 * @returns The steps, in order.
 */
export function labSteps(lab: LabNetwork): LabStep[] {
  const common = [...weights(lab), ...persistence(lab), ...failure(lab), load(lab)];
  const first = [turns(lab), listing(lab)];
  if (lab.kind === 'nat') return [...first, ping(lab), ...common];
  return [
    ...arpProblem(lab),
    ...first,
    oneWay(lab),
    ...(lab.kind === 'tun' ? [mtu(lab)] : []),
    ...common,
  ];
}

function turns(lab: LabNetwork): LabStep {
  const { length } = lab.servers;
  return {
    title: 'one server after the other',
    why: 'Round robin gives each connection to the next server.',
    commands: [curl(lab, 2 * length)],
    expected: `each of the ${length} servers in its turn`,
    isRight: (output) => alternates(output, length),
  };
}

function listing({ virtual4, servers }: LabNetwork): LabStep {
  return {
    title: 'the table of the director',
    why: 'Every command of ipvsadm works on the director while it runs.',
    commands: [ctl(`-L -n -t ${virtual4}:80`)],
    expected: `${servers.length} servers, and the connections of each`,
    isRight: (output) =>
      output.split('\n').filter((line) => line.startsWith('  ->')).length === servers.length + 1,
  };
}

function ping({ virtual4 }: LabNetwork): LabStep {
  return {
    title: 'what is no service is answered by the host',
    why: 'The director balances TCP, UDP and SCTP; the kernel answers a ping of the virtual address.',
    commands: [{ at: 'c1', type: `ping -c 1 -W 2 ${virtual4}` }],
    expected: '1 received',
    isRight: (output) => output.includes('1 received'),
  };
}

/** Both servers have the virtual address: unless they keep silent about it, each answers for it. */
function arpProblem(lab: LabNetwork): LabStep[] {
  const { virtual4, servers } = lab;
  const count: LabCommand = {
    at: 'c1',
    type: `nft 'table arp lab { chain c { type filter hook input priority 0; arp operation reply arp saddr ip ${virtual4} counter; }; }'
ip neigh flush dev eth0; ping -c 1 -W 1 ${virtual4} >/dev/null; sleep 1
nft list table arp lab | sed -n 's/.*counter packets \\([0-9]*\\).*/answers for ${virtual4}: \\1/p'; nft delete table arp lab`,
  };
  const everybody = servers.length + 1;
  return [
    {
      title: 'the ARP problem',
      why: 'Every server has the virtual address, to answer in its name. So each of them says that it is there.',
      commands: [count],
      expected: `${everybody} machines answer for one address`,
      isRight: (output) => output.includes(`: ${everybody}`),
    },
    {
      title: 'the cure: arp_ignore and arp_announce',
      why: 'A server answers only for addresses of the interface that is asked, and never asks in the name of another.',
      commands: [
        ...servers.map((at) => ({
          at,
          type: 'sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2',
        })),
        count,
      ],
      expected: 'the director alone answers',
      isRight: (output) => output.includes(': 1\n'),
    },
  ];
}

function oneWay({ virtual4 }: LabNetwork): LabStep {
  return {
    title: 'answers do not come back through the director',
    why: 'The servers have the virtual address, so they answer the client themselves. Counters are shown every 2 s.',
    repeats: true,
    commands: [ctl(`-L -n --stats -t ${virtual4}:80`)],
    expected: 'packets in, and none out',
    isRight: (output) => {
      const [, packetsIn, packetsOut] = /^TCP +\S+ +\d+ +(\d+) +(\d+)/m.exec(output) ?? [];
      return Number(packetsIn) > 0 && packetsOut === '0';
    },
  };
}

function mtu({ virtual4, virtual6 }: LabNetwork): LabStep {
  return {
    title: 'a tunnel leaves less room in a packet',
    why: 'The director says so to clients whose packets are too long, as a router does.',
    commands: [
      { at: 'c1', type: `head -c 1000000 /dev/zero | curl -s -T - http://${virtual4}/` },
      { at: 'c1', type: `head -c 1000000 /dev/zero | curl -s -T - 'http://[${virtual6}]/'` },
      { at: 'c1', type: `ip route get ${virtual4}; ip route get ${virtual6}` },
    ],
    expected: 'the client has learned an MTU of 1480 over IPv4, and of 1460 over IPv6',
    isRight: (output) => output.includes('mtu 1480') && output.includes('mtu 1460'),
  };
}

function weights(lab: LabNetwork): LabStep[] {
  const service = `-t ${lab.virtual4}:80`;
  const [first] = lab.servers;
  const rounds = 2 * (lab.servers.length + 1);
  return [
    {
      title: 'weights 2 : 1',
      why: `Weighted round robin gives ${first} two connections where the others get one.`,
      commands: [
        ctl(`-E ${service} -s wrr`),
        ctl(`-e ${service} -r ${serverOf(lab, first)} ${methodOf(lab)} -w 2`),
        curl(lab, rounds),
      ],
      expected: `${first} four times, each other server twice`,
      isRight: (output) => {
        const { [first]: own, ...others } = countWords(output);
        return own === 4 && Object.values(others).every((count) => count === 2);
      },
    },
  ];
}

function persistence(lab: LabNetwork): LabStep[] {
  const service = `-t ${lab.virtual4}:80`;
  return [
    {
      title: 'persistence',
      why: 'For 60 seconds a client comes back to the server that it had.',
      commands: [ctl(`-E ${service} -s rr -p 60`), curl(lab, 4)],
      expected: 'one server, four times',
      isRight: (output) => Object.values(countWords(output)).join() === '4',
    },
    {
      title: 'and back',
      why: 'Without persistence each connection is scheduled again.',
      commands: [
        ctl(`-E ${service} -s rr`),
        ctl(`-e ${service} -r ${serverOf(lab, lab.servers[0])} ${methodOf(lab)} -w 1`),
        curl(lab, 2 * lab.servers.length),
      ],
      expected: 'every server twice',
      isRight: (output) => Object.values(countWords(output)).every((count) => count === 2),
    },
  ];
}

function failure(lab: LabNetwork): LabStep[] {
  const [first] = lab.servers;
  const table = ctl(`-L -n -t ${lab.virtual4}:80`);
  const row = (weight: number): RegExp =>
    new RegExp(`-> ${lab.serverAddress(first)}:\\d+ +\\w+ +${weight} `);
  return [
    {
      title: 'a server dies',
      why: 'The director asks every server each second; one that does not answer gets weight 0.',
      commands: [{ at: first, type: 'stop' }, table],
      expected: `weight 0 for ${first}`,
      isRight: (output) => row(0).test(output),
      repeats: true,
    },
    {
      title: 'clients do not notice',
      why: 'Connections go to the servers that are left.',
      commands: [curl(lab, 4)],
      expected: `four answers, none of ${first}`,
      isRight: (output) =>
        countWords(output)[first] === undefined && output.trim().split('\n').length === 4,
    },
    {
      title: 'it comes back',
      why: 'As soon as it answers again it has its weight again.',
      commands: [{ at: first, type: 'start' }, table],
      expected: `weight 1 for ${first}`,
      isRight: (output) => row(1).test(output),
      repeats: true,
    },
  ];
}

function load(lab: LabNetwork): LabStep {
  return {
    title: 'a thousand requests, a hundred at once',
    why: 'The tool of the Apache server counts what fails.',
    commands: [
      {
        at: 'c1',
        type: `ab -q -n 1000 -c 100 http://${lab.virtual4}/ | grep -E 'requests:|per second'`,
      },
    ],
    expected: '1000 complete, 0 failed',
    isRight: (output) =>
      /Complete requests: +1000\n/.test(output) && /Failed requests: +0\n/.test(output),
  };
}

function curl({ virtual4 }: LabNetwork, count: number): LabCommand {
  const url = `http://${virtual4}/`;
  return { at: 'c1', type: `for i in $(seq ${count}); do curl -s -m 3 ${url} || echo none; done` };
}

function ctl(command: string): LabCommand {
  return { at: 'director', type: `ipvs ctl --name lab -- ${command}` };
}

function serverOf(lab: LabNetwork, name: string): string {
  return `${lab.serverAddress(name)}:${lab.serverPort}`;
}

function methodOf({ kind }: LabNetwork): string {
  return { nat: '-m', dr: '-g', tun: '-i' }[kind];
}
