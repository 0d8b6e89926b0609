/** The parts that a table owns, for tests of rules that its face does not show. */
import type { ClientIndex } from '../../../src/connections/client-index/client-index.js';
import type { ConnectionTableOptions } from '../../../src/connections/connection-table-options.js';
import { ConnectionTable } from '../../../src/connections/connection-table.js';
import type { Entries } from '../../../src/connections/entries/entries.js';
import { FLAG_HASHED } from '../../../src/connections/entries/flags.js';
import { META, RECORD_WORDS, WIDE_WORDS } from '../../../src/connections/entries/record.js';
import type { Lifecycle } from '../../../src/connections/lifecycle.js';

export interface Parts {
  readonly entries: Entries;
  readonly index: ClientIndex;
  readonly lifecycle: Lifecycle;
}

export function partsOf(table: ConnectionTable): Parts {
  return { entries: table['entries'], index: table['index'], lifecycle: table['lifecycle'] };
}

/** A table in which records full of ones, which are no entries, come before the others: what is read beside one shows. */
export function noisyTable(options: ConnectionTableOptions = {}): ConnectionTable {
  const table = new ConnectionTable(options);
  const { store } = partsOf(table).entries;
  for (const family of [4, 6] as const) {
    const slot = store.allocate(family);
    const offset = store.offsetOf(slot);
    store.recordsOf(slot).fill(-1, offset, offset + RECORD_WORDS);
    store.recordsOf(slot)[offset + META] = ~FLAG_HASHED;
    store.wideOf(slot).fill(-1, 0, WIDE_WORDS);
  }
  return table;
}
