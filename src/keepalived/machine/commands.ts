/**
 * The commands that change the kernel's rules, and their texts.
 */
import type { IpAddress } from '../../ip-address.js';
import type { Forwarding } from '../blocks/drafts.js';
import type { Member, VirtualServerConfiguration } from '../configuration.js';

/** A real server as a command names it. */
export interface CommandedServer {
  /** Its address. */
  readonly address: IpAddress;
  /** Its port. */
  readonly port: number;
  /** How packets reach it. */
  readonly forwarding: Forwarding;
  /** Its weight. */
  readonly weight: number;
  /** Connections at which it is overloaded; 0 = never. */
  readonly upperThreshold: number;
  /** Connections below which it recovers. */
  readonly lowerThreshold: number;
}

/** A change of the kernel's rules. */
export type IpvsCommand =
  | {
      readonly command: 'add-service' | 'edit-service';
      readonly member: Member;
      readonly service: VirtualServerConfiguration;
    }
  | { readonly command: 'delete-service'; readonly member: Member }
  | {
      readonly command: 'add-server' | 'edit-server' | 'delete-server';
      readonly member: Member;
      readonly server: CommandedServer;
    }
  | { readonly command: 'flush' }
  | {
      readonly command: 'set-timeouts';
      readonly tcpSeconds: number;
      readonly tcpFinSeconds: number;
      readonly udpSeconds: number;
    }
  | {
      readonly command: 'start-daemon';
      readonly role: 'master' | 'backup';
      readonly device: string;
      readonly syncId: number;
      /** What follows is 0 or `undefined` where the kernel's default counts. */
      readonly maxLengthBytes: number;
      readonly port: number;
      readonly ttl: number;
      readonly group: string | undefined;
    }
  | { readonly command: 'stop-daemon'; readonly role: 'master' | 'backup' };

/** Why the kernel refuses a command. */
export interface KernelRefusal {
  /** Its words. */
  readonly text: string;
  /** The number of the error. */
  readonly errno: number;
}

const names: Readonly<Partial<Record<IpvsCommand['command'], string>>> = {
  'add-service': 'IP_VS_SO_SET_ADD(1154)',
  'edit-service': 'IP_VS_SO_SET_EDIT(1155)',
  'delete-service': 'IP_VS_SO_SET_DEL(1156)',
  'add-server': 'IP_VS_SO_SET_ADDDEST(1159)',
  'delete-server': 'IP_VS_SO_SET_DELDEST(1160)',
  'edit-server': 'IP_VS_SO_SET_EDITDEST(1161)',
  flush: 'IP_VS_SO_SET_FLUSH(1157)',
};

/**
 * The log line of a refused command.
 *
 * @param command - The command.
 * @param refusal - Why it was refused.
 * @returns The line.
 */
export function refusalLine(command: IpvsCommand, { text, errno }: KernelRefusal): string {
  const subject =
    'member' in command ? ` (${memberText(command.member)}${serverText(command)})` : '';
  return `IPVS cmd ${names[command.command] ?? command.command} error: ${text}(${errno})${subject}`;
}

function memberText(member: Member): string {
  if (member.kind === 'mark') return `Fwm ${member.fwmark}`;
  return `${member.address}:${member.protocol}:${member.port}`;
}

function serverText(command: IpvsCommand): string {
  return 'server' in command ? ` -> ${command.server.address}:${command.server.port}` : '';
}
