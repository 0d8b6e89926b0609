/**
 * What may be outside of all blocks.
 */
import type { Block, Keyword } from '../language/block-reader.js';
import { globalDefsKeyword } from './global-keywords.js';
import { virtualServerGroupKeyword } from './group-keywords.js';
import type { ParseState } from './parse-state.js';
import { virtualServerKeyword } from './service-keywords.js';
import { sslKeyword } from './ssl-keywords.js';
import { trackFileKeyword } from './track-file-keywords.js';
import { wordAt } from './values.js';

/** Statements and blocks that concern others; `{}` = a block. */
const OTHERS =
  'child_wait_time+ garp_group{} instance interface_up_down_delays{} linkbeat_interfaces{} linkbeat_use_polling namespace_with_ipsets net_namespace net_namespace_ipvs static_addresses{} static_ipaddress{} static_routes{} static_rules{} track_group{} use_pid_dir vrrp_instance{} vrrp_script{}+ vrrp_sync_group{} vrrp_track_process{}+';

function other(entry: string): readonly [string, Keyword<ParseState>] {
  const needsWord = entry.endsWith('+');
  const name = entry.replace('{}', '').replace('+', '');
  return [name, entry.includes('{}') ? { needsWord, block: 'skipped' } : { needsWord }];
}

const bfdWords =
  'hoplimit idle_tx max_hops min_rx min_tx multiplier neighbor_ip passive source_ip ttl weight';

const bfdInstance: Keyword<ParseState> = {
  needsWord: true,
  block: { keywords: new Map(/* @__PURE__ */ bfdWords.split(' ').map((name) => [name, {}])) },
  run: (state, statement): void => void state.tracked.add(`bfd_instance ${wordAt(statement)}`),
};

/** The top level of a file. */
export const topBlock: Block<ParseState> = {
  keywords: new Map<string, Keyword<ParseState>>([
    .../* @__PURE__ */ OTHERS.split(' ').map(other),
    ['SSL', sslKeyword],
    ['bfd_instance', bfdInstance],
    ['track_file', trackFileKeyword],
    ['vrrp_track_file', trackFileKeyword],
    ['global_defs', globalDefsKeyword],
    ['virtual_server_group', virtualServerGroupKeyword],
    ['virtual_server', virtualServerKeyword],
  ]),
};
