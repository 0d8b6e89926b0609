import { describe, expect, it } from 'vitest';
import { Director } from '../../src/director/director.js';
import { directorMetrics } from '../../src/metrics/director-metrics.js';
import { formatMetrics } from '../../src/metrics/metric-family.js';
import { TCP_FLAG } from '../../src/wire/tcp-flags.js';
import { SyncedDirector } from './support/pair.js';

const { SYN, ACK } = TCP_FLAG;

/** A master that has announced two connections, and its backup, which got them twice and a damaged message. */
function pair(): { master: SyncedDirector; backup: SyncedDirector } {
  const master = new SyncedDirector().withService().withDaemon('master');
  const backup = new SyncedDirector().withService().withDaemon('backup');
  for (const port of [4000, 4001]) for (const flags of [SYN, ACK, ACK]) master.segment(port, flags);
  master.advance(4000);
  for (const { bytes } of [...master.sent, ...master.sent]) backup.receive(bytes);
  backup.receive(Uint8Array.of(0, 7));
  return { master, backup };
}

describe('the statistics of synchronization', () => {
  it('say what a master sent and a backup received', () => {
    const { master, backup } = pair();
    const sent = { messages: 1, entries: 2 };
    expect(master.director.syncStatistics).toEqual({ sent, received: undefined });
    expect(backup.director.syncStatistics).toEqual({
      sent: undefined,
      received: {
        messages: 3,
        added: 2,
        updated: 2,
        outdated: 0,
        refused: 0,
        faults: new Map([['message-too-short', 1]]),
      },
    });
  });

  it('begin again with the next daemon, and are gone without one', () => {
    const { master } = pair();
    master.director.stopDaemon('master');
    expect(master.director.syncStatistics).toEqual({ sent: undefined, received: undefined });
    master.withDaemon('master');
    expect(master.director.syncStatistics?.sent).toEqual({ messages: 0, entries: 0 });
    expect(new Director().syncStatistics).toBeUndefined();
  });

  it('are metrics of the director', () => {
    const { master, backup } = pair();
    const text = [master, backup].map(({ director }) => formatMetrics(directorMetrics(director)));
    expect(text[0]).toContain('\nipvs_sync_sent_messages_total 1\n');
    expect(text[0]).not.toContain('ipvs_sync_received');
    expect(text[1]).toContain('\nipvs_sync_received_entries_total{result="updated"} 2\n');
    expect(text[1]).toContain('\nipvs_sync_received_faults_total{reason="message-too-short"} 1\n');
    expect(formatMetrics(directorMetrics(new Director()))).not.toContain('ipvs_sync');
  });
});
