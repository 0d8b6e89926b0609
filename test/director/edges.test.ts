/** What few packets and commands meet: entries without a server, headers cut short, what a restored director goes on with. */
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { ConnectionKey } from '../../src/connections/entries/connection-key.js';
import { Director, type DirectorOptions, type DirectorState } from '../../src/director/index.js';
import { flowOfKey } from '../../src/director/packet-key.js';
import {
  DIRECTOR_REASONS,
  type DirectorReason,
  explainReason,
} from '../../src/director/reasons.js';
import { IpAddress } from '../../src/ip-address.js';
import { encodePacket } from '../../src/wire/index.js';
import { endOf, icmpError, sctp, tcp } from './support/packets.js';
import { listing, run, sceneOf } from './support/scene.js';

const CLIENT = '198.51.100.7:4711';
const VIP = '192.0.2.1:80';
const SERVER = '10.0.0.1:80';
const RULES = `-A -t ${VIP} -s rr\n-a -t ${VIP} -r ${SERVER} -m`;
const TUNNELING = 2;
const GATEWAYING = 3;

describe('an entry that has no server here', () => {
  const verdictOf = (flags: number, packet = tcp(CLIENT, VIP, 'A')): string => {
    const { director, clock } = sceneOf(RULES);
    const key = new ConnectionKey();
    key.protocol = 6;
    key.setClient(IpAddress.parse('198.51.100.7'), 4711);
    key.setVirtual(IpAddress.parse('192.0.2.1'), 80);
    director.table.insertUnbound(key, clock.now(), IpAddress.parse('10.0.0.9'), 80, flags);
    const { action, reason } = director.receive(packet);
    return `${action}: ${reason}`;
  };

  it('has no tunnel, so its packets are dropped', () => {
    expect(verdictOf(TUNNELING)).toBe('drop: unbound');
  });

  it('has no tunnel for errors about its answers, either', () => {
    const error = icmpError('203.0.113.9', '192.0.2.1', [3, 1], tcp(VIP, CLIENT, 'A'));
    expect(verdictOf(TUNNELING, error)).toBe('drop: unbound');
  });

  it('is forwarded by any other method', () => {
    expect(verdictOf(0)).toBe('forward: translated');
    expect(verdictOf(GATEWAYING)).toBe('forward: routed');
  });
});

describe('a reply whose header is cut short', () => {
  it.each([
    ['passes', CLIENT],
    ['goes to a client on the host', '192.0.2.77:4711'],
  ])('is dropped and not counted, when it %s', (_, client) => {
    const { director } = sceneOf(RULES, { host: { addresses: ['192.0.2.77'] } });
    const request = tcp(client, VIP);
    director.take(request, 0, request.length, client === CLIENT ? 'client' : 'host');
    const whole = tcp(SERVER, client, 'SA');
    const cut = encodePacket({
      source: endOf(SERVER).address,
      destination: endOf(client).address,
      transport: { type: 'raw', protocol: 6 },
      payload: whole.slice(20, 36),
    });
    expect(director.respond(cut).action).toBe('drop');
    expect(director.statistics.total.counted().packetsOut).toBe(0);
    director.respond(whole);
    expect(director.statistics.total.counted().packetsOut).toBe(1);
  });
});

describe('an SCTP packet', () => {
  const rules = `-A --sctp-service ${VIP} -s rr\n-a --sctp-service ${VIP} -r ${SERVER} -m`;

  it('that ends before its first chunk does moves no state', () => {
    const { director, ...scene } = sceneOf(rules);
    director.receive(sctp(CLIENT, VIP));
    const before = listing({ director, ...scene });
    for (const length of [0, 1, 3]) {
      const cut = sctp(CLIENT, VIP, 6, { payload: new Uint8Array([6, 0, 0]).subarray(0, length) });
      expect(director.receive(cut).action).toBe('forward');
      expect(listing({ director, ...scene })).toEqual(before);
    }
    director.receive(sctp(CLIENT, VIP, 6));
    expect(listing({ director, ...scene })).not.toEqual(before);
  });

  it('that ends there opens no connection', () => {
    const { director } = sceneOf(rules);
    const [source, destination] = [CLIENT, VIP].map(endOf);
    const cut = encodePacket({
      source: source.address,
      destination: destination.address,
      transport: { type: 'sctp', sourcePort: source.port, destinationPort: destination.port },
      payload: new Uint8Array([1, 0, 0]),
    });
    expect(director.receive(cut)).toMatchObject({ action: 'drop', reason: 'transport-truncated' });
  });
});

describe('a service that is removed with its servers', () => {
  const left = (servers: boolean, expire: 0 | 1): number => {
    const scene = sceneOf(RULES, { tunables: { expire_nodest_conn: expire } });
    const { director, wait } = scene;
    director.receive(tcp(CLIENT, VIP));
    if (!servers) {
      director.setTunable('expire_nodest_conn', 0);
      director.removeServer({ address: '192.0.2.1', port: 80 }, { address: '10.0.0.1', port: 80 });
      director.setTunable('expire_nodest_conn', expire);
    }
    director.removeService({ address: '192.0.2.1', port: 80 });
    wait(9);
    expect(listing(scene)).toHaveLength(1);
    wait(2);
    return listing(scene).length;
  };

  it('takes their connections along after 10 ms, when expire_nodest_conn says so', () => {
    expect([left(true, 1), left(true, 0)]).toEqual([0, 1]);
  });

  it('takes none along when it had no servers any more', () => {
    expect(left(false, 1)).toBe(1);
  });
});

describe('a restored director', () => {
  it('goes on counting the packets that drop_packet spares', () => {
    const tunables = { drop_packet: 3, am_droprate: 4 };
    const dropped = (director: Director, from: number): number[] =>
      [0, 1, 2, 3, 4].filter((at) => {
        const { reason } = director.receive(tcp(`198.51.100.7:${from + at}`, VIP));
        return reason === 'drop-packet-defence';
      });
    const { director, clock } = sceneOf(RULES, { tunables });
    expect(dropped(director, 1024)).toEqual([0, 4]);
    director.receive(tcp('198.51.100.7:1029', VIP));
    const state = JSON.parse(JSON.stringify(director)) as DirectorState;
    const again = Director.fromJSON(state, { clock: new ManualClock(clock.now()) });
    expect(dropped(again, 2000)).toEqual(dropped(director, 2000));
    expect(dropped(again, 3000)).toEqual(dropped(director, 3000));
  });
});

describe('the options of a director', () => {
  it.each<[Partial<DirectorOptions>, string]>([
    [{ estimationIntervalMs: 0 }, 'estimation interval: expected an integer 1–3600000, got 0'],
    [{ firstEstimationAfterMs: -1 }, 'time before the first estimation: expected an integer 0'],
    [{ defenseIntervalMs: 0 }, 'interval of the defenses: expected an integer 1–3600000, got 0'],
    [{ firstDefenseAfterMs: -1 }, 'time before the first defense: expected an integer 0–3600000'],
    [{ connectionLimit: 0 }, 'connection limit: expected an integer 1'],
    [{ host: { client: { mtu: 67 } } }, 'MTU: expected an integer 68–65535, got 67'],
    [{ host: { server: { mtu: 65_536 } } }, 'MTU: expected an integer 68–65535, got 65536'],
  ])('are checked: %j', (options, message) => {
    expect(() => new Director(options)).toThrow(message);
    expect(() => new Director(options)).toThrow(RangeError);
  });

  it('say which devices there are', () => {
    const start = (device: string, devices?: string[]): (() => void) => {
      const director = new Director(devices && { devices });
      return () => {
        run(director, `--start-daemon master --mcast-interface ${device}`);
      };
    };
    expect(start('eth7', ['eth0'])).toThrow();
    expect(start('eth0', ['eth0'])).not.toThrow();
    expect(start('eth7')).not.toThrow();
  });

  it('say which networks there are, whose broadcast addresses are no servers', () => {
    const add = (options: DirectorOptions): (() => void) => {
      const director = new Director(options);
      director.addService({ address: '192.0.2.1', port: 80 });
      return () => {
        director.addServer({ address: '192.0.2.1', port: 80 }, { address: '10.0.0.255', port: 80 });
      };
    };
    expect(
      add({ networks: [{ address: IpAddress.parse('10.0.0.0'), prefixLength: 24 }] }),
    ).toThrow();
    expect(add({})).not.toThrow();
  });
});

describe('a packet that is not whole', () => {
  const reasonOf = (director: Director, bytes: Uint8Array): string => {
    const { action, reason } = director.receive(bytes);
    return `${action}: ${reason}`;
  };

  it('is dropped when its ports are not there', () => {
    const { director } = sceneOf(RULES);
    for (const protocol of [6, 17, 132]) {
      const bytes = encodePacket({
        source: '198.51.100.7',
        destination: '192.0.2.1',
        transport: { type: 'raw', protocol },
        payload: new Uint8Array(3),
      });
      expect(reasonOf(director, bytes)).toBe('drop: transport-truncated');
    }
  });

  it('waits as a fragment, and is dropped when fragments do not fit together', () => {
    const { director } = sceneOf(RULES);
    const fragment = (fragmentOffset: number, length: number, moreFragments: boolean): Uint8Array =>
      encodePacket({
        source: '198.51.100.7',
        destination: '192.0.2.1',
        identification: 7,
        fragmentOffset,
        moreFragments,
        transport: { type: 'raw', protocol: 17 },
        payload: new Uint8Array(length),
      });
    expect(reasonOf(director, fragment(0, 64, true))).toBe('drop: fragment-waiting');
    expect(reasonOf(director, fragment(32, 64, true))).toBe('drop: fragment-invalid');
  });
});

describe('the flow that a scheduler sees', () => {
  it.each([
    ['198.51.100.7', '192.0.2.1', 6, 'tcp'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:7:8:9:a:b:c', 17, 'udp'],
    ['2001:db8:1:2:3:4:5:6', '::1', 132, 'sctp'],
  ])('is from %s to %s', (client, virtual, protocol, name) => {
    const key = new ConnectionKey();
    key.protocol = protocol;
    key.setClient(IpAddress.parse(client), 1).setVirtual(IpAddress.parse(virtual), 2);
    const { source, destination, ...rest } = flowOfKey(key);

    expect([String(source), String(destination)]).toEqual([client, virtual]);
    expect(rest).toEqual({ protocol: name, sourcePort: 1, destinationPort: 2 });
  });
});

describe('the reasons', () => {
  it('are all explained, each in a sentence of its own', () => {
    const texts = (Object.keys(DIRECTOR_REASONS) as DirectorReason[]).map(explainReason);
    for (const text of texts) expect(text).toMatch(/^[A-Z].+\.$/);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('the statistics', () => {
  it('tick first after the time that was given, and then in intervals', () => {
    const rateAfter = (ms: number): number => {
      const times = { estimationIntervalMs: 2000, firstEstimationAfterMs: 500 };
      const { director, wait } = sceneOf(RULES, times);
      for (let port = 1; port <= 64; port++) director.receive(tcp(`198.51.100.7:${port}`, VIP));
      wait(ms);
      return director.statistics.total.rates().connections;
    };
    expect([499, 501].map((ms) => rateAfter(ms) > 0)).toEqual([false, true]);
  });
});
