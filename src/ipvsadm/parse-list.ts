/**
 * `-L`: what is listed, and with which columns, of which only some go with `-c` and its like (more of this in
 * `allowed-options.ts`).
 */
import type { ListColumns, ListCommand } from './command.js';
import type { Draft } from './draft.js';
import { IpvsadmError } from './error.js';
import type { OptionName } from './options.js';
import { serviceOf } from './parse-service.js';

/** Of several kinds of columns the first of these wins. */
const columnsByRank = ['stats', 'rate', 'thresholds', 'persistent-conn', 'tun-info'] as const;

/**
 * Makes the command.
 *
 * @param draft - The line, its options checked.
 * @returns The command.
 * @throws {IpvsadmError} When what is listed has no such columns.
 */
export function listCommand(draft: Draft): ListCommand {
  const { present } = draft;
  const what = subjectOf(present);
  const refused: readonly OptionName[] =
    what === 'connections'
      ? ['stats', 'rate', 'thresholds']
      : ['stats', 'rate', 'thresholds', 'persistent-conn'];
  const conflicting = refused.find((name) => present.has(name));
  if (what !== 'services' && conflicting !== undefined) {
    throw new IpvsadmError('options conflicts in the list command', present.get(conflicting));
  }
  const columns: ListColumns = columnsByRank.find((name) => present.has(name)) ?? 'plain';
  const command: ListCommand = {
    command: 'list',
    what,
    columns,
    exact: present.has('exact'),
    numeric: present.has('numeric'),
    sorted: !present.has('nosort'),
  };
  return present.has('service-address') ? { ...command, service: serviceOf(draft) } : command;
}

function subjectOf(present: ReadonlyMap<OptionName, unknown>): ListCommand['what'] {
  if (present.has('connection')) return 'connections';
  if (present.has('timeout')) return 'timeouts';
  return present.has('daemon') ? 'daemons' : 'services';
}
