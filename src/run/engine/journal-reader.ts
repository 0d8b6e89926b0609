/**
 * Reads a journal into the connection table of a spare engine, as a backup follows a master, so that the spare one
 * has all connections at the moment when it takes over.
 */
import { IpAddress } from '../../ip-address.js';
import { SyncBackup } from '../../sync/backup.js';
import type { SyncDaemon } from '../../sync/sync-daemon.js';
import type { SyncEnvironment } from '../../sync/sync-part.js';
import { JOURNAL_SYNC_ID } from './journal-writer.js';
import type { JournalTail } from './journal-tail.js';

/** The daemon that reads a journal; only its id matters. */
const READER: SyncDaemon = {
  role: 'backup',
  device: '',
  syncId: JOURNAL_SYNC_ID,
  maxLengthBytes: 65_507,
  group: IpAddress.fromIpv4(0),
  port: 0,
  ttl: 0,
};

/** Reads one journal, and what is appended to it. */
export class JournalReader {
  private readonly environment: SyncEnvironment;
  private readonly tail: JournalTail;
  private readonly backup: SyncBackup;

  /**
   * @param environment - The director's connections and services.
   * @param tail - The journal.
   */
  constructor(environment: SyncEnvironment, tail: JournalTail) {
    this.environment = environment;
    this.tail = tail;
    this.backup = new SyncBackup(READER, environment);
  }

  /**
   * Takes over what has come since the last time.
   *
   * @returns Whether the journal ends with a whole message.
   */
  catchUp(): boolean {
    const now = this.environment.advance();
    return this.tail.read((message) => this.backup.receive(message, now));
  }
}
