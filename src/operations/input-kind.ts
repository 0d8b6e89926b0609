/**
 * What kind of text a user hands in: rules of ipvsadm, or a configuration of keepalived.
 */

/** The kinds that are distinguished. */
export type InputKind = 'ipvsadm' | 'keepalived';

/** What the first line of a keepalived.conf that is no comment begins with. */
const KEEPALIVED_START =
  /^(?:virtual_server(?:_group)?|global_defs|vrrp_\w+|static_\w+|bfd_instance|track_\w+|SSL|net_namespace\w*|linkbeat_\w+|garp_group|include[rmwba]?[ \t]|instance[ \t]|use_pid_dir|\$[A-Za-z_]\w*=|@\^?\w*[ \t]|~(?:SEQ|LST))/;

/** A block that no other kind has, wherever it is. */
const KEEPALIVED_BLOCK = /^[ \t]*(?:@\S+[ \t]+)?(?:virtual_server(?:_group)?|real_server)[ \t]+\S/m;

/**
 * Recognizes the kind of a text, by its first line that is not empty and no comment.
 *
 * @param text - The text.
 * @returns The kind; `ipvsadm` when nothing says otherwise.
 */
export function inputKindOf(text: string): InputKind {
  const first = /^[ \t\r]*([^ \t\r\n#!][^\n]*)/m.exec(text)?.[1] ?? '';
  if (first.startsWith('-')) return 'ipvsadm';
  return KEEPALIVED_START.test(first) || KEEPALIVED_BLOCK.test(text) ? 'keepalived' : 'ipvsadm';
}
