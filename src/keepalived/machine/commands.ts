/**
 * The commands that change the kernel's rules, and their texts.
 */
import type { IpAddress } from '../../ip-address.js';
import type { Forwarding } from '../blocks/drafts.js';
import type { ConnectionTimeouts, Member, VirtualServerConfiguration } from '../configuration.js';

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

/** Adds a service, or replaces its settings. */
export interface ServiceCommand {
  /** Which command it is. */
  readonly command: 'add-service' | 'edit-service';
  /** Which rule of the service. */
  readonly member: Member;
  /** The settings. */
  readonly service: VirtualServerConfiguration;
}

/** Deletes a service. */
export interface DeleteServiceCommand {
  /** Which command it is. */
  readonly command: 'delete-service';
  /** Which rule. */
  readonly member: Member;
}

/** Adds, changes or deletes a server. */
export interface ServerCommand {
  /** Which command it is. */
  readonly command: 'add-server' | 'edit-server' | 'delete-server';
  /** Which rule the server is of. */
  readonly member: Member;
  /** The server. */
  readonly server: CommandedServer;
}

/** Deletes all rules. */
export interface FlushCommand {
  /** Which command it is. */
  readonly command: 'flush';
}

/** Changes the timeouts of connections. */
export interface TimeoutsCommand extends ConnectionTimeouts {
  /** Which command it is. */
  readonly command: 'set-timeouts';
}

/** Starts a synchronization daemon; what is 0 or `undefined` is the kernel's default. */
export interface StartDaemonCommand {
  /** Which command it is. */
  readonly command: 'start-daemon';
  /** Its role. */
  readonly role: 'master' | 'backup';
  /** The device its messages take. */
  readonly device: string;
  /** Which daemons belong together. */
  readonly syncId: number;
  /** The greatest length of a message, in bytes. */
  readonly maxLengthBytes: number;
  /** The UDP port. */
  readonly port: number;
  /** The time to live of messages. */
  readonly ttl: number;
  /** The multicast group. */
  readonly group: string | undefined;
}

/** Stops a synchronization daemon. */
export interface StopDaemonCommand {
  /** Which command it is. */
  readonly command: 'stop-daemon';
  /** Its role. */
  readonly role: 'master' | 'backup';
}

/** A change of the kernel's rules. */
export type IpvsCommand =
  | ServiceCommand
  | DeleteServiceCommand
  | ServerCommand
  | FlushCommand
  | TimeoutsCommand
  | StartDaemonCommand
  | StopDaemonCommand;

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
