/**
 * The keywords of global_defs: those about real servers are read, the others are known by name.
 */
import { IpAddress } from '../../ip-address.js';
import type { Block, Keyword, Statement } from '../language/block-reader.js';
import { readInteger } from '../numbers.js';
import type { SyncDaemonDraft } from './drafts.js';
import type { ParseState } from './parse-state.js';
import type { NamedKeyword } from './timing-keywords.js';
import { switchOf, wordAt } from './values.js';

/** Keywords that concern others, some of which need a word. */
const OTHERS =
  'bfd_cpu_affinity bfd_no_swap bfd_priority bfd_process_name+ bfd_rlimit_rttime+ bfd_rt_priority checker_cpu_affinity checker_no_swap checker_priority checker_process_name+ checker_rlimit_rttime+ checker_rt_priority config_save_dir+ data_use_instance dbus_service_name default_interface dynamic_interfaces enable_dbus enable_snmp_checker enable_snmp_keepalived enable_snmp_rfc enable_snmp_rfcv2 enable_snmp_rfcv3 enable_snmp_vrrp enable_traps fifo_write_vrrp_states_on_reload include_check instance linkbeat_use_polling log_unknown_vrids lvs_netlink_cmd_rcv_bufs lvs_netlink_cmd_rcv_bufs_force lvs_netlink_monitor_rcv_bufs lvs_netlink_monitor_rcv_bufs_force lvs_notify_fifo lvs_notify_fifo_script max_auto_priority min_auto_priority_delay net_namespace net_namespace_ipvs namespace_with_ipsets nftables nftables_counters nftables_ifindex nftables_ipvs nftables_ipvs_priority+ nftables_ipvs_start_fwmark+ nftables_priority+ no_checker_emails no_email_faults notify_fifo notify_fifo_script process_monitor_rcv_bufs process_monitor_rcv_bufs_force process_name+ process_names random_seed+ reload_check_config reload_file reload_repeat reload_time_file shutdown_script shutdown_script_timeout smtp_alert_checker smtp_alert_vrrp smtp_connect_timeout+ smtp_helo_name smtp_server+ snmp_socket startup_script startup_script_timeout tmp_config_directory umask+ use_pid_dir vmac_addr_prefix+ vmac_prefix+ vrrp_check_unicast_src vrrp_cpu_affinity vrrp_down_timer_adverts+ vrrp_garp_extra_if vrrp_garp_interval+ vrrp_garp_lower_prio_delay+ vrrp_garp_lower_prio_repeat+ vrrp_garp_master_delay+ vrrp_garp_master_refresh+ vrrp_garp_master_refresh_repeat+ vrrp_garp_master_repeat+ vrrp_gna_interval+ vrrp_higher_prio_send_advert vrrp_ipsets vrrp_iptables vrrp_lower_prio_no_advert vrrp_mcast_group4+ vrrp_mcast_group6+ vrrp_min_garp vrrp_netlink_cmd_rcv_bufs vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs vrrp_netlink_monitor_rcv_bufs_force vrrp_no_swap vrrp_notify_fifo vrrp_notify_fifo_script vrrp_notify_priority_changes vrrp_priority vrrp_process_name+ vrrp_rlimit_rttime+ vrrp_rt_priority vrrp_rx_bufs_multiplier vrrp_rx_bufs_policy vrrp_skip_check_adv_addr vrrp_startup_delay+ vrrp_strict vrrp_version+';

/** The longest timeout of a connection in seconds: 31 days. */
const MAX_CONNECTION_SECONDS = 2678400;

const others: readonly NamedKeyword[] = /* @__PURE__ */ OTHERS.split(' ').map((name) => [
  name.replace('+', ''),
  { needsWord: name.endsWith('+') },
]);

type Run = (state: ParseState, statement: Statement) => void;

/** A keyword whose word is a switch. */
function globalSwitch(
  name: string,
  complaint: (word: string) => string,
  set: (state: ParseState, value: boolean) => void,
): NamedKeyword {
  const run: Run = (state, statement) => {
    const word = wordAt(statement);
    const value = switchOf(word);
    if (value !== undefined) set(state, value);
    else state.log.add(complaint(word as string), statement.place);
  };
  return [name, { run }];
}

/** A keyword that complains when its word is missing. */
function wanting(name: string, complaint: string): NamedKeyword {
  const run: Run = (state, { words, place }) => {
    if (words.length < 2) state.log.add(complaint, place);
  };
  return [name, { run }];
}

const flushOnStop: Run = (state, statement) => {
  const word = wordAt(statement);
  if (word === undefined) state.globals.flushOnStop = 'all';
  else if (word === 'VS') state.globals.flushOnStop = 'services';
  else state.log.add(`Unknown lvs_flush_on_stop type ${word}`, statement.place);
};

const timeoutKeys = { tcp: 'tcpSeconds', tcpfin: 'tcpFinSeconds', udp: 'udpSeconds' } as const;

const timeouts: Run = (state, { words, place }) => {
  const options = words.slice(1).map(({ text }) => text);
  if (options.length < 2) {
    state.log.add('lvs_timeouts requires at least one option', place);
    return;
  }
  for (let at = 0; at < options.length; at += 1) {
    const name = options[at];
    if (!Object.hasOwn(timeoutKeys, name)) {
      state.log.add(`Unknown option ${name} specified for lvs_timeouts`, place);
      continue;
    }
    const word = options[(at += 1)] ?? '';
    const { value, faults } = readInteger(word, 0, MAX_CONNECTION_SECONDS, state.numbers);
    for (const fault of faults) state.log.add(fault, place);
    if (value === undefined)
      state.log.add(`Invalid lvs_timeout ${name} (${word}) - ignoring`, place);
    else {
      const key = timeoutKeys[name as keyof typeof timeoutKeys];
      state.globals.timeouts = { ...state.globals.timeouts, [key]: value };
    }
  }
};

/** Numbers of the synchronization daemon, with their ranges. */
const daemonNumbers = {
  maxlen: { key: 'maxLengthBytes', low: 1, high: 65507 },
  port: { key: 'port', low: 1, high: 65535 },
  ttl: { key: 'ttl', low: 1, high: 255 },
} as const;

const syncDaemon: Run = (state, { words, place }) => {
  const { syncDaemon: first } = state.globals;
  if (first !== undefined) {
    const known = `${first.device} ${first.instance ?? ''}`;
    state.log.add(`lvs_sync_daemon has already been specified as ${known} - ignoring`, place);
    return;
  }
  const [device, second, ...rest] = words.slice(1).map(({ text }) => text);
  if (device === undefined) {
    state.log.add('lvs_sync_daemon requires interface', place);
    return;
  }
  const isOption = second !== undefined && /^(?:id|maxlen|port|ttl|group|inst)$/.test(second);
  const instance = isOption ? undefined : second;
  const options = isOption ? [second, ...rest] : rest;
  const daemon = {
    device,
    instance,
    syncId: 0,
    maxLengthBytes: 0,
    port: 0,
    ttl: 0,
    group: undefined,
  };
  state.globals.syncDaemon = readDaemon(state, options, daemon, place);
};

function readDaemon(
  state: ParseState,
  options: readonly string[],
  start: SyncDaemonDraft,
  place: Statement['place'],
): SyncDaemonDraft {
  const daemon = { ...start };
  for (let at = 0; at < options.length; at += 2) {
    const name = options[at];
    const word = options[at + 1];
    const report = (text: string): void => state.log.add(text, place);
    if (name === 'inst') daemon.instance = word;
    else if (word === undefined && name === 'id') {
      report('No value specified for lvs_sync_daemon id, defaulting to vrid');
    } else if (word === undefined && Object.hasOwn(daemonNumbers, name)) {
      report(`No value specified for lvs_sync_daemon ${name} - ignoring`);
    } else if (name === 'group') {
      const address = IpAddress.tryParse(word ?? '');
      if (address === undefined) report(`Invalid lvs_sync_daemon group (${word ?? ''}) - ignoring`);
      else if (!isMulticast(address)) {
        report(`lvs_sync_daemon group address ${word} is not multicast - ignoring`);
      } else daemon.group = word;
    } else readDaemonNumber(state, daemon, name, word ?? name, place);
  }
  return daemon;
}

function readDaemonNumber(
  state: ParseState,
  daemon: SyncDaemonDraft,
  name: string,
  word: string,
  place: Statement['place'],
): void {
  const known = Object.hasOwn(daemonNumbers, name)
    ? daemonNumbers[name as keyof typeof daemonNumbers]
    : ({ key: 'syncId', low: 0, high: 255 } as const);
  const { value, faults } = readInteger(word, known.low, known.high, state.numbers);
  for (const fault of faults) state.log.add(fault, place);
  if (value !== undefined) daemon[known.key] = value;
  else if (known.key === 'syncId') {
    state.log.add(`Invalid syncid (${word}) - defaulting to vrid`, place);
  } else state.log.add(`Invalid lvs_sync_daemon ${name} (${word}) - ignoring`, place);
}

function isMulticast(address: IpAddress): boolean {
  const first = address.toBytes()[0];
  return address.family === 6 ? first === 0xff : first >= 0xe0 && first < 0xf0;
}

const scriptUser: Run = (state, { words, place }) => {
  const [, user, group] = words.map(({ text }) => text);
  if (user === undefined) state.log.add('No script username specified', place);
  else {
    state.globals.scriptUserKnown = state.knowsAccount(user, group);
    if (!state.globals.scriptUserKnown) state.log.add('Error setting global script uid/gid', place);
  }
};

const block: Block<ParseState> = {
  keywords: new Map<string, Keyword<ParseState>>([
    ...others,
    ['lvs_flush', { run: (state): void => void (state.globals.flush = true) }],
    ['lvs_flush_on_stop', { run: flushOnStop }],
    ['lvs_flush_onstop', { run: flushOnStop }],
    ['lvs_timeouts', { run: timeouts }],
    ['lvs_sync_daemon', { run: syncDaemon }],
    ['script_user', { run: scriptUser }],
    [
      'enable_script_security',
      { run: (state): void => void (state.globals.scriptSecurity = true) },
    ],
    ['notification_email', { block: 'skipped' }],
    /* @__PURE__ */ wanting('notification_email_from', 'emailfrom missing - ignoring'),
    /* @__PURE__ */ wanting('router_id', 'routerid name missing - ignoring'),
    /* @__PURE__ */ globalSwitch(
      'checker_log_all_failures',
      () => 'Invalid value for checker_log_all_failures specified',
      ({ globals }, value) => void (globals.logAllFailures = value),
    ),
    /* @__PURE__ */ globalSwitch(
      'rs_init_notifies',
      (word) => `Invalid value '${word}' for global rs_init_notifies specified`,
      ({ globals }, value) => void (globals.initNotifies = value),
    ),
    /* @__PURE__ */ globalSwitch(
      'smtp_alert',
      (word) => `Invalid value '${word}' for global smtp_alert specified`,
      () => undefined,
    ),
  ]),
};

/** The keyword `global_defs`. */
export const globalDefsKeyword: Keyword<ParseState> = { block };
