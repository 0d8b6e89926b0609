/** The parts that a table owns, for tests of rules that its face does not show. */
import type { ClientIndex } from '../../../src/connections/client-index/client-index.js';
import type { ConnectionTable } from '../../../src/connections/connection-table.js';
import type { Entries } from '../../../src/connections/entries/entries.js';
import type { Lifecycle } from '../../../src/connections/lifecycle.js';

export interface Parts {
  readonly entries: Entries;
  readonly index: ClientIndex;
  readonly lifecycle: Lifecycle;
}

export function partsOf(table: ConnectionTable): Parts {
  return { entries: table['entries'], index: table['index'], lifecycle: table['lifecycle'] };
}
