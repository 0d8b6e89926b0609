import { describe, expect, it } from 'vitest';
import { Timeouts } from '../../../src/connections/states/timeouts.js';
import {
  TCP_ESTABLISHED,
  TCP_FIN_WAIT,
  TCP_SYN_RECV,
} from '../../../src/connections/states/tcp.js';

describe('Timeouts', () => {
  it('are those of ipvsadm, until they are set', () => {
    const timeouts = new Timeouts();
    expect(timeouts.settings).toEqual({ tcpSeconds: 900, tcpFinSeconds: 120, udpSeconds: 300 });
    timeouts.set({ tcpSeconds: 10, tcpFinSeconds: 0, udpSeconds: 30 });
    expect(timeouts.settings).toEqual({ tcpSeconds: 10, tcpFinSeconds: 120, udpSeconds: 30 });
    timeouts.set({ tcpSeconds: 0, tcpFinSeconds: 40, udpSeconds: 0 });
    expect(timeouts.settings).toEqual({ tcpSeconds: 10, tcpFinSeconds: 40, udpSeconds: 30 });
    timeouts.set({ tcpFinSeconds: 120 });
    expect(timeouts.settings).toEqual({ tcpSeconds: 10, tcpFinSeconds: 120, udpSeconds: 30 });
    expect(timeouts.tcp(TCP_ESTABLISHED)).toBe(10_000);
    expect([timeouts.tcp(TCP_FIN_WAIT), timeouts.tcp(TCP_SYN_RECV)]).toEqual([120_000, 60_000]);
  });

  it('stay as they are when one of the new ones is out of range', () => {
    const timeouts = new Timeouts();
    expect(() => timeouts.set({ tcpSeconds: 5, udpSeconds: 2_678_401 })).toThrow(RangeError);
    expect(timeouts.settings.tcpSeconds).toBe(900);
  });

  it.each([
    [{ tcpSeconds: 2_678_401 }, 'TCP timeout: expected an integer 0–2678400, got 2678401'],
    [{ tcpFinSeconds: -1 }, 'TCP FIN timeout: expected an integer 0–2678400, got -1'],
    [{ udpSeconds: 0.5 }, 'UDP timeout: expected an integer'],
    [{ sctpSeconds: 1 }, 'set timeouts'],
  ])('names what is wrong with %j', (change, message) => {
    expect(() => new Timeouts().set(change as object)).toThrow(message);
  });

  it('are 180 s for what has no states', () => {
    expect(new Timeouts().of(50, 0)).toBe(180_000);
    expect([6, 17, 132].map((protocol) => new Timeouts().of(protocol, 0))).toEqual([
      2000, 300_000, 2000,
    ]);
  });
});
