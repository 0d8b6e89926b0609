/**
 * What the demonstrations of the linter's rules share: a director as an example of a rule describes it, and a client.
 */
import assert from 'node:assert/strict';
import { ManualClock } from 'ipvs';
import { Director } from 'ipvs/director';
import { restoreAllRules } from 'ipvs/ipvsadm';
import { LINT_RULES } from 'ipvs/lint';
import { encodePacket, TCP_FLAG } from 'ipvs/wire';

/** A director under a clock that moves by hand. */
export interface Subject {
  readonly director: Director;
  readonly clock: ManualClock;
}

/** The director of a rule's example: `found` has the fault, `clean` has not. */
export function directorOf(code: string, example: 'found' | 'clean' = 'found'): Subject {
  const rule = LINT_RULES.find((each) => each.code === code);
  assert.ok(rule);
  const clock = new ManualClock();
  const director = new Director({ clock, host: { server: { ipv4: '192.0.2.2' } } });
  for (const { name, text } of rule[example]()) {
    if (name === 'director.rules') restoreAllRules(text, director);
    if (name !== 'sysctl.conf') continue;
    for (const line of text.trim().split('\n')) {
      const [key = '', value = ''] = line.split(/\s*=\s*/);
      director.setTunable(key, value);
    }
  }
  return { director, clock };
}

/** A packet of a client. */
export interface ClientPacket {
  readonly to: string;
  readonly port: number;
  readonly from?: string;
  readonly sourcePort?: number;
  readonly udp?: boolean;
  readonly flags?: number;
  readonly mark?: number;
  readonly bytes?: number;
}

/** Its bytes. */
export function packetOf(packet: ClientPacket): Uint8Array {
  const { to, port, from = '198.51.100.7', sourcePort = 5001, udp = false } = packet;
  const { flags = TCP_FLAG.SYN, bytes = 0 } = packet;
  const ports = { sourcePort, destinationPort: port };
  return encodePacket({
    source: from,
    destination: to,
    dontFragment: true,
    transport: udp ? { type: 'udp', ...ports } : { type: 'tcp', ...ports, flags },
    payload: new Uint8Array(bytes),
  });
}

/** What becomes of it: `forward 10.0.0.1:80`, `drop`, `reply`, or `accept` when no service takes it. */
export function send({ director }: Subject, packet: ClientPacket): string {
  const { action, server } = director.receive(packetOf(packet), packet.mark ?? 0);
  return action === 'forward' ? `forward ${server}` : action;
}

/** The servers that some clients get, each with an address of its own. */
export function serversOf(subject: Subject, packet: ClientPacket, clients: number): string[] {
  return Array.from({ length: clients }, (_, index) =>
    send(subject, { ...packet, from: `198.51.100.${index + 1}` }),
  );
}
