import { describe, expect, it } from 'vitest';
import { collectRecordings } from '../../src/cli/replay/ipvsadm-recording.js';
import { replayCommands, replayRules } from '../../src/cli/replay/ipvsadm.js';
import type { Administrator } from '../../src/ipvsadm/administrator.js';
import type { Service } from '../../src/services/service.js';
import { administration, goldenFiles } from './golden.js';

const files = goldenFiles();
const recordings = collectRecordings(files);
const createTarget = (): { administrator: Administrator } => ({ administrator: administration() });

/** A service as traces show it: persistence in hundredths of a second, masks as hexadecimal words. */
function settingsText(service: Service): string {
  const { persistence } = service;
  if (persistence === undefined) return service.schedulerName;
  const mask = persistence.netmask.word3 >>> 0;
  const hex = mask.toString(16).toUpperCase().padStart(8, '0');
  return `${service.schedulerName} persistent ${persistence.timeoutSeconds * 100} ${hex}`;
}

const methods = { gatewaying: 'Route', tunneling: 'Tunnel', masquerading: 'Masq' };

function traceOf(service: Service): unknown {
  const servers = [...service.servers].map((server) => [
    server.toString(),
    methods[server.forwardingMethod],
    server.weight,
    server.active,
    server.inactive,
  ]);
  return [service.toString().replace(' IPv6', ''), settingsText(service), servers];
}

function inOrder(services: readonly unknown[]): unknown[] {
  return services.map((service) => JSON.stringify(service)).toSorted();
}

describe('the rule language, replayed', () => {
  it('has recordings of the rules and their listings', () => {
    expect(recordings.length).toBeGreaterThan(3);
  });

  it.each(recordings.map((recording) => [recording.name, recording] as const))(
    'answers to %s as recorded, where no traffic is needed',
    (_, recording) => {
      const { differences, compared } = replayRules(recording, createTarget);
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(20);
    },
  );

  it('answers to faulty commands as recorded, and changes only what it should', () => {
    const lines = (files.get('errors.jsonl') as string).split('\n').map((line) => {
      const step = JSON.parse(line === '' ? '{}' : line) as { services?: unknown[] };
      if (step.services === undefined) return line;
      return JSON.stringify({ ...step, services: inOrder(step.services) });
    });
    const replay = replayCommands(lines.join('\n'), createTarget, (administrator) =>
      inOrder([...administrator.services].map(traceOf)),
    );
    expect(replay.differences).toEqual([]);
    expect(replay.compared).toBeGreaterThan(200);
  });
});
